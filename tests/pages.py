"""What the pages for people show: README, CONTRIBUTING, CHANGELOG and docs, in both languages where there are two."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import click

from oss_cdn_refresh_cli.cli import main

ROOT = Path(__file__).parent.parent
PAGES = {
    str(file.relative_to(ROOT)): file.read_text(encoding="utf-8")
    for file in sorted((*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")))
}
TRANSLATED = {name: name.replace(".md", ".zh-CN.md") for name in PAGES if name.replace(".md", ".zh-CN.md") in PAGES}

BLOCK = r"```.*?```"
EXAMPLE = re.compile(r"```yaml\n(.*?)```\n\n```text\n(.*?)```", re.DOTALL)
SHELL = re.compile(r"```(?:sh|text)\n(.*?)```", re.DOTALL)
INLINE = re.compile(r"(?<!`)`([^`]+)`(?!`)")
SEVERAL = re.compile(r"\s(?:&&|[|;>])\s")  # what ends a command of a line


class Shown(NamedTuple):
    """An example's configuration, one of its objects as `bucket/key`, and the items that this is said to lead to."""

    configuration: str
    stored: str
    items: list[list[str]]


def blocks(text: str) -> list[str]:
    """Everything between fences, with them."""
    return re.findall(BLOCK, text, re.DOTALL)


def without_blocks(text: str) -> str:
    """What is no block."""
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
    """Level and title of each."""
    return re.findall(r"^(#+) (.*)$", without_blocks(text), re.MULTILINE)


def anchors(text: str) -> set[str]:
    """The anchors of the headings, as GitHub makes them."""
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for _, title in headings(text)}


def links(text: str) -> list[str]:
    """The targets of all links that stay in the repository."""
    return [target for target in re.findall(r"\]\(([^)]+)\)", without_blocks(text)) if "://" not in target]


def calls(text: str, program: str) -> Iterator[str]:
    """The words after a program's name, wherever a page shows a call of it: on lines of blocks, and in the text."""
    lines = [line.removeprefix("$ ") for block in SHELL.findall(text) for line in block.splitlines()]
    spoken = [" ".join(code.split()) for code in INLINE.findall(without_blocks(text))]
    for line in (*lines, *spoken):
        for command in SEVERAL.split(line):
            if command.startswith(f"{program} "):
                yield command.removeprefix(f"{program} ")


def commands(group: click.Group, *path: str) -> Iterator[tuple[str, ...]]:
    """The words of each sub-command."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, *path, name)
        else:
            yield (*path, name)


def understood(words: Sequence[str]) -> bool:
    """Whether all words are commands, options and arguments that there are."""
    command: click.Command = main
    context = click.Context(command)
    left = list(words)
    while isinstance(command, click.Group) and left:
        _, command, left = command.resolve_command(context, left)  # type: ignore[assignment]
    command.make_parser(context).parse_args(left)
    return not isinstance(command, click.Group)
