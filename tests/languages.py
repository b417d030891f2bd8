"""Compares a page with its translation, part by part.

A part is a heading, a paragraph, a list item, a table cell or a code block. A page and its translation have the same
parts in the same order, and a part and its translation have the same code words, links and figures. So a sentence that
one language forgets is noticed wherever it names something, and elsewhere if it makes a part much shorter.
"""

import posixpath
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from unicodedata import east_asian_width
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token
from pages import anchors

CHINESE = ".zh-CN.md"
COMMENTED = ("sh", "yaml", "python")  # code blocks whose comments may be translated; all else in a block stays as it is
COMMENT = re.compile(r"(?:(?<=\s)|^)# .*$", re.MULTILINE)
FIGURE = re.compile(r"(?<!UTC\+)\d+(?:[.,:]\d+)*")  # UTC+8 is called Beijing time in Chinese
LONG = 150  # characters of an English text from which its length says something about the Chinese one
SHORTEST = 0.4  # columns of the Chinese text for each character of the English one: 0.45 to 0.95 in these pages
PARSER = MarkdownIt("commonmark").enable("table")


class Part(NamedTuple):
    """A piece of a page that is translated as a whole."""

    kind: str  # such as "h2", "paragraph", "item", "cell", "code sh"
    below: str  # the heading above it
    text: str
    code: frozenset[str] = frozenset()
    links: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.below}: {self.kind}: {self.text[:60]}"


def translation(name: str) -> str:
    """The name of the Chinese page of an English one."""
    return name.removesuffix(".md") + CHINESE


def original(name: str) -> str:
    """The name of the English page, from the name of either."""
    return name.removesuffix(CHINESE) + ".md" if name.endswith(CHINESE) else name


def switch(name: str) -> str:
    """The line below the title of a page, with the link to its other language."""
    english = posixpath.basename(original(name))
    if name.endswith(CHINESE):
        return f"[English]({english}) · 简体中文"
    return f"English · [简体中文]({translation(english)})"


def parts(page: str) -> list[Part]:
    """All parts of a page, in order."""
    return list(_parts(PARSER.parse(page)))


def _parts(tokens: list[Token]) -> Iterator[Part]:
    below = kind = ""
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
            commented = token.info in COMMENTED
            yield Part(f"code {token.info}", below, COMMENT.sub("#", token.content) if commented else token.content)
        elif token.type == "html_block":
            yield Part("html", below, token.content)
        elif token.type == "inline":
            below = token.content if kind.startswith("h") else below
            yield _words(kind, below, token.children or [])


def _words(kind: str, below: str, tokens: list[Token]) -> Part:
    code = frozenset(" ".join(token.content.split()) for token in tokens if token.type == "code_inline")
    links = tuple(unquote(str(token.attrs["href"])) for token in tokens if token.type == "link_open")
    spoken = (token for token in tokens if token.type in {"text", "softbreak"})
    return Part(kind, below, "".join(token.content or " " for token in spoken), code, links)


def complaints(pages: Mapping[str, str], name: str) -> list[str]:
    """What an English page and its translation do not have in common; `pages` holds all pages by their names."""
    first, second = parts(pages[name]), parts(pages[translation(name)])
    for part, other in zip(first, second, strict=False):
        if part.kind != other.kind:
            return [f"another part: {part} | {other}"]
    if len(first) != len(second):
        return [f"only in one language: {max(first, second, key=len)[min(len(first), len(second))]}"]
    return [
        f"{what}: {part}"
        for number, (part, other) in enumerate(zip(first, second, strict=True))
        for what in _differences(pages, name, part, other, linked=number != 1)  # 1: the link to the other language
    ]


def _differences(pages: Mapping[str, str], name: str, part: Part, other: Part, *, linked: bool) -> Iterator[str]:
    if part.kind.startswith(("code", "html")):
        if part.text != other.text:
            yield "another block"
        return
    if part.code != other.code:
        yield f"other code {sorted(part.code ^ other.code)}"
    if missing := set(FIGURE.findall(part.text)) - set(FIGURE.findall(other.text)):
        yield f"no figure {sorted(missing)}"
    if len(part.text) >= LONG and _columns(other.text) < SHORTEST * len(part.text):
        yield "much shorter"
    here = Counter(target(pages, name, link) for link in part.links)
    there = Counter(target(pages, translation(name), link) for link in other.links)
    if linked and here != there:
        yield f"other links {sorted(map(str, (here - there) + (there - here)))}"


def _columns(text: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def target(pages: Mapping[str, str], name: str, link: str) -> tuple[str, int | str]:
    """Where a link of a page leads, the same for both languages: the English page, and the number of the heading.

    A link from a Chinese page to an English one leads elsewhere, if that page is translated.
    """
    path, _, anchor = link.partition("#")
    page = posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) if path else name
    if page not in pages:
        return link, ""
    known = anchors(pages[page])
    place = known.index(anchor) if anchor in known else anchor
    if name.endswith(CHINESE) and not page.endswith(CHINESE) and translation(page) in pages:
        return f"{page} in English", place
    return original(page), place
