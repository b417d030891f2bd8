"""The cause of an old page, decided from facts: each cause in one line, without any service."""

from typing import Any

import pytest
import yaml
from world import NOON, SITE

from oss_cdn_refresh.model.confirmation import Task
from oss_cdn_refresh.settings.config_file import parse
from oss_cdn_refresh_cli.clients.listing import Stored
from oss_cdn_refresh_cli.edge.explaining.causes import CAUSES, causes
from oss_cdn_refresh_cli.edge.explaining.facts import Copy, Facts, Letter, Object
from oss_cdn_refresh_cli.operation.urls import Way, behind

WWW = "https://www.example.com"
HOUR = 3_600.0
STALE, FRESH = Copy("stale", "the ETag differs", 200), Copy("fresh", "", 200)
NAMES = [cause.name for cause in CAUSES]


def facts(path: str = "a.jpg", *, changed: float = HOUR, site: Any = (), only: Way | None = None, **more: Any) -> Facts:
    """Facts about a URL whose objects exist, and changed so many seconds ago; -1: they do not exist."""
    url = f"{WWW}/{path}"
    config = parse(yaml.safe_dump({"sites": [{**SITE, **dict(site)}]}), "config.yml")
    stored = Stored("my-site", "", '"1"', NOON - changed, 1) if changed >= 0 else None
    found = [each for each in behind(url, config) if each.way is (only or each.way)]
    objects = tuple(Object(each, stored) for each in found[:1])
    shown = objects[0] if objects else None
    return Facts(url, NOON, **{"objects": objects, "shown": shown, "edge": STALE, **more})


def task(status: str, ago: float = 600.0, description: str = "") -> dict[str, Any]:
    """The facts about one task of so many seconds ago."""
    return {"tasks": (Task("704", "file", "", status, "", description, ""),), "created": (NOON - ago,)}


CASES = [
    ("foreign", Facts("https://elsewhere.example/a", NOON, configured=False)),
    ("no_site", Facts(f"{WWW}/a", NOON, on_a_site=False)),
    ("no_object", Facts(f"{WWW}/", NOON)),
    ("not_utf_8", facts("%ff.jpg")),
    ("missing", facts(changed=-1, edge=Copy("fresh", "", 404))),
    ("style_changed", facts("a.jpg?x-oss-process=style/thumb", edge=FRESH)),
    ("browser_cache", facts(edge=FRESH._replace(browser=60))),
    ("fresh", facts(edge=FRESH)),
    ("fresh", facts(edge=FRESH._replace(browser=0))),
    ("fresh", facts(edge=FRESH, letters=(Letter("1", "Throttling"),))),
    ("forbidden", facts(edge=Copy("not compared", "the edge says 403 Forbidden", 403))),
    ("unreachable", facts(edge=Copy("unreachable", "no answer in 10 s"))),
    ("excluded", facts("drafts/a.html", site={"exclude": ["drafts/*"]})),
    ("dot_segment", facts("a/%2E%2E/b.html")),
    ("style", facts("a.jpg?x-oss-process=style/thumb")),
    ("style", facts("a.jpg?image_process=format,webp")),
    ("style", facts("a.jpg!thumb", only=Way.STYLE)),
    ("query", facts("a.js?v=2")),
    ("query", facts("a.jpg?")),
    ("index", facts("docs/", site={"index": []}, only=Way.OTHER_INDEX)),
    ("lower_case_hex", facts("%e9%a1%b5.html")),
    ("spelling", facts("%61.jpg")),
    ("spelling", facts("a+b%28.jpg", site={"spellings": "browser"})),
    ("dead_letter", facts(letters=(Letter("1", "Throttling"),))),
    ("failed", facts(**task("Failed"))),
    ("failed", facts(**task("Timeout"))),
    ("failed", facts(**task("Canceled"))),
    ("waiting", facts(waiting=("QuotaExceeded",))),
    ("under_way", facts(**task("Refreshing", ago=300))),
    ("under_way", facts(**task("Pending", ago=300))),
    ("late_task", facts(**task("Refreshing", ago=361))),
    ("just_changed", facts(changed=60.0)),
    ("expires", facts(edge=STALE._replace(age=3_500, keeps=3_600))),
    ("perhaps_waiting", facts(unseen=3)),
    ("perhaps_queued", facts(unknown_queues=("the backlog",))),
    ("no_event", facts()),
    ("no_event", facts(edge=STALE._replace(age=100, keeps=3_600))),
    ("no_event", facts(**task("Complete", ago=2 * HOUR))),
    ("no_event", facts(**task("Failed", ago=2 * HOUR))),
    ("no_event", facts(changed=-1, edge=STALE._replace(age=60), **task("Complete"))),
    ("cache_key", facts(**task("Complete"))),
    ("cache_key", facts(**task("a new word"))),
    ("redirect", facts(edge=Copy("not compared", "", 302, location=f"{WWW}/b"))),
    ("stale", facts(tasks_known=False)),
    ("not_compared", facts(edge=Copy("not compared", "the bucket was not asked", 200))),
]


@pytest.mark.parametrize(("name", "about"), CASES, ids=[f"{name}-{number}" for number, (name, _) in enumerate(CASES)])
def test_the_likely_cause_of_facts(name: str, about: Facts) -> None:
    assert next(causes(about)).name == name


def test_each_cause_has_a_case() -> None:
    assert set(NAMES) == {name for name, _ in CASES}


@pytest.mark.parametrize("about", [about for _, about in CASES])
def test_each_sentence_is_filled_in(about: Facts) -> None:
    for found in causes(about):
        assert not {"None", "{", "  "} & {part for part in ("None", "{", "  ") if part in found.says + found.remedy}
        assert found.says.endswith(".")
        assert not found.remedy.endswith(".")


def test_a_dead_letter_comes_before_a_failed_task() -> None:
    about = facts(letters=(Letter("1", "RefreshFailed"),), **task("Failed"))
    assert [found.name for found in causes(about)][:2] == ["dead_letter", "failed"]


def test_a_failed_task_comes_before_the_refresh_that_waits_after_it() -> None:
    about = facts(waiting=("RefreshFailed",), **task("Failed"))
    assert [found.name for found in causes(about)][:2] == ["failed", "waiting"]


def test_a_task_counts_although_the_clocks_of_oss_and_the_product_differ() -> None:
    assert next(causes(facts(changed=HOUR, **task("Complete", ago=HOUR + 3)))).name == "cache_key"


def test_the_next_step_quotes_a_url_for_the_shell() -> None:
    assert next(causes(facts("a.js?v=2&w='"))).remedy.endswith(
        """refresh 'https://www.example.com/a.js?v=2&w='"'"'' --now"""
    )


def test_the_words_of_a_service_end_with_one_full_stop() -> None:
    said = next(causes(facts(letters=(Letter("1", "Throttling", "Request was denied."),)))).says
    assert said.endswith("has the reason Throttling: Request was denied.")


def test_an_empty_query_is_named_as_another_copy() -> None:
    assert "an empty query, which makes it another copy" in next(causes(facts("a.jpg?"))).says
