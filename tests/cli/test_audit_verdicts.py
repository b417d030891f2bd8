"""The table of verdicts for answers of the edge."""

from collections import Counter
from random import Random
from typing import Any

import pytest
from world import an_item

from oss_cdn_refresh.model.item import FILE
from oss_cdn_refresh_cli.clients.listing import Stored
from oss_cdn_refresh_cli.edge.audit.answers import Seen, tag
from oss_cdn_refresh_cli.edge.audit.edge import Address, address
from oss_cdn_refresh_cli.edge.audit.objects import draw
from oss_cdn_refresh_cli.edge.audit.progress import NOWHERE, Entry, Progress
from oss_cdn_refresh_cli.edge.audit.targets import Relation, Target
from oss_cdn_refresh_cli.edge.audit.verdicts import Finding, judge

AT = 1_795_000_000.0
STORED = Stored("b", "k", "AB", AT, 10)
OWN, ALIAS, VARIANT = Relation.OWN, Relation.ALIAS, Relation.VARIANT
FRESH, STALE, UNREACHABLE = Finding.FRESH, Finding.STALE, Finding.UNREACHABLE


def judged(relation: Relation, stored: Stored | None, **seen: Any) -> Finding:
    target = Target(an_item(FILE, "https://d.example/k"), relation, "https://d.example/")
    return judge(target, stored, Seen(**{"status": 200, **seen})).finding


@pytest.mark.parametrize(
    ("relation", "seen", "finding"),
    [
        (OWN, {"etag": "AB", "modified": AT}, FRESH),
        (OWN, {"etag": "AB"}, FRESH),
        (OWN, {"etag": "AB", "modified": AT + 9}, FRESH),
        (OWN, {"etag": "AB", "modified": AT - 1}, STALE),
        (OWN, {"etag": "CD", "modified": AT}, STALE),
        (ALIAS, {"etag": "CD", "modified": AT + 9}, STALE),
        (OWN, {"modified": AT, "length": 10}, FRESH),
        (OWN, {"modified": AT, "length": 9}, STALE),
        (OWN, {"length": 9}, STALE),
        (OWN, {"length": 10}, FRESH),
        (OWN, {}, UNREACHABLE),
        (OWN, {"status": 206, "etag": "CD"}, STALE),
        (OWN, {"status": 404}, STALE),
        (OWN, {"status": 410}, STALE),
        (OWN, {"status": 400}, UNREACHABLE),
        (OWN, {"status": 500}, UNREACHABLE),
        (OWN, {"status": 302, "location": "/k/"}, UNREACHABLE),
        (ALIAS, {"status": 302, "location": "/k/"}, FRESH),
        (ALIAS, {"status": 301, "location": "http://D.example/k/"}, FRESH),
        (ALIAS, {"status": 301, "location": "https://e.example/k/"}, UNREACHABLE),
        (ALIAS, {"status": 301, "location": "/login"}, UNREACHABLE),
        (VARIANT, {"etag": "CD", "modified": AT, "length": 3}, FRESH),
        (VARIANT, {"etag": "CD", "modified": AT - 1}, STALE),
        (VARIANT, {"etag": "CD", "length": 3}, UNREACHABLE),
        (VARIANT, {"status": 400}, FRESH),
        (VARIANT, {"status": 404}, STALE),
    ],
)
def test_an_answer_is_judged_against_an_object(relation: Relation, seen: dict[str, Any], finding: Finding) -> None:
    assert judged(relation, STORED, **seen) is finding


@pytest.mark.parametrize(("status", "finding"), [(200, STALE), (206, STALE), (404, FRESH), (403, UNREACHABLE)])
def test_an_answer_is_judged_against_a_missing_object(status: int, finding: Finding) -> None:
    assert judged(OWN, None, status=status, etag="AB", modified=AT) is finding


@pytest.mark.parametrize("text", ['"ab"', 'W/"AB"', "AB", ' "ab" '])
def test_an_etag_is_compared_without_quotes_and_weak_mark(text: str) -> None:
    assert tag(text) == "AB"


@pytest.mark.parametrize(
    ("text", "expected"), [("a.example:80", Address("a.example", 80)), ("[::1]:443", Address("::1", 443))]
)
def test_an_address_is_a_host_and_a_port(text: str, expected: Address) -> None:
    assert address(text) == expected


def test_each_object_is_equally_likely_to_be_in_a_sample() -> None:
    random, drawn = Random(5), Counter[str]()  # noqa: S311 - a test
    for _ in range(2_000):
        progress = Progress(NOWHERE, {})
        for _ in draw((Entry((0, str(key)), "b", str(key), None) for key in range(8)), 2, progress, random.uniform):
            pass
        progress.drawn()
        found = [entry.key for entry in progress.sample()]
        drawn.update(found)
        progress.close(finished=True)
        assert len(set(found)) == 2
    assert all(times == pytest.approx(500, abs=90) for times in drawn.values())
