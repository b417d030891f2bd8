"""What both READMEs show is true of this code, and they show the same."""

import re
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import click
import pytest

from ops.cli import main
from oss_cdn_refresh.config import KEYS, Also, Limits, Site, parse
from oss_cdn_refresh.events.change import Change
from oss_cdn_refresh.sites import items_of

ROOT = Path(__file__).parent.parent
READMES = {name: (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh-CN.md")}
EACH = pytest.mark.parametrize("text", READMES.values(), ids=READMES)
LIBRARY = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "functions").rglob("*.py"))

LOGGED = r'log\.(?:info|warning|error)\(\s*"(\w+)"'
BLOCK = r"```.*?```"
EXAMPLE = re.compile(r"```yaml\n(.*?)```\n\n```text\n(.*?)```", re.DOTALL)


class Shown(NamedTuple):
    """An example's configuration, one of its objects as `bucket/key`, and the items that this is said to lead to."""

    configuration: str
    stored: str
    items: list[list[str]]


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def configurations(text: str) -> list[str]:
    return [example for example in blocks(text, "yaml") if "sites:" in example]


def headings(text: str) -> list[tuple[str, str]]:
    return re.findall(r"^(#+) (.*)$", re.sub(BLOCK, "", text, flags=re.DOTALL), re.MULTILINE)


def shown(text: str) -> Iterator[Shown]:
    for configuration, objects in EXAMPLE.findall(text):
        for stored in re.split(r"\n(?=\S)", objects.strip()):
            first, *items = stored.splitlines()
            yield Shown(configuration, first, [item.split() for item in items])


def commands(group: click.Group, *path: str) -> Iterator[tuple[str, ...]]:
    """The words of each sub-command."""
    for name, command in group.commands.items():
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


EXAMPLES = list(shown(READMES["README.md"]))


@EACH
def test_every_configuration_is_valid(text: str) -> None:
    assert [len(parse(example, "README.md").sites) for example in configurations(text)] == [1, 1, 1, 2, 3]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.stored)
def test_an_object_leads_to_the_urls_that_stand_below_its_example(example: Shown) -> None:
    bucket, _, key = example.stored.partition("/")
    items, _ = items_of(Change(bucket, key, "ObjectCreated:PutObject"), parse(example.configuration, "README.md"))
    assert [list(item) for item in items] == example.items


def test_every_example_shows_its_urls() -> None:
    assert len(EXAMPLE.findall(READMES["README.md"])) == len(configurations(READMES["README.md"]))


@EACH
@pytest.mark.parametrize("key", [*KEYS, *Site._fields])
def test_every_key_has_its_row(text: str, key: str) -> None:
    assert f"\n| `{key}` |" in text


@EACH
@pytest.mark.parametrize("key", [*Also._fields, *Limits._fields])
def test_every_key_inside_another_is_explained(text: str, key: str) -> None:
    assert f"`{key}`" in text


@EACH
@pytest.mark.parametrize("variable", sorted(set(re.findall(r'environ\.get\("(\w+)"\)', LIBRARY))))
def test_every_variable_is_explained(text: str, variable: str) -> None:
    assert f"`{variable}`" in text


@EACH
@pytest.mark.parametrize("event", ["summary", "deferred", "dead_lettered", *sorted(set(re.findall(LOGGED, LIBRARY)))])
def test_every_log_line_is_explained(text: str, event: str) -> None:
    assert f"| `{event}` |" in text


def test_both_show_the_same_examples() -> None:
    english, chinese = (re.findall(BLOCK, text, re.DOTALL) for text in READMES.values())
    assert english == chinese


def test_both_have_the_same_parts() -> None:
    english, chinese = ([level for level, _ in headings(text)] for text in READMES.values())
    assert english == chinese


@EACH
def test_every_link_leads_somewhere(text: str) -> None:
    anchors = {"#" + re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for _, title in headings(text)}
    targets = [target for target in re.findall(r"\]\(([^)]+)\)", text) if not target.startswith("https://")]
    assert [target for target in targets if target not in anchors and not (ROOT / target).is_file()] == []


@EACH
@pytest.mark.parametrize("path", list(commands(main)), ids=" ".join)
def test_every_command_is_explained(text: str, path: tuple[str, ...]) -> None:
    rows = [row for row in text.splitlines() if row.startswith(f"| `oss-cdn-refresh {path[0]}")]
    assert any(path[-1] in row for row in rows)


@pytest.mark.parametrize("line", re.findall(r"^oss-cdn-refresh (.*)$", READMES["README.md"], re.MULTILINE))
def test_every_call_of_the_command_is_one_that_it_understands(line: str) -> None:
    assert understood(shlex.split(line))
