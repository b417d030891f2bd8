"""The examples of both READMEs are correct, and the pages in two languages have the same content."""

import pytest
from pages import EXAMPLE, PAGES, TRANSLATED, blocks, commands, configurations, headings, shown

from oss_cdn_refresh.events.change import Change
from oss_cdn_refresh.mapping.sites import items_of
from oss_cdn_refresh.settings.config_file import parse
from oss_cdn_refresh_cli.cli import main

EACH = pytest.mark.parametrize("text", [PAGES[name] for name in ("README.md", "README.zh-CN.md")], ids=["en", "zh"])
IN_TWO_LANGUAGES = pytest.mark.parametrize("english", TRANSLATED)
LINES = 300  # the README must be shorter: it is for newcomers, the other pages hold everything else
EXAMPLES = {name: list(shown(text)) for name, text in PAGES.items() if EXAMPLE.search(text)}


def test_the_pages_for_deployers_and_operators_are_in_two_languages() -> None:
    assert list(TRANSLATED) == [
        "README.md",
        "docs/configuration.md",
        "docs/no-event.md",
        "docs/operating.md",
        "docs/pipeline.md",
        "docs/releasing.md",
        "docs/report.md",
        "docs/website-hosting.md",
    ]


@IN_TWO_LANGUAGES
def test_both_languages_show_the_same_examples(english: str) -> None:
    assert blocks(PAGES[english]) == blocks(PAGES[TRANSLATED[english]])


@IN_TWO_LANGUAGES
def test_both_languages_have_the_same_headings(english: str) -> None:
    first, second = ([level for level, _ in headings(PAGES[name])] for name in (english, TRANSLATED[english]))
    assert first == second


@IN_TWO_LANGUAGES
def test_both_languages_have_the_same_rows(english: str) -> None:
    first, second = (
        sum(line.startswith("| ") for line in PAGES[name].splitlines()) for name in (english, TRANSLATED[english])
    )
    assert first == second


@EACH
def test_the_readme_stays_short(text: str) -> None:
    assert len(text.splitlines()) < LINES


@EACH
@pytest.mark.parametrize("path", list(commands(main)), ids=" ".join)
def test_every_command_is_explained(text: str, path: tuple[str, ...]) -> None:
    rows = [row for row in text.splitlines() if row.startswith(f"| `oss-cdn-refresh {path[0]}")]
    assert any(path[-1] in row for row in rows)


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_shows_its_urls(name: str) -> None:
    assert len(EXAMPLE.findall(PAGES[name])) == len(configurations(PAGES[name]))


@pytest.mark.parametrize(
    ("name", "number"), [(name, number) for name, examples in EXAMPLES.items() for number in range(len(examples))]
)
def test_an_object_gives_the_urls_below_its_example(name: str, number: int) -> None:
    example = EXAMPLES[name][number]
    bucket, _, key = example.stored.partition("/")
    items, _ = items_of(Change(bucket, key, "ObjectCreated:PutObject"), parse(example.configuration, name))
    assert [list(item) for item in items] == example.items
