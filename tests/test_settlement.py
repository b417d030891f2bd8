"""Items that were not refreshed: their messages, their delays, and when they are given up."""

import json
import time
from typing import Any

import pytest
from world import DOMAINS, NOON, SITE, World, always, backlog_record, event, objects, record, url, wherever

from oss_cdn_refresh_box.cdn import Limits, Quota
from oss_cdn_refresh_box.wire.faults import Refusal

THROTTLED = Refusal(503, "Throttling.User", "slower, please")
MALFORMED = Refusal(400, "InvalidObjectPath.Malformed", "not this one")
NOW = "2026-11-22T04:00:00Z"
MIDNIGHT = NOON + 12 * 3600  # in UTC+8
DAYS = 86_400.0
DIRECTORY = "Directory"


def highest(_low: float, high: float) -> float:
    return high


def throttle(world: World) -> None:
    """Let the CDN throttle from now on, and ask for a longer wait than an invocation allows: one call each."""
    world.cdn.faults = always(THROTTLED._replace(headers={"x-acs-retry-after": "15000"}))


def the_only(messages: list[dict[str, Any]]) -> dict[str, Any]:
    (message,) = messages
    return message


# The content of messages


def test_a_deferred_change_becomes_a_message_of_the_backlog(world: World) -> None:
    throttle(world)
    world.invoke(event(record()))
    assert the_only(world.backlog) == {
        "kind": "oss-cdn-refresh/backlog",
        "version": 1,
        "object_type": "File",
        "urls": [url()],
        "force": False,
        "attempts": 1,
        "reason": "Throttling.User",
        "first_seen": NOW,
        "changed_at": "2026-11-22T03:59:58Z",
        "history": [{"at": NOW, "reason": "Throttling.User"}],
        "resubmissions": 0,
    }


def test_a_change_that_is_given_up_becomes_a_dead_letter(world: World) -> None:
    world.cdn.faults = always(MALFORMED)
    world.invoke(event(record()))
    dead_letter = the_only(world.dead_letters)
    assert dead_letter == {
        "kind": "oss-cdn-refresh/dead-letter",
        "version": 1,
        "object_type": "File",
        "urls": [url()],
        "force": False,
        "attempts": 0,
        "reason": "InvalidObjectPath.Malformed",
        "first_seen": NOW,
        "changed_at": "2026-11-22T03:59:58Z",
        "history": [{"at": NOW, "reason": "InvalidObjectPath.Malformed"}],
        "resubmissions": 0,
        "message": "not this one",
        "request_id": world.line("refused")["product_request_id"],
        "failed_at": NOW,
    }
    assert dead_letter["request_id"]


def test_an_item_that_was_never_sent_has_no_request_id(world: World) -> None:
    world.invoke(backlog_record("ftp://www.example.com/a"))
    assert the_only(world.dead_letters)["request_id"] == ""


def test_items_with_the_same_history_share_a_message(world: World) -> None:
    throttle(world)
    world.invoke(objects(300))
    assert len(the_only(world.backlog)["urls"]) == 300


def test_items_that_are_refused_alone_share_a_dead_letter_with_the_last_request_id(world: World) -> None:
    """A batch is split until each bad item is alone, and each refusal has its own request id."""
    world.cdn.faults = wherever("bad", MALFORMED)
    keys = [f"{'bad' if number % 10 == 0 else 'good'}{number}.jpg" for number in range(100)]
    assert world.invoke(event(*map(record, keys)))["dead_lettered"] == 10
    dead_letter = the_only(world.dead_letters)
    assert set(dead_letter["urls"]) == {url(key) for key in keys if "bad" in key}
    refused = [line for line in world.lines if line["event"] == "refused" and line["items"] == 1]
    assert dead_letter["request_id"] == refused[-1]["product_request_id"]


def test_a_message_is_never_longer_than_smq_takes(world: World) -> None:
    world.configure(SITE, limits={"urls_per_minute_per_domain": 10_000})
    throttle(world)
    keys = [f"{number}{'長' * 100}.jpg" for number in range(300)]
    summary = world.invoke(event(*map(record, keys)))
    bodies = [message.body for message in world.smq.queue("backlog").messages()]
    assert max(len(body.encode()) for body in bodies) <= 65_536
    assert sum(len(message["urls"]) for message in world.backlog) == summary["deferred"] == 300
    assert len(bodies) < 10


def test_unknown_fields_of_a_message_are_kept(world: World) -> None:
    throttle(world)
    world.invoke(backlog_record(url(), team={"name": "web"}, ticket=7))
    message = the_only(world.backlog)
    assert (message["team"], message["ticket"]) == ({"name": "web"}, 7)


def test_unknown_fields_of_a_message_are_kept_in_its_dead_letter(world: World) -> None:
    world.cdn.faults = always(MALFORMED)
    world.invoke(backlog_record(url(), team="web"))
    assert the_only(world.dead_letters)["team"] == "web"


@pytest.mark.parametrize(
    "crowd",
    [{"ballast": "x" * 64_000}, {"history": [{"at": NOW, "reason": "x" * 7_000}] * 9}],
    ids=["unknown fields", "history"],
)
def test_unknown_fields_never_displace_the_urls(world: World, crowd: dict[str, Any]) -> None:
    throttle(world)
    world.invoke(backlog_record(url(), **crowd))
    assert the_only(world.backlog)["urls"] == [url()]


def test_a_very_long_error_code_fits_into_a_message(world: World) -> None:
    world.cdn.faults = always(Refusal(400, "X" * 70_000, "y" * 70_000))
    assert world.invoke(event(record()))["deferred"] == 1


@pytest.mark.parametrize("object_type", ["Directory", "IgnoreParams"])
def test_force_stays_with_its_item(world: World, object_type: str) -> None:
    throttle(world)
    world.invoke(backlog_record(url("d/"), object_type=object_type, force=True))
    assert the_only(world.backlog)["force"] is True
    assert world.refreshes[0].force is True


def test_a_file_keeps_force_for_the_directory_that_may_replace_it(world: World) -> None:
    throttle(world)
    world.invoke(event(record(event="ObjectModified:UpdateObjectMeta")))
    assert the_only(world.backlog)["force"] is True
    assert world.refreshes[0].force is False


def test_a_change_of_headers_only_forces_a_directory(world: World) -> None:
    """A node that revalidates would get a 304 and keep the old headers."""
    world.configure({**SITE, "also": [{"when": "*", "directories": ["/d/"]}]})
    world.invoke(event(record(event="ObjectModified:UpdateObjectMeta")))
    assert {call.object_type: call.force for call in world.refreshes} == {"File": False, "Directory": True}


# Attempts


def test_each_invocation_that_fails_is_one_attempt_however_often_it_tried(world: World) -> None:
    world.jitter = highest
    world.cdn.faults = always(THROTTLED)
    world.invoke(backlog_record(url(), attempts=3))
    assert len(world.refreshes) > 3
    assert the_only(world.backlog)["attempts"] == 4


def test_the_tenth_attempt_is_the_last(world: World) -> None:
    throttle(world)
    summary = world.invoke([backlog_record(url("a"), attempts=8), backlog_record(url("b"), attempts=9)])
    assert (summary["deferred"], summary["dead_lettered"]) == (1, 1)
    assert (the_only(world.backlog)["urls"], the_only(world.backlog)["attempts"]) == ([url("a")], 9)
    dead_letter = the_only(world.dead_letters)
    assert (dead_letter["urls"], dead_letter["attempts"], dead_letter["reason"]) == ([url("b")], 10, "Throttling.User")
    assert "slower, please" in dead_letter["message"]


def test_nine_failures_do_not_count_when_the_tenth_try_succeeds(world: World) -> None:
    assert world.invoke(backlog_record(url(), attempts=9))["refreshed"] == 1


def test_an_item_that_always_fails_ends_after_ten_invocations(world: World) -> None:
    throttle(world)
    messages: list[Any] = [json.loads(event(record()))]
    for _ in range(9):
        summary = world.invoke(messages)
        assert summary["deferred"] == 1
        world.clock.advance(3600)
        messages = [world.backlog[-1]]
    assert world.invoke(messages)["dead_lettered"] == 1
    assert the_only(world.dead_letters)["attempts"] == 10


@pytest.mark.parametrize("attempts", [None, "3", -4, 2.5, True, [], {}], ids=repr)
def test_invalid_attempts_count_as_zero(world: World, attempts: Any) -> None:
    throttle(world)
    world.invoke(backlog_record(url(), attempts=attempts))
    assert the_only(world.backlog)["attempts"] == 1


def test_a_short_daily_quota_is_not_an_attempt(world: World) -> None:
    world.cdn.quota = Quota(urls=0)
    world.invoke(backlog_record(url(), attempts=9))
    assert the_only(world.backlog)["attempts"] == 9


def test_the_cdns_limit_of_a_minute_is_not_an_attempt(world: World) -> None:
    world.cdn.faults = always(Refusal(400, "QuotaPerMinuteExceeded.Refresh"))
    world.invoke(backlog_record(url(), attempts=9))
    assert the_only(world.backlog)["attempts"] == 9


def test_our_rate_limit_is_not_an_attempt(world: World) -> None:
    world.configure(SITE, limits={"urls_per_minute_per_domain": 1})
    world.invoke([backlog_record(url("a"), attempts=9), backlog_record(url("b"), attempts=9)])
    assert the_only(world.backlog)["attempts"] == 9


def test_lack_of_time_is_not_an_attempt(world: World) -> None:
    world.context.function.timeout = 0.3
    world.invoke(backlog_record(url(), attempts=9))
    assert the_only(world.backlog)["attempts"] == 9


@pytest.mark.parametrize("code", ["ServiceBusy", "InvalidDomain.Configure_failed"])
def test_a_domain_that_is_being_configured_is_an_attempt(world: World, code: str) -> None:
    world.cdn.domains["www.example.com"] = code
    world.invoke(backlog_record(url(), attempts=3))
    assert the_only(world.backlog)["attempts"] == 4


# History


def test_the_history_keeps_the_last_ten_refusals(world: World) -> None:
    throttle(world)
    history = [{"at": f"2026-11-2{day}T00:00:00Z", "reason": f"Reason{day}"} for day in range(10)]
    world.invoke(backlog_record(url(), history=history))
    assert the_only(world.backlog)["history"] == [*history[1:], {"at": NOW, "reason": "Throttling.User"}]


@pytest.mark.parametrize("history", [None, "x", {}, [1, None, "x"]], ids=repr)
def test_an_invalid_history_counts_as_empty(world: World, history: Any) -> None:
    throttle(world)
    world.invoke(backlog_record(url(), history=history))
    assert the_only(world.backlog)["history"] == [{"at": NOW, "reason": "Throttling.User"}]


@pytest.mark.parametrize(
    "entry",
    [{"at": NOW, "reason": "x" * 501}, {"x" * 501: ""}, {str(number): "" for number in range(11)}, {"at": {"x": "y"}}],
    ids=["a long reason", "a long name", "many fields", "a nested field"],
)
def test_an_invalid_entry_of_a_history_is_ignored(world: World, entry: dict[str, Any]) -> None:
    throttle(world)
    world.invoke(backlog_record(url(), history=[entry]))
    assert the_only(world.backlog)["history"] == [{"at": NOW, "reason": "Throttling.User"}]


def test_ten_thousand_messages_about_one_url_with_fields_of_their_own_are_merged_at_once(world: World) -> None:
    throttle(world)
    before = time.monotonic()
    world.invoke([backlog_record(url(), **{f"field{number}": number}) for number in range(10_000)])
    assert time.monotonic() - before < 5
    assert the_only(world.backlog)["field0"] == 0


# Age


def test_first_seen_stays(world: World) -> None:
    throttle(world)
    world.invoke(backlog_record(url(), first_seen="2026-11-20T01:02:03Z", changed_at="2026-11-20T01:00:00Z"))
    message = the_only(world.backlog)
    assert (message["first_seen"], message["changed_at"]) == ("2026-11-20T01:02:03Z", "2026-11-20T01:00:00Z")


@pytest.mark.parametrize("first_seen", [None, "yesterday", 0, "2027-01-01T00:00:00Z"], ids=repr)
def test_an_invalid_first_seen_counts_as_now(world: World, first_seen: Any) -> None:
    """A time in the future too, so that no item stays in the backlog longer because of it."""
    throttle(world)
    world.invoke(backlog_record(url(), first_seen=first_seen))
    assert the_only(world.backlog)["first_seen"] == NOW


@pytest.mark.parametrize(
    ("first_seen", "field"),
    [("2026-11-15T04:01:00Z", "deferred"), ("2026-11-15T03:59:59Z", "dead_lettered")],
    ids=["almost seven days", "seven days"],
)
@pytest.mark.parametrize(
    "code", ["Throttling", "QuotaExceeded.Refresh", "QuotaPerMinuteExceeded.Refresh", "TooMany.Refresh", "ServiceBusy"]
)
def test_an_item_older_than_seven_days_is_given_up(world: World, code: str, first_seen: str, field: str) -> None:
    world.jitter = highest
    world.cdn.faults = always(Refusal(400, code))
    assert world.invoke(backlog_record(url(), first_seen=first_seen))[field] == 1
    assert the_only(world.backlog + world.dead_letters)["reason"] == code


def test_no_item_loops_forever(world: World) -> None:
    """A quota that is always too small adds no attempts, but the item's age ends the loop."""
    world.cdn.quota = Quota(urls=0)
    messages: list[Any] = [json.loads(event(record()))]
    for _ in range(60):
        if world.invoke(messages)["dead_lettered"]:
            break
        world.clock.advance(world.delays[-1])
        messages = [world.backlog[-1]]
    assert the_only(world.dead_letters)["reason"] == "QuotaExceeded.Refresh"
    assert 7 * DAYS < world.clock.moved < 9 * DAYS


# Merging


def test_merged_items_keep_the_most_attempts_and_the_earliest_first_seen(world: World) -> None:
    throttle(world)
    summary = world.invoke(
        [
            json.loads(event(record())),
            backlog_record(url(), attempts=2, first_seen="2026-11-20T00:00:00Z"),
            backlog_record(url(), attempts=5, first_seen="2026-11-21T00:00:00Z"),
        ]
    )
    assert (summary["urls"], summary["deferred"]) == (1, 1)
    message = the_only(world.backlog)
    assert (message["attempts"], message["first_seen"]) == (6, "2026-11-20T00:00:00Z")


def test_merging_does_not_depend_on_the_order(world: World) -> None:
    throttle(world)
    records = [
        backlog_record(url(), attempts=5, first_seen="2026-11-21T00:00:00Z"),
        backlog_record(url(), attempts=2, first_seen="2026-11-20T00:00:00Z"),
    ]
    world.invoke(records)
    world.invoke(records[::-1])
    assert world.backlog[0] == world.backlog[1]


def test_duplicates_are_submitted_once(world: World) -> None:
    summary = world.invoke(event(*[record()] * 5))
    assert (summary["changes"], summary["urls"], summary["refreshed"]) == (5, 1, 1)
    assert world.refreshes[0].urls == (url(),)


def test_an_item_that_was_accepted_earlier_is_sent_again(world: World) -> None:
    world.invoke(event(record()))
    world.invoke(event(record()))
    assert len(world.refreshes) == 2


def test_one_url_of_two_types_is_two_items(world: World) -> None:
    summary = world.invoke([backlog_record(url("d/")), backlog_record(url("d/"), object_type=DIRECTORY)])
    assert summary["urls"] == 2


# Delays


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(0, 60), (1, 120), (2, 240), (5, 1_920), (6, 3_600), (8, 3_600)], ids=str
)
def test_a_transient_failure_waits_twice_as_long_each_time(world: World, attempts: int, seconds: int) -> None:
    throttle(world)
    world.invoke(backlog_record(url(), attempts=attempts))
    assert world.delays == [seconds]


def test_the_jitter_of_a_delay_only_adds_time(world: World) -> None:
    throttle(world)
    world.jitter = highest
    world.invoke(backlog_record(url(), attempts=2))
    assert 240 < world.delays[0] <= 480


def test_a_delay_is_at_least_what_the_cdn_asks_for(world: World) -> None:
    world.cdn.faults = always(THROTTLED._replace(headers={"x-acs-retry-after": "1800000"}))
    world.invoke(event(record()))
    assert world.delays == [1_800]


@pytest.mark.parametrize("code", ["Throttling", "SystemBusy", "QuotaPerMinuteExceeded.Refresh"])
def test_a_delay_that_the_cdn_asks_for_is_kept_up_to_an_hour(world: World, code: str) -> None:
    """A message lives for a week, so a longer delay would lose the item."""
    world.cdn.faults = always(Refusal(400, code, headers={"x-acs-retry-after": "9" * 12}))
    assert world.invoke(event(record()))["deferred"] == 1
    assert world.delays == [3_600]


def test_an_item_without_capacity_for_days_comes_back_within_a_day_and_is_deferred_again(world: World) -> None:
    world.configure(SITE, limits={"urls_per_minute_per_domain": 1})
    world.invoke(backlog_record(*(url(str(number)) for number in range(1_500)), attempts=0))
    assert max(world.delays) == 86_400 + 300 + 900
    last = world.backlog[-1]
    world.clock.advance(max(world.delays))
    assert world.invoke(last)["deferred"] == 1
    assert (world.backlog[-1]["urls"], world.backlog[-1]["attempts"]) == (last["urls"], 0)


def test_an_item_above_the_cdns_limit_of_a_minute_waits_at_least_a_minute(world: World) -> None:
    world.cdn.limits = Limits(urls_per_minute_per_domain=1)
    world.invoke(objects(2))
    assert 60 <= world.delays[0] <= 120


@pytest.mark.parametrize(
    ("since_midnight", "earliest", "latest"),
    [
        (0, 600, 600),
        (1_799, 600, 600),
        (1_801, 86_400 - 1_801 + 300, 86_400 - 1_801 + 1_200),
        (12 * 3600, 12 * 3600 + 300, 12 * 3600 + 1_200),
        (86_399, 301, 1_201),
    ],
    ids=["00:00", "00:29", "00:30", "12:00", "23:59"],
)
@pytest.mark.parametrize("part", [0.0, 0.5, 1.0], ids=["no jitter", "half of it", "all of it"])
def test_an_item_above_the_daily_quota_waits_for_the_reset(
    world: World, since_midnight: int, earliest: int, latest: int, part: float
) -> None:
    """It waits until 00:05 UTC+8 plus up to a quarter of an hour; shortly after midnight, the reset is only late."""
    world.jitter = lambda low, high: low + part * (high - low)
    world.clock.advance(MIDNIGHT - NOON + since_midnight)
    world.cdn.quota = Quota(urls=0)
    world.invoke(event(record()))
    assert world.delays == [earliest + part * (latest - earliest)]


# Items from outside


STRANGE = {
    "another host": "https://evil.example/a.jpg",
    "a host that begins alike": "https://www.example.com.evil.example/a.jpg",
    "a host that ends alike": "https://evilwww.example.com/a.jpg",
    "a sub-domain": "https://a.www.example.com/a.jpg",
    "user information": "https://www.example.com@evil.example/a.jpg",
    "user information with a password": "https://www.example.com:x@evil.example/a.jpg",
    "user information before the host": "https://user@www.example.com/a.jpg",
    "a backslash": "https://evil.example\\@www.example.com/a.jpg",
    "another backslash": "https://www.example.com\\.evil.example/a.jpg",
    "a port": "https://www.example.com:8443/a.jpg",
    "a query for a host": "https://evil.example?www.example.com/a.jpg",
    "a fragment for a host": "https://evil.example#www.example.com/a.jpg",
    "no host": "https:///www.example.com/a.jpg",
    "no scheme": "www.example.com/a.jpg",
    "two slashes": "//www.example.com/a.jpg",
    "ftp": "ftp://www.example.com/a.jpg",
    "javascript": "javascript://www.example.com/a.jpg",
    "a blank in front": " https://www.example.com/a.jpg",
    "a newline": "https://www.example.com/a.jpg\nhttps://www.example.com/b.jpg",
    "a carriage return": "https://www.example.com/a.jpg\rb",
    "a tab": "https://www.example.com/a\tb",
    "a null": "https://www.example.com/a\0b",
    "a delete": "https://www.example.com/a\x7fb",
    "a next line": "https://www.example.com/a\x85b",
    "a line separator": "https://www.example.com/a\u2028b",
    "a paragraph separator": "https://www.example.com/a\u2029b",
    "half a character": "https://www.example.com/a\ud800b",
    "too long": "https://www.example.com/" + "a" * 2_048,
    "nothing": "",
}


@pytest.mark.parametrize("strange", STRANGE.values(), ids=STRANGE)
def test_a_url_outside_the_configuration_is_never_submitted(world: World, strange: str) -> None:
    summary = world.invoke(backlog_record(url("good.jpg"), strange))
    assert (summary["urls"], summary["refreshed"], summary["dead_lettered"]) == (2, 1, 1)
    assert [call.urls for call in world.refreshes] == [(url("good.jpg"),)]
    dead_letter = the_only(world.dead_letters)
    assert (dead_letter["urls"], dead_letter["reason"]) == ([strange], "InvalidItem")


def test_a_directory_without_its_slash_is_never_submitted(world: World) -> None:
    summary = world.invoke(backlog_record(url("d"), url("d/"), object_type=DIRECTORY))
    assert (summary["refreshed"], summary["dead_lettered"]) == (1, 1)
    assert the_only(world.dead_letters)["reason"] == "InvalidItem"


@pytest.mark.parametrize("spelled", ["https://WWW.example.com/a.jpg", "HTTPS://www.example.com/a.jpg"])
def test_a_host_or_scheme_in_capitals_does_not_affect_other_items(world: World, spelled: str) -> None:
    summary = world.invoke([json.loads(objects(3)), backlog_record(spelled)])
    assert {("File", url(f"{number}.jpg")) for number in range(3)} <= world.cdn.accepted
    assert summary["refreshed"] + summary["dead_lettered"] == 4


def test_a_url_with_characters_beyond_ascii_does_not_affect_other_items(world: World) -> None:
    world.invoke([json.loads(objects(3)), backlog_record(url("é.jpg"), url("a b.jpg"))])
    assert {("File", url(f"{number}.jpg")) for number in range(3)} <= world.cdn.accepted


def test_an_item_of_a_removed_domain_is_dead_lettered(world: World) -> None:
    world.configure({**SITE, "domains": [DOMAINS[1]]})
    assert world.invoke(backlog_record(url()))["dead_lettered"] == 1


def test_a_key_whose_url_is_too_long_is_dead_lettered(world: World) -> None:
    summary = world.invoke(event(record("長" * 300), record("a.jpg")))
    assert (summary["refreshed"], summary["dead_lettered"]) == (1, 1)
    assert the_only(world.dead_letters)["reason"] == "InvalidItem"


@pytest.mark.parametrize("odd", [None, 7, {}, [], True], ids=repr)
def test_a_url_that_is_not_a_text_does_not_affect_the_others(world: World, odd: Any) -> None:
    summary = world.invoke(backlog_record(url(), odd))
    assert (summary["refreshed"], summary["unreadable"]) == (1, 1)
    assert the_only(world.dead_letters)["reason"] == "UnreadableEvent"


# Redrive


def test_the_items_of_a_returned_dead_letter_are_refreshed(world: World) -> None:
    world.cdn.faults = wherever("a.jpg", MALFORMED)
    world.invoke(event(record()))
    dead_letter = the_only(world.dead_letters)
    world.cdn.faults = always(None)
    assert world.invoke(dead_letter)["refreshed"] == 1


def test_a_returned_dead_letter_that_is_deferred_becomes_a_message_of_the_backlog(world: World) -> None:
    world.cdn.faults = always(MALFORMED)
    world.invoke(event(record()))
    dead_letter = the_only(world.dead_letters)
    throttle(world)
    assert world.invoke(dead_letter)["deferred"] == 1
    message = the_only(world.backlog)
    assert message["kind"] == "oss-cdn-refresh/backlog"
    assert not {"message", "request_id", "failed_at"} & message.keys()


def test_the_dead_letter_of_an_unreadable_record_is_read_again(world: World) -> None:
    dead_letter = {
        "kind": "oss-cdn-refresh/dead-letter",
        "version": 1,
        "reason": "UnreadableEvent",
        "payload": event(record()).decode(),
    }
    assert world.invoke(dead_letter)["refreshed"] == 1


def test_items_in_the_backlog_come_back_and_are_refreshed(world: World) -> None:
    throttle(world)
    world.invoke(objects(3))
    world.cdn.faults = always(None)
    world.clock.advance(world.delays[0])
    bodies = [{"messageBody": message.body} for message in world.smq.queue("backlog").messages()]
    assert world.invoke(bodies)["refreshed"] == 3


def test_a_dead_letter_has_no_delay(world: World) -> None:
    """Only messages of the backlog have a delay."""
    throttle(world)
    world.invoke(backlog_record(url(), attempts=9))
    assert the_only(world.dead_letters)["attempts"] == 10
    assert world.smq.queue("dead-letters").counts().active == 1


def test_items_with_different_histories_are_not_mixed_in_a_message(world: World) -> None:
    """They have equal delays and different histories."""
    world.cdn.faults = always(Refusal(400, "QuotaExceeded.Refresh"))
    world.invoke([backlog_record(url(f"{number}.jpg"), attempts=number) for number in range(3)])
    assert {tuple(message["urls"]): message["attempts"] for message in world.backlog} == {
        (url(f"{number}.jpg"),): number for number in range(3)
    }


def test_the_dead_letter_of_a_url_that_is_not_a_text_holds_nothing_else(world: World) -> None:
    """If a person puts it back, it must not refresh accepted items again."""
    world.invoke(backlog_record(url("good.jpg"), 7))
    assert world.cdn.accepted == {("File", url("good.jpg"))}
    payload = the_only(world.dead_letters)["payload"]
    assert json.loads(payload)["broken_urls"] == [7]
    assert "good.jpg" not in payload


def test_an_item_of_exactly_seven_days_is_still_deferred(world: World) -> None:
    throttle(world)
    assert world.invoke(backlog_record(url(), first_seen="2026-11-15T04:00:00Z"))["deferred"] == 1
