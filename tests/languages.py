"""Compares a page with its translation, part by part: a part is a heading, a paragraph, a list item, a table cell or a code block.

Both pages have the same parts in the same order. A part and its translation have the same code words, the same links
and the same figures, so that a forgotten sentence is noticed wherever it names something.
"""

import posixpath
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token
from pages import anchors

CHINESE = ".zh-CN.md"
COMMENT = re.compile(r"(?:(?<=\s)|^)# .*$", re.MULTILINE)  # in a code block; comments may be translated
FIGURE = re.compile(r"(?<!UTC\+)\d+(?:[.,:]\d+)*")  # UTC+8 is called Beijing time in Chinese
PARSER = MarkdownIt("commonmark").enable("table")


class Part(NamedTuple):
    """A piece of a page that is translated as a whole."""

    kind: str  # such as "h2", "paragraph", "item", "cell", "code sh"
    below: str  # the heading above it
    text: str
    code: frozenset[str] = frozenset()
    links: tuple[str, ...] = ()

    @property
    def figures(self) -> set[str]:
        """The numbers in its words."""
        return set(FIGURE.findall(self.text)) if not self.kind.startswith(("code", "h")) else set()

    def __str__(self) -> str:
        return f"{self.below}: {self.kind}: {self.text[:60]}"


def translation(name: str) -> str:
    """The name of the Chinese page of an English one."""
    return name.removesuffix(".md") + CHINESE


def original(name: str) -> str:
    """The name of the English page, from the name of either."""
    return name.removesuffix(CHINESE) + ".md" if name.endswith(CHINESE) else name


def switches(name: str) -> tuple[str, str]:
    """The first lines below the titles of the English page and of the Chinese one: each links the other."""
    file = posixpath.basename(name)
    return f"English · [简体中文]({translation(file)})", f"[English]({file}) · 简体中文"


def parts(page: str) -> list[Part]:
    """All parts of a page, in order."""
    return list(_parts(PARSER.parse(page)))


def _parts(tokens: list[Token]) -> Iterator[Part]:
    below = ""
    kind = ""
    for token in tokens:
        if token.type == "heading_open":
            kind = token.tag
        elif token.type in {"th_open", "td_open"}:
            kind = "cell"
        elif token.type == "paragraph_open":
            kind = "item" if token.hidden else "paragraph"
        elif token.type in {"table_open", "tr_open", "bullet_list_open", "ordered_list_open"}:
            yield Part(token.type.removesuffix("_open"), below, "")
        elif token.type == "fence":
            yield Part(f"code {token.info}", below, COMMENT.sub("#", token.content))
        elif token.type == "html_block":
            yield Part("html", below, token.content)
        elif token.type == "inline":
            if kind.startswith("h"):
                below = token.content
            yield _words(kind, below, token.children or [])


def _words(kind: str, below: str, tokens: list[Token]) -> Part:
    code = frozenset(" ".join(token.content.split()) for token in tokens if token.type == "code_inline")
    links = tuple(unquote(str(token.attrs["href"])) for token in tokens if token.type == "link_open")
    words = "".join(" " if token.type == "softbreak" else token.content for token in tokens if token.type != "code_inline")
    return Part(kind, below, words, code, links)


def complaints(pages: Mapping[str, str], name: str) -> list[str]:
    """What a page and its translation do not have in common; `pages` holds all pages by their names."""
    first, second = parts(pages[name]), parts(pages[translation(name)])
    for number, (part, other) in enumerate(zip(first, second, strict=False)):
        if part.kind != other.kind:
            return [f"part {number}: {part} | {other}"]
    if len(first) != len(second):
        longer = first if len(first) > len(second) else second
        return [f"only in one language: {longer[min(len(first), len(second))]}"]
    return [
        f"{what}: {part}"
        for number, (part, other) in enumerate(zip(first, second, strict=True))
        for what in _differences(pages, name, part, other, switch=number == 1)
    ]


def _differences(pages: Mapping[str, str], name: str, part: Part, other: Part, *, switch: bool) -> Iterator[str]:
    if part.kind.startswith(("code", "html")) and part.text != other.text:
        yield "another block"
    if part.code != other.code:
        yield f"code {sorted(part.code ^ other.code)}"
    if not part.figures <= other.figures:
        yield f"figures {sorted(part.figures - other.figures)}"
    if not switch:
        here = Counter(target(pages, name, link) for link in part.links)
        there = Counter(target(pages, translation(name), link) for link in other.links)
        if here != there:
            yield f"links {sorted(map(str, (here - there) + (there - here)))}"


def target(pages: Mapping[str, str], name: str, link: str) -> tuple[str, int | str]:
    """Where a link of a page leads, in the same words for both languages: the English page, and the number of the heading.

    A link from a Chinese page to an English one leads elsewhere, if the English one is translated.
    """
    path, _, anchor = link.partition("#")
    if "://" in path:
        return link, 0
    page = posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) if path else name
    if page not in pages:
        return link, 0
    known = anchors(pages[page])
    place = known.index(anchor) if anchor in known else anchor
    if name.endswith(CHINESE) and not page.endswith(CHINESE) and translation(page) in pages:
        return f"{page} in English", place
    return original(page), place
