"""The page of `report`: no script, no network, untrusted input escaped, the same structure in each language."""

import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path

import pytest
from a_day import HOSTILE, Day, a_day, line
from command import run
from world import World

from oss_cdn_refresh_cli.reporting.page.chinese import ZH
from oss_cdn_refresh_cli.reporting.page.english import EN

LANGUAGES = ("en", "zh")
MOST = 1_000_000  # bytes
HARMLESS = {"http-equiv", "content", "charset", "name", "lang", "class", "role", "aria-label", "data-label"}
DRAWN = {"viewBox", "d", "x", "y", "rx", "ry", "width", "height", "transform", "cx", "cy", "r", "points"}


class Page(HTMLParser):
    """The elements of a page, with their attributes, and its texts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take an element."""
        self.elements.append((tag, dict(attrs)))
        self._open.append(tag)

    def handle_data(self, data: str) -> None:
        """Take a text."""
        if self._open[-1:] != ["style"]:
            self.texts.append(data)


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    with a_day(tmp_path_factory.mktemp("day")) as day:
        yield day


@pytest.fixture(scope="module")
def pages(day: Day, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    folder = tmp_path_factory.mktemp("pages")
    for language in LANGUAGES:
        words = ("report", "--from-logs", "-", "-o", str(folder / language), "--language", language)
        result = run(*words, environ={}, clock=day.world.clock, stdin=day.text)
        assert (result.exit_code, result.stderr) == (0, "")
    return {language: (folder / language).read_text(encoding="utf-8") for language in LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_has_no_script_and_no_reference(pages: Mapping[str, str], language: str) -> None:
    """Attributes with another name could run a script or name a resource."""
    page = Page(pages[language])
    assert {tag for tag, _ in page.elements} & {
        "script",
        "img",
        "link",
        "iframe",
        "object",
        "image",
        "use",
        "a",
    } == set()
    assert {name for _, attributes in page.elements for name in attributes} <= HARMLESS | {
        name.lower() for name in DRAWN
    }
    assert re.findall(r"url\(|@import|javascript:|xmlns", pages[language]) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_forbids_scripts_and_resources(pages: Mapping[str, str], language: str) -> None:
    policy = [attributes["content"] for _, attributes in Page(pages[language]).elements if "http-equiv" in attributes]
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'"]


def test_a_key_with_a_script_is_escaped(world: World, tmp_path: Path) -> None:
    hostile = f"https://www.example.com/{HOSTILE}/\u202e\x1b[31m"
    text = "\n".join(
        line(event, items=1, reason=hostile, code=hostile, message=hostile, product=hostile, site_id=hostile, **fields)
        for event, fields in (
            ("summary", {"deferred": 1, "refreshed": 1, "collapsed": 1, "collateral": 1}),
            ("accepted", {"first_url": hostile, "object_type": "File"}),
            ("deferred", {"urls": [hostile]}),
            ("dead_lettered", {"urls": [hostile]}),
            ("refused", {"means": hostile}),
            ("collapsed", {"directories": [hostile]}),
            ("refresh_failed", {"status": hostile, "urls": [hostile]}),
            ("unconfirmed", {}),
            ("account_refused", {"remedy": hostile}),
            ("quota_forecast", {"short": 1, "object_type": hostile, "done_by": hostile}),
        )
    )
    file = tmp_path / "page.html"
    run("report", "--from-logs", "-", "-o", str(file), environ=world.environ, clock=world.clock, stdin=text)
    page = Page(file.read_text(encoding="utf-8"))
    assert "script" not in {tag for tag, _ in page.elements}
    assert {name for _, attributes in page.elements for name in attributes} <= HARMLESS | {
        name.lower() for name in DRAWN
    }
    shown = "".join(page.texts)
    assert shown.count("<script>alert(1)</script>") >= 10
    assert (shown.count("\u202e"), shown.count("\x1b")) == (0, 0)


def test_both_languages_have_the_same_structure(pages: Mapping[str, str]) -> None:
    english, chinese = (
        [(tag, attributes.get("class")) for tag, attributes in Page(pages[language]).elements] for language in LANGUAGES
    )
    assert english == chinese


def test_both_languages_fill_in_the_same_figures() -> None:
    for name in EN._fields:
        english, chinese = (sorted(re.findall(r"\{\w*\}", getattr(texts, name))) for texts in (EN, ZH))
        assert english == chinese, name


@pytest.mark.parametrize("name", [name for name in EN._fields if name not in {"p95", "ignore_params"}])
def test_every_text_is_translated(name: str) -> None:
    assert getattr(EN, name) != getattr(ZH, name)


def test_every_text_is_used() -> None:
    folder = Path(__file__).parent.parent.parent / "oss_cdn_refresh_cli" / "reporting" / "page"
    code = "".join(file.read_text(encoding="utf-8") for file in folder.glob("*.py") if "Texts(" not in file.read_text())
    assert [name for name in EN._fields if not re.search(rf'texts\.{name}\b|"{name}"', code)] == []


def test_the_page_of_a_busy_day_is_small(world: World, tmp_path: Path) -> None:
    """A week in which each line has another code, reason, directory and prefix."""
    long = "x" * 900
    urls = [f"https://www.example.com/{long}/{number}/a.jpg" for number in range(3)]
    lines = []
    for number in range(168):
        stamped = f"2026-11-{22 + number // 24:02}T{number % 24:02}:00:00.000Z"
        fields = {"items": 20, "reason": f"{long}{number}", "urls": urls, "code": f"{number}{long}", "message": long}
        fields |= {
            "directories": [f"{url}{number}/" for url in urls],
            "product": f"p{number % 30}",
            "refreshed": number,
        }
        fields |= {"lag_ms": {"newest": number, "oldest": 9_999_999}, "object_type": "File", "status": str(number)}
        events = ("summary", "accepted", "deferred", "dead_lettered", "refused", "refresh_failed", "collapsed")
        lines += [line(event, **fields).replace("2026-11-22T04:00:00.000Z", stamped) for event in events]
    file = tmp_path / "page.html"
    words = ("report", "--from-logs", "-", "-o", str(file))
    result = run(*words, environ=world.environ, clock=world.clock, stdin="\n".join(lines))
    assert (result.exit_code, file.stat().st_size < MOST) == (0, True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_chart_says_what_it_shows(pages: Mapping[str, str], language: str) -> None:
    charts = [attributes for tag, attributes in Page(pages[language]).elements if tag == "svg"]
    assert len(charts) == 8
    assert all(chart["role"] == "img" and chart["aria-label"] for chart in charts)


def test_no_secret_of_the_function_is_on_the_page(day: Day, pages: Mapping[str, str]) -> None:
    assert day.world.environ["ALIBABA_CLOUD_ACCESS_KEY_SECRET"] not in pages["en"]
