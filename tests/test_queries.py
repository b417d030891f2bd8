"""The ready-made queries give the right figures, on lines of the real code with Function Compute's prefix."""

import json
from collections.abc import Iterator
from datetime import datetime

import pytest
from every_line import (
    SITE_ID,
    a_task_failed,
    come_back,
    confirmed,
    dcdn_refreshes,
    directories_stand_for_urls,
    esa_confirms_and_preloads,
    never_confirmed,
    no_backlog,
    no_dead_letters,
    throttled,
    unreadable,
)
from sls import ANALYSED, QUERIES, Logstore, a_logstore, query
from world import SITE, World, backlog_record, event, objects, record, url, wherever

from oss_cdn_refresh_box.cdn import Quota, Script
from oss_cdn_refresh_box.wire.faults import Refusal

HOUR = 3_600


@pytest.fixture
def logstore(world: World) -> Iterator[Logstore]:
    with a_logstore(world.clock) as logstore:
        yield logstore


def stamp(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize("name", sorted(file.stem for file in QUERIES.iterdir()))
def test_every_query_works_on_an_empty_logstore(logstore: Logstore, name: str) -> None:
    assert logstore.ask(query(name)) == []


def test_a_test_record_has_the_format_of_the_platform(world: World, logstore: Logstore) -> None:
    world.invoke([])
    (line,) = logstore.records
    assert line["message"].startswith('2026-11-22T04:00:00.000Z 1-abc [INFO] {"event": "summary", ')


def test_refreshed_items_are_counted_by_the_hour(world: World, logstore: Logstore) -> None:
    world.cdn.faults = wherever("bad", Refusal(400, "ObjectPath.Malformed"))
    world.invoke(event(record("a.jpg"), record("index.html"), record("bad.jpg")))
    world.invoke(event(record("b.jpg")))
    world.clock.advance(HOUR)
    world.invoke([])
    noon, one = logstore.ask(query("refreshed"))
    assert noon == {
        "hour": stamp("2026-11-22T04:00:00"),
        "urls": 5,
        "refreshed": 4,
        "deferred": 0,
        "dead_lettered": 1,
        "requests": sum(line["requests"] for line in world.lines if line["event"] == "summary"),
    }
    assert (one["hour"], one["urls"]) == (stamp("2026-11-22T05:00:00"), 0)


def test_the_time_to_acceptance_is_in_seconds(world: World, logstore: Logstore) -> None:
    """Changes are two seconds old; one from the backlog is an hour and a minute old."""
    for key in ("a", "b", "c"):
        world.invoke(event(record(key)))
    world.invoke(backlog_record(url("d")))
    (hour,) = logstore.ask(query("lag"))
    assert (hour["median_seconds"], hour["longest_seconds"]) == (pytest.approx(2, abs=1), 3_660)


def test_an_hour_without_accepted_items_has_no_time_to_acceptance(world: World, logstore: Logstore) -> None:
    world.invoke([])
    (hour,) = logstore.ask(query("lag"))
    assert (hour["median_seconds"], hour["longest_seconds"]) == (None, None)


def test_a_confirmation_is_no_time_to_the_acceptance(world: World, logstore: Logstore) -> None:
    """A line has both times, each with a newest and an oldest change."""
    confirmed(world)
    (hour,) = logstore.ask(query("lag"))
    assert (hour["median_seconds"], hour["longest_seconds"]) == (2, 2)


def test_the_time_to_the_confirmation_is_shown_in_seconds(world: World, logstore: Logstore) -> None:
    confirmed(world)
    (hour,) = logstore.ask(query("fresh"))
    assert (hour["median_seconds"], hour["p95_seconds"], hour["longest_seconds"]) == (362, 362, 362)


def test_what_became_of_accepted_items_is_counted_by_the_hour(world: World, logstore: Logstore) -> None:
    world.configure(SITE, confirm={"give_up": 300, "resubmit": 0})
    scripts = {"failed": Script("Failed"), "late": Script("Complete", seconds=9e9)}
    world.cdn.tasks.script = lambda _type, where, _times: next(
        (script for name, script in scripts.items() if name in where), None
    )
    world.invoke(event(*(record(key) for key in ("a.jpg", "b.jpg", "failed.jpg", "late.jpg"))))
    come_back(world)
    (hour,) = logstore.ask(query("confirmed"))
    assert (hour["confirmed"], hour["failed"], hour["given_up"], hour["confirmed_percent"]) == (2, 1, 1, 50)


def test_an_hour_without_a_confirmation_has_no_confirmed_share(world: World, logstore: Logstore) -> None:
    world.invoke([])
    (hour,) = logstore.ask(query("confirmed"))
    assert (hour["confirmed"], hour["confirmed_percent"]) == (0, None)


def test_the_quota_that_was_used_adds_up_from_midnight_in_china(world: World, logstore: Logstore) -> None:
    """It is noon there: the next day begins twelve hours later."""
    world.configure({**SITE, "bulk_delete": "directory"})
    world.invoke(objects(3))
    world.clock.advance(HOUR)
    world.invoke(objects(2))
    world.invoke(event(record("d/a.jpg", "ObjectRemoved:DeleteObjects")))
    world.clock.advance(11 * HOUR)
    world.invoke(objects(1))
    rows = logstore.ask(query("quota-used"))
    assert [(row["urls_today"], row["directories_today"]) for row in reversed(rows)] == [(3, 0), (5, 1), (1, 0)]


def test_the_quotas_of_the_products_are_never_added_up(world: World, logstore: Logstore) -> None:
    confirmed(world)
    dcdn_refreshes(world)
    esa_confirms_and_preloads(world)
    used = {row["target"]: row["urls_today"] for row in logstore.ask(query("quota-used"))}
    assert used == {"cdn": 1, "dcdn": 1, f"esa {SITE_ID}": 2}


def test_what_directories_replaced_is_counted_with_their_collateral(world: World, logstore: Logstore) -> None:
    directories_stand_for_urls(world)
    (hour,) = logstore.ask(query("collateral"))
    assert hour["replaced"] >= 150
    assert hour["collateral"] > 0


def test_a_refresh_that_nobody_can_confirm_is_named_to_a_person(world: World, logstore: Logstore) -> None:
    never_confirmed(world)
    (row,) = logstore.ask(query("attention"))
    assert (row["event"], row["reason"], row["what"]) == ("unconfirmed", "NoAnswer", url("a.jpg"))


def test_a_failed_refresh_that_is_submitted_again_is_nothing_for_a_person(world: World, logstore: Logstore) -> None:
    a_task_failed(world)
    assert logstore.ask(query("attention")) == []


def test_deferred_items_are_counted_by_day_and_reason(world: World, logstore: Logstore) -> None:
    throttled(world)
    world.cdn.faults = wherever("", Refusal(400, "QuotaExceeded.Refresh"))
    world.cdn.quota = Quota(urls=0)
    world.invoke(objects(3))
    world.clock.advance(24 * HOUR)
    world.invoke(objects(2))
    rows = [(row["day"].date().isoformat(), row["reason"], row["items"]) for row in logstore.ask(query("deferred"))]
    assert rows == [
        ("2026-11-22", "QuotaExceeded.Refresh", 3),
        ("2026-11-22", "Throttling.User", 1),
        ("2026-11-23", "QuotaExceeded.Refresh", 2),
    ]


def test_a_line_longer_than_the_analysed_part_is_still_counted(world: World, logstore: Logstore) -> None:
    """SLS analyses the first 2 KB, which hold only some of the two hundred deferred URLs."""
    world.cdn.quota = Quota(urls=0)
    world.invoke(event(*(record(f"{'long/' * 10}{number}.jpg") for number in range(200))))
    assert max(len(line["message"]) for line in logstore.records) > 4 * ANALYSED
    (row,) = logstore.ask(query("deferred"))
    assert (row["items"], row["oldest_minutes"]) == (200, pytest.approx(2 / 60))


def test_items_that_need_a_person_are_named(world: World, logstore: Logstore) -> None:
    world.cdn.faults = wherever("bad", Refusal(400, "ObjectPath.Malformed", "the path is malformed"))
    world.invoke(event(record("bad.jpg"), record("good.jpg")))
    unreadable(world)
    no_backlog(world)
    rows = {(row["event"], row["reason"]): row for row in logstore.ask(query("attention"))}
    assert rows["dead_lettered", "ObjectPath.Malformed"]["what"] == url("bad.jpg")
    assert rows["dead_lettered", "ObjectPath.Malformed"]["message_text"] == "the path is malformed"
    assert "fish" in rows["unreadable", None]["what"]
    assert [row["what"] for (kind, _), row in rows.items() if kind == "unaccounted"] == [url("a.jpg")]


def test_the_lines_of_both_functions_are_counted_and_named(world: World, logstore: Logstore) -> None:
    """Both functions write into one logstore, each with its own topic."""
    for key, function in (("a.jpg", "oss-cdn-refresh"), ("b.jpg", "oss-cdn-refresh-drain")):
        logstore.function = function
        world.cdn.faults = wherever("", Refusal(400, "ObjectPath.Malformed"))
        world.invoke(event(record(key)))
    (hour,) = logstore.ask(query("refreshed"))
    named = {(row["function_name"], row["what"]) for row in logstore.ask(query("attention"))}
    assert hour["dead_lettered"] == 2
    assert named == {("oss-cdn-refresh", url("a.jpg")), ("oss-cdn-refresh-drain", url("b.jpg"))}


def test_refused_calls_are_counted_by_code(world: World, logstore: Logstore) -> None:
    throttled(world)
    refusals = len(world.refreshes)
    rows = logstore.ask(query("refused"))
    assert rows == [{"product": "cdn", "code": "Throttling.User", "means": "retry", "calls": refusals}]


def test_unaccounted_items_are_counted_by_reason(world: World, logstore: Logstore) -> None:
    no_dead_letters(world)
    no_backlog(world)
    reason = "QueueNotExist: The queue name you provided is not exist."
    assert logstore.ask(query("unaccounted")) == [{"reason": reason, "items": 2}]


FORGED = ["refreshed", "deferred", "attention", "refused", "unaccounted", "refresh-failed", "unconfirmed", "quota-used"]


@pytest.mark.parametrize("name", FORGED)
def test_an_untrusted_text_that_looks_like_a_log_line_is_not_counted(
    world: World, logstore: Logstore, name: str
) -> None:
    """A key is text inside a line, with its quotes escaped."""
    forged = "".join(
        f'{{"event": "{kind}", "items": 7000, "urls": 7000, "code": "forged", "reason": "forged"}}'
        for kind in ("summary", "deferred", "refused", "unaccounted", "refresh_failed", "unconfirmed", "accepted")
    )
    world.invoke(json.dumps({"neither": forged}).encode())
    values = [value for row in logstore.ask(query(name)) for column, value in row.items() if column != "what"]
    assert [value for value in values if value in (7_000, "forged")] == []


def test_more_hours_than_an_answer_has_rows_by_default_are_shown(world: World, logstore: Logstore) -> None:
    for _ in range(24 * 7):
        world.invoke([])
        world.clock.advance(HOUR)
    assert len(logstore.ask(query("refreshed"))) == 24 * 7
