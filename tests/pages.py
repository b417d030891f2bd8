"""Reads the pages for people (README, CONTRIBUTING, CHANGELOG and docs, in both languages) for the tests."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import click

from oss_cdn_refresh_cli.cli import main

ROOT = Path(__file__).parent.parent
PAGES = {
    str(file.relative_to(ROOT)): file.read_text(encoding="utf-8")
    for file in sorted((*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")))
}

BLOCK = r"```.*?```"
INSIDE = r"(?:(?!```).)*"
EXAMPLE = re.compile(rf"```yaml\n({INSIDE}sites:{INSIDE})```\n\n```text\n({INSIDE})```", re.DOTALL)
SHELL = re.compile(r"```(?:sh|text)\n(.*?)```", re.DOTALL)
INLINE = re.compile(r"(?<!`)`([^`]+)`(?!`)")
SEVERAL = re.compile(r"\s(?:&&|[|;>])\s")  # the end of a command on a line


class Shown(NamedTuple):
    """An example on a page: its configuration, an object as `bucket/key`, and the items that the page names for it."""

    configuration: str
    stored: str
    items: list[list[str]]


def blocks(text: str) -> list[str]:
    """All code blocks, with their fences."""
    return re.findall(BLOCK, text, re.DOTALL)


def without_blocks(text: str) -> str:
    """The text without its code blocks."""
    return re.sub(BLOCK, "", text, flags=re.DOTALL)


def configurations(text: str) -> list[str]:
    """The configurations that a page shows."""
    return [example for example in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL) if "sites:" in example]


def shown(text: str) -> Iterator[Shown]:
    """The objects below each example."""
    for configuration, objects in EXAMPLE.findall(text):
        for stored in re.split(r"\n(?=\S)", objects.strip()):
            first, *items = stored.splitlines()
            yield Shown(configuration, first, [item.split() for item in items])


def headings(text: str) -> list[tuple[str, str]]:
    """Level and title of each heading."""
    return re.findall(r"^(#+) (.*)$", without_blocks(text), re.MULTILINE)


def anchors(text: str) -> list[str]:
    """The anchor that GitHub makes for each heading; a title that was there before gets a number."""
    plain = [re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for _, title in headings(text)]
    before = [plain[:number].count(anchor) for number, anchor in enumerate(plain)]
    return [f"{anchor}-{count}" if count else anchor for anchor, count in zip(plain, before, strict=True)]


def links(text: str) -> list[str]:
    """The targets of all links to files of the repository."""
    return [target for target in re.findall(r"\]\(([^)]+)\)", without_blocks(text)) if "://" not in target]


def calls(text: str, program: str) -> Iterator[str]:
    """The arguments of each call of a program that a page shows, in code blocks and in the text."""
    lines = [line.removeprefix("$ ") for block in SHELL.findall(text) for line in block.splitlines()]
    spoken = [" ".join(code.split()) for code in INLINE.findall(without_blocks(text))]
    for line in (*lines, *spoken):
        for command in SEVERAL.split(line):
            if command.startswith(f"{program} "):
                yield command.removeprefix(f"{program} ")


def commands(group: click.Group, *path: str) -> Iterator[tuple[str, ...]]:
    """The name of each sub-command, as a list of words."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, *path, name)
        else:
            yield (*path, name)


def understood(words: Sequence[str]) -> bool:
    """Whether all words are existing commands, options and arguments."""
    if list(words) == ["--version"]:
        return True
    if words[-1] == "--help":
        return len(words) == 1 or understood(words[:-1])
    command: click.Command = main
    context = click.Context(command)
    left = list(words)
    while isinstance(command, click.Group) and left:
        _, command, left = command.resolve_command(context, left)  # type: ignore[assignment]
    command.make_parser(context).parse_args(left)
    return not isinstance(command, click.Group)
