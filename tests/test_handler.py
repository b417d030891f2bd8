"""The handler as the platform calls it: from an event to the summary, the log and the queues."""

import base64
import json
from typing import Any

import pytest
from world import SITE, World, always, backlog_record, event, objects, record, url

from oss_cdn_refresh.events.change import WITHOUT_EFFECT
from oss_cdn_refresh.handler import work
from oss_cdn_refresh.model.errors import Unaccounted
from oss_cdn_refresh.model.item import FILE, ItemName
from oss_cdn_refresh.model.outcome import Result
from oss_cdn_refresh_box.wire.faults import Faults, Refusal
from oss_cdn_refresh_box.wire.serving import Request

FIELDS = {
    "changes",
    "ignored",
    "urls",
    "refreshed",
    "deferred",
    "dead_lettered",
    "unreadable",
    "requests",
    "task_ids",
    "confirmations",
    "preloaded",
    "preload_skipped",
}
NOTHING = {
    "changes": 0,
    "ignored": {},
    "urls": 0,
    "refreshed": 0,
    "deferred": 0,
    "dead_lettered": 0,
    "unreadable": 0,
    "requests": 0,
    "task_ids": [],
    "confirmations": {"complete": 0, "failed": 0, "waiting": 0, "given_up": 0},
    "preloaded": 0,
    "preload_skipped": 0,
}


def test_a_changed_object_is_refreshed(world: World) -> None:
    summary = world.invoke(event(record("a.jpg")))
    assert world.cdn.accepted == {("File", "https://www.example.com/a.jpg")}
    assert summary == {
        "changes": 1,
        "ignored": {},
        "urls": 1,
        "refreshed": 1,
        "deferred": 0,
        "dead_lettered": 0,
        "unreadable": 0,
        "requests": 1,
        "task_ids": list(world.refreshes[0].task_ids),
        "confirmations": {"complete": 0, "failed": 0, "waiting": 0, "given_up": 0},
        "preloaded": 0,
        "preload_skipped": 0,
    }


@pytest.mark.parametrize("nothing", [b"[]", b'{"events": []}', b" [ ] "], ids=str)
def test_an_event_without_records_gives_a_summary_of_zeros(world: World, nothing: bytes) -> None:
    assert world.invoke(nothing) == NOTHING
    assert (world.cdn.calls, world.smq.calls) == ([], [])


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"null",
        b"7",
        b'"text"',
        b"{}",
        b"[[]]",
        b"{",
        b"\xff\xfe",
        b'{"events": {}}',
        b'{"events": [{}]}',
        b"[null]",
    ],
    ids=repr,
)
def test_an_event_without_a_readable_record_is_unreadable(world: World, broken: bytes) -> None:
    summary = world.invoke(broken)
    assert summary == {**NOTHING, "unreadable": 1}
    (dead_letter,) = world.dead_letters
    assert (dead_letter["kind"], dead_letter["reason"]) == ("oss-cdn-refresh/dead-letter", "UnreadableEvent")
    assert not {"object_type", "urls"} & dead_letter.keys()


def test_an_event_that_is_not_utf_8_is_kept_as_base64(world: World) -> None:
    world.invoke(b"\xff\xfe")
    (dead_letter,) = world.dead_letters
    assert dead_letter["payload_encoding"] == "base64"
    assert base64.b64decode(dead_letter["payload"]) == b"\xff\xfe"


def test_a_large_unreadable_event_is_kept_in_numbered_parts(world: World) -> None:
    broken = "長" * 50_000
    world.invoke([broken])
    parts = sorted(world.dead_letters, key=lambda dead_letter: dead_letter["part"])
    assert [dead_letter["part"] for dead_letter in parts] == list(range(1, len(parts) + 1))
    assert {dead_letter["parts"] for dead_letter in parts} == {len(parts)}
    assert "".join(dead_letter["payload"] for dead_letter in parts) == broken
    assert all(len(message.body.encode()) <= 65_536 for message in world.smq.queue("dead-letters").messages())


def test_a_broken_record_does_not_affect_the_others(world: World) -> None:
    summary = world.invoke(event(record("a.jpg"), {"oss": {}}, record("b.jpg")))
    assert (summary["changes"], summary["refreshed"], summary["unreadable"]) == (2, 2, 1)
    assert json.loads(world.dead_letters[0]["payload"]) == {"oss": {}}


def test_records_of_every_kind_may_be_mixed(world: World) -> None:
    own = json.loads(event(record("native.jpg")))
    body = base64.b64encode(event(record("message.jpg"))).decode().rstrip("=")
    summary = world.invoke(
        [
            own,
            record("bare.jpg"),
            {"specversion": "1.0", "subject": "no.jpg", "data": json.loads(event(record("cloud.jpg")))},
            {"messageBody": body},
            backlog_record(url("waiting.jpg")),
            {"requestPayload": event(record("failed.jpg")).decode()},
        ]
    )
    names = ("native", "bare", "cloud", "message", "waiting", "failed")
    assert world.cdn.accepted == {("File", url(f"{name}.jpg")) for name in names}
    assert (summary["changes"], summary["urls"], summary["refreshed"]) == (5, 6, 6)
    assert summary["requests"] == 1


def test_changes_are_counted_with_duplicates_and_ignored_ones(world: World) -> None:
    summary = world.invoke(
        event(
            record("a.jpg"),
            record("a.jpg"),
            record("a.jpg", event="ObjectDownloaded:GetObject"),
            record("a.jpg", bucket="other"),
        )
    )
    assert (summary["changes"], summary["urls"]) == (4, 1)
    assert summary["ignored"] == {"event_type": 1, "no_site": 1}


def test_the_summary_has_only_the_reasons_to_ignore_that_occurred(world: World) -> None:
    assert world.invoke(event(record()))["ignored"] == {}


def test_an_event_of_ignored_changes_makes_no_call(world: World) -> None:
    world.invoke(event(record(bucket="other")))
    assert (world.cdn.calls, world.smq.calls) == ([], [])


RESULTS: dict[str, Refusal | None] = {
    "refreshed": None,
    "deferred": Refusal(400, "TooMany.Refresh"),
    "dead_lettered": Refusal(400, "InvalidObjectPath.Malformed"),
}


@pytest.mark.parametrize("name", RESULTS)
def test_every_url_has_exactly_one_result(world: World, name: str) -> None:
    world.cdn.faults = always(RESULTS[name])
    summary = world.invoke(objects(3))
    assert {name: summary[name] for name in RESULTS} == {**dict.fromkeys(RESULTS, 0), name: 3}


def test_the_results_add_up_to_the_number_of_urls(world: World) -> None:
    world.configure({**SITE, "spellings": "browser"}, limits={"urls_per_call": 3, "urls_per_minute_per_domain": 20})

    def rule(request: Request) -> Refusal | None:
        path = request.form["ObjectPath"]
        if "13.jpg" in path:
            return Refusal(400, "InvalidObjectPath.Malformed")
        return Refusal(400, "QuotaPerMinuteExceeded.Refresh") if "/17.jpg" in path else None

    world.cdn.faults = Faults(rule=rule)
    summary = world.invoke([json.loads(objects(25)), backlog_record("ftp://strange/", url("x.jpg"))])
    assert summary["urls"] == 27
    assert summary["urls"] == summary["refreshed"] + summary["deferred"] + summary["dead_lettered"]
    assert min(summary["refreshed"], summary["deferred"], summary["dead_lettered"]) > 0


# The log


def test_the_summary_line_has_the_returned_fields(world: World) -> None:
    summary = world.invoke([json.loads(event(record())), {"no": "record"}])
    line = world.line("summary")
    assert {name: line[name] for name in FIELDS} == summary
    delays = {"duration_ms", "lag_ms", "fresh_ms", "waiting_ms"}
    assert line.keys() == {*FIELDS, *delays, "event", "level", "request_id", "collapsed", "collateral"}
    assert (line["level"], line["request_id"]) == ("INFO", "1-abc")


def test_the_lag_runs_from_the_event_to_the_acceptance(world: World) -> None:
    old, new = record("a.jpg"), record("b.jpg")
    old["eventTime"], new["eventTime"] = "2026-11-22T03:50:00.000Z", "2026-11-22T03:59:59.000Z"
    world.invoke(event(old, new))
    assert world.line("summary")["lag_ms"] == {"newest": 1_000, "oldest": 600_000}


def test_an_object_that_changed_twice_has_both_lags(world: World) -> None:
    old, new = record("a.jpg"), record("a.jpg")
    old["eventTime"], new["eventTime"] = "2026-11-22T03:50:00.000Z", "2026-11-22T03:59:59.000Z"
    world.invoke(event(new, old))
    assert world.line("summary")["lag_ms"] == {"newest": 1_000, "oldest": 600_000}


def test_the_lag_of_a_deferred_item_runs_from_its_change(world: World) -> None:
    world.invoke(backlog_record(url(), changed_at="2026-11-22T03:00:00Z"))
    assert world.line("summary")["lag_ms"] == {"newest": 3_600_000, "oldest": 3_600_000}


@pytest.mark.parametrize("time", [None, "yesterday", 7])
def test_an_unknown_event_time_has_no_lag(world: World, time: Any) -> None:
    world.invoke(event({**record(), "eventTime": time}))
    assert world.line("summary")["lag_ms"] == {"newest": None, "oldest": None}


def test_an_item_that_was_not_accepted_has_no_lag(world: World) -> None:
    world.cdn.faults = always(Refusal(400, "TooMany.Refresh"))
    world.invoke(event(record()))
    assert world.line("summary")["lag_ms"] == {"newest": None, "oldest": None}


def test_the_duration_is_in_milliseconds(world: World) -> None:
    world.cdn.faults.add(Refusal(503, "Throttling", headers={"x-acs-retry-after": "2500"}))
    world.invoke(event(record()))
    assert world.line("summary")["duration_ms"] == 2_500


@pytest.mark.parametrize("level", ["ERROR", "WARNING"])
def test_the_summary_is_written_at_every_log_level(world: World, level: str) -> None:
    world.environ["LOG_LEVEL"] = level
    world.invoke(event(record()))
    assert [line["event"] for line in world.lines] == ["summary"]


@pytest.mark.parametrize("level", ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL", "loud"])
def test_unaccounted_lines_are_written_at_every_log_level(world: World, level: str) -> None:
    world.environ |= {"LOG_LEVEL": level, "DEAD_LETTER_QUEUE": "nowhere"}
    with pytest.raises(Unaccounted):
        world.invoke(b"no event")
    assert [line["level"] for line in world.lines if line["event"] == "unaccounted"] == ["ERROR"]


@pytest.mark.parametrize(
    "level",
    [
        "loud",
        "info",
        "Info",
        "warn",
        "WARN",
        "CRITICAL",
        "FATAL",
        "NOTSET",
        "10",
        " INFO",
        "INFO ",
        "Level 10",
        "\u202e",
        "INFO\n",
    ],
    ids=ascii,
)
def test_an_unknown_log_level_is_info_with_a_warning(world: World, level: str) -> None:
    world.environ["LOG_LEVEL"] = level
    world.invoke(event(record()))
    assert [line["event"] for line in world.lines] == ["log_level_unknown", "accepted", "summary"]
    shown = json.dumps(level, ensure_ascii=False)
    assert world.line("log_level_unknown")["message"] == (
        f"environment: LOG_LEVEL: {shown} is no level, and INFO is taken: write DEBUG, INFO, WARNING or ERROR"
    )


def test_a_long_level_is_cut_off(world: World) -> None:
    world.environ["LOG_LEVEL"] = "x" * 100_000
    world.invoke([])
    assert len(world.line("log_level_unknown")["message"]) < 400


def test_an_empty_level_counts_as_not_set(world: World) -> None:
    world.environ["LOG_LEVEL"] = ""
    world.invoke(event(record()))
    assert [line["event"] for line in world.lines] == ["accepted", "summary"]


def test_a_dead_letter_is_an_error_and_a_deferral_a_warning(world: World) -> None:
    for refusal in (Refusal(400, "InvalidObjectPath.Malformed"), Refusal(400, "TooMany.Refresh")):
        world.cdn.faults = always(refusal)
        world.invoke(event(record()))
    assert (world.line("dead_lettered")["level"], world.line("deferred")["level"]) == ("ERROR", "WARNING")


def test_every_line_has_the_request_id_of_the_invocation(world: World) -> None:
    world.environ["LOG_LEVEL"] = "DEBUG"
    world.cdn.faults = always(Refusal(400, "InvalidObjectPath.Malformed"))
    world.invoke([json.loads(objects(3)), {"no": "record"}])
    assert {line["request_id"] for line in world.lines} == {"1-abc"}
    assert len(world.lines) > 3


def test_the_error_says_how_many_and_why(world: World) -> None:
    world.cdn.suspended = "InvalidParameter"
    del world.environ["DEAD_LETTER_QUEUE"]
    with pytest.raises(Unaccounted, match=r"^3 .*NoQueue.*DEAD_LETTER_QUEUE") as caught:
        world.invoke(objects(3))
    assert caught.value.count == 3


def test_the_event_can_be_delivered_again_after_an_error(world: World) -> None:
    world.cdn.faults.add(Refusal(400, "TooMany.Refresh"))
    name = world.environ.pop("BACKLOG_QUEUE")
    with pytest.raises(Unaccounted):
        world.invoke(event(record()))
    world.environ["BACKLOG_QUEUE"] = name
    assert world.invoke(event(record()))["refreshed"] == 1


def test_a_change_from_the_future_has_a_lag_of_0(world: World) -> None:
    """The clocks of OSS and of the function can differ."""
    world.invoke(event({**record(), "eventTime": "2026-11-22T04:00:03.000Z"}))
    assert world.line("summary")["lag_ms"] == {"newest": 0, "oldest": 0}


def test_an_undocumented_event_is_a_warning(world: World) -> None:
    """It may be a new event that changes the answer to a GET."""
    teleport = "ObjectCreated:Teleport"
    world.invoke(event(record("a.jpg", teleport), record("b.jpg", teleport), record("c.jpg")))
    line = world.line("unknown_event")
    assert (line["level"], line["name"], line["changes"]) == ("WARNING", teleport, 2)


@pytest.mark.parametrize("prefix", ["", "oss:"])
@pytest.mark.parametrize("name", sorted(WITHOUT_EFFECT))
def test_a_documented_event_without_effect_is_ignored_without_a_log_line(world: World, name: str, prefix: str) -> None:
    returned = world.invoke(event(record(event=prefix + name)))
    assert (returned["ignored"], [line["event"] for line in world.lines]) == ({"event_type": 1}, ["summary"])


def test_ignored_changes_have_no_urls(world: World) -> None:
    assert world.invoke(event(record(bucket="other"), record(bucket="other")))["urls"] == 0


def test_items_that_failed_for_the_same_reason_share_a_log_line(world: World) -> None:
    world.cdn.faults = always(Refusal(400, "TooMany.Refresh", "not now"))
    world.invoke(objects(3))
    line = world.line("deferred")
    assert (line["reason"], line["message"], line["items"]) == ("TooMany.Refresh", "not now", 3)
    assert line["urls"] == [url(f"{number}.jpg") for number in range(3)]


# The typed result, for callers in the same process


def test_the_result_says_which_item_ended_how_and_why(world: World) -> None:
    world.configure(SITE, limits={"urls_per_minute_per_domain": 2})
    result = work(objects(3), world.context, world.instance, world.environ)
    ended = {
        item.url: (outcome.result, outcome.reason) for outcome in result.settled.outcomes for item in outcome.items
    }
    accepted = (Result.REFRESHED, "")
    assert ended == {url("0.jpg"): accepted, url("1.jpg"): accepted, url("2.jpg"): (Result.DEFERRED, "Pace")}
    assert (result.settled.unaccounted, result.summary.fields()["deferred"]) == ([], 1)


def test_the_result_names_the_unaccounted_items(world: World) -> None:
    world.smq.faults = Faults(rule=lambda _request: Refusal(403, "AccessDenied"))
    world.cdn.faults = always(Refusal(400, "MalformedURL"))
    result = work(objects(1), world.context, world.instance, world.environ)
    ((item, why),) = result.settled.unaccounted
    assert (item, "AccessDenied" in why, result.settled.outcomes) == (ItemName(FILE, url("0.jpg")), True, [])


def test_the_result_counts_the_unaccounted_rejected_records(world: World) -> None:
    world.smq.faults = Faults(rule=lambda _request: Refusal(403, "AccessDenied"))
    result = work(b"no record", world.context, world.instance, world.environ)
    assert (result.settled.unstored_records.total(), result.summary.unreadable) == (1, 1)
