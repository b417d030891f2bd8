"""Accepted is not fresh: tasks are looked up minutes later, and what failed is submitted again."""

import json
from typing import Any

import pytest
from world import SITE, World, backlog_record, event, record, url

from oss_cdn_refresh.model.confirmation import Confirmation
from oss_cdn_refresh_box.cdn import Row, Script
from oss_cdn_refresh_box.wire.faults import Faults, Refusal

CONFIRMATION = "oss-cdn-refresh/confirmation"


@pytest.fixture
def confirming(world: World) -> World:
    """A function with the default settings of `confirm`."""
    world.configure(SITE, confirm={})
    return world


def drained(world: World) -> list[dict[str, str]]:
    """Everything of the backlog that is due, as the queue trigger brings it."""
    queue = world.smq.queue("backlog")
    received = queue.receive(10_000)
    for message in received:
        queue.delete(message.receipt)
    return [{"messageBody": message.body} for message in received]


def come_back(world: World, seconds: float = 360.0) -> dict[str, Any]:
    """Let time pass, and give everything of the backlog that is due then to the function."""
    world.clock.advance(seconds)
    return world.invoke(drained(world))


def looks(world: World) -> int:
    return sum(call.action == "DescribeRefreshTaskById" for call in world.cdn.calls)


# What is put into the backlog


def test_an_accepted_item_is_put_into_the_backlog_for_six_minutes(confirming: World) -> None:
    summary = confirming.invoke(event(record("a.jpg")))
    (message,) = confirming.backlog
    assert message == {
        "kind": CONFIRMATION,
        "version": 1,
        "product": "cdn",
        "object_type": "File",
        "urls": [url("a.jpg")],
        "force": False,
        "task_ids": summary["task_ids"],
        "submitted_at": "2026-11-22T04:00:00Z",
        "changed_at": "2026-11-22T03:59:58Z",
        "newest_changed_at": "2026-11-22T03:59:58Z",
        "first_seen": "2026-11-22T04:00:00Z",
        "resubmissions": 0,
        "looks": 0,
        "preload": [],
    }
    assert confirming.delays == [360]
    assert (summary["refreshed"], summary["deferred"]) == (1, 0)


def test_two_thousand_urls_are_at_most_four_messages(confirming: World) -> None:
    confirming.configure(SITE, confirm={}, limits={"urls_per_minute_per_domain": 10_000})
    confirming.invoke(event(*(record(f"{number:012}.jpg") for number in range(2_000))))
    assert sum(len(message["urls"]) for message in confirming.backlog) == 2_000
    assert len(confirming.backlog) <= 4


@pytest.mark.parametrize("confirm", [{"mode": "never"}])
def test_nothing_is_confirmed_where_the_configuration_says_never(world: World, confirm: dict[str, Any]) -> None:
    world.configure(SITE, confirm=confirm)
    world.invoke(event(record("a.jpg")))
    assert world.backlog == []


def test_nothing_is_confirmed_without_a_backlog(confirming: World) -> None:
    del confirming.environ["BACKLOG_QUEUE"]
    assert confirming.invoke(event(record("a.jpg")))["refreshed"] == 1
    assert [line for line in confirming.lines if line["level"] == "WARNING"] == []


def test_a_confirmation_that_cannot_be_stored_is_logged_and_nothing_is_raised(confirming: World) -> None:
    confirming.environ["BACKLOG_QUEUE"] = "missing"
    assert confirming.invoke(event(record("a.jpg")))["refreshed"] == 1
    line = confirming.line("unconfirmed")
    assert (line["level"], line["urls"], "QueueNotExist" in line["reason"]) == ("WARNING", [url("a.jpg")], True)


def test_an_item_that_was_not_accepted_is_not_confirmed(confirming: World) -> None:
    confirming.cdn.domains["www.example.com"] = "InvalidDomain.Offline"
    confirming.invoke(event(record("a.jpg")))
    assert confirming.backlog == []


# What is seen of a task


def test_a_complete_task_ends_the_confirmation(confirming: World) -> None:
    confirming.invoke(event(record("a.jpg")))
    summary = come_back(confirming)
    assert summary["confirmations"] == {"complete": 1, "failed": 0, "waiting": 0, "given_up": 0}
    assert (summary["urls"], confirming.backlog) == (0, [])
    assert confirming.line("confirmed")["items"] == 1


def test_the_summary_says_how_long_after_its_change_an_item_was_confirmed(confirming: World) -> None:
    confirming.invoke(event(record("a.jpg")))
    come_back(confirming)
    assert confirming.lines[-1]["fresh_ms"] == {"newest": 362_000, "oldest": 362_000}


def test_the_summary_says_how_long_ago_the_items_were_accepted_that_wait_for_their_confirmation(
    confirming: World,
) -> None:
    confirming.cdn.tasks.script = lambda *_: Script("Complete", seconds=400.0)
    confirming.invoke(event(record("a.jpg")))
    come_back(confirming)
    come_back(confirming, 300)
    summaries = [line for line in confirming.lines if line["event"] == "summary"]
    assert [line["waiting_ms"] for line in summaries] == [None, 360_000, None]


def test_the_lists_of_a_summary_stand_at_its_end(confirming: World) -> None:
    """SLS analyses the first 2 KB of a line."""
    confirming.invoke(event(record("a.jpg")))
    assert list(confirming.line("summary"))[-1] == "task_ids"


@pytest.mark.parametrize("status", ["Failed", "Timeout", "Canceled"])
def test_a_failed_item_is_submitted_again_at_once(confirming: World, status: str) -> None:
    confirming.cdn.tasks.script = lambda *_: Script(status, description="Origin Timeout")
    confirming.invoke(event(record("a.jpg")))
    summary = come_back(confirming)
    assert summary["confirmations"]["failed"] == 1
    assert (summary["urls"], summary["deferred"]) == (1, 1)
    (message,) = confirming.backlog
    assert (message["kind"], message["reason"]) == ("oss-cdn-refresh/backlog", "RefreshFailed")
    assert (message["attempts"], message["resubmissions"], confirming.delays) == (0, 1, [0])
    assert confirming.line("refresh_failed")["message"] == "Origin Timeout"


def test_the_second_resubmission_is_held_back_for_a_quarter_of_an_hour(confirming: World) -> None:
    confirming.cdn.tasks.script = lambda *_: Script("Failed")
    confirming.invoke(event(record("a.jpg")))
    come_back(confirming)
    come_back(confirming, 0)
    assert confirming.backlog[0]["resubmissions"] == 1
    come_back(confirming)
    assert (confirming.backlog[0]["resubmissions"], confirming.delays) == (2, [900])


def test_an_item_that_fails_too_often_is_a_dead_letter_with_the_description(confirming: World) -> None:
    confirming.cdn.tasks.script = lambda *_: Script("Failed", description="Origin Return StatusCode 5XX")
    confirming.configure(SITE, confirm={"resubmit": 1})
    confirming.invoke(event(record("a.jpg")))
    for seconds in (360, 0, 360):
        summary = come_back(confirming, seconds)
    assert (summary["urls"], summary["dead_lettered"], confirming.backlog) == (1, 1, [])
    (letter,) = confirming.dead_letters
    assert (letter["reason"], letter["resubmissions"]) == ("RefreshFailed", 1)
    assert "Origin Return StatusCode 5XX" in letter["message"]
    assert len(confirming.refreshes) == 2


@pytest.mark.parametrize("script", [Script("Complete", seconds=9e9), Script("Halted"), Script(hidden_looks=99)])
def test_an_item_without_an_answer_is_looked_at_again_after_twice_the_time(confirming: World, script: Script) -> None:
    confirming.cdn.tasks.script = lambda *_: script
    confirming.invoke(event(record("a.jpg")))
    assert come_back(confirming)["confirmations"]["waiting"] == 1
    assert (confirming.backlog[0]["looks"], confirming.delays) == (1, [300])
    come_back(confirming, 300)
    assert (confirming.backlog[0]["looks"], confirming.delays) == (2, [600])
    assert len(confirming.refreshes) == 1


def test_the_last_look_is_when_the_time_to_give_up_has_passed(confirming: World) -> None:
    confirming.cdn.tasks.script = lambda *_: Script("Complete", seconds=9e9)
    confirming.invoke(event(record("a.jpg")))
    waits = [360.0]
    while confirming.backlog:
        summary = come_back(confirming, waits[-1])
        waits += confirming.delays
    assert (summary["confirmations"]["given_up"], sum(waits)) == (1, 3_600)
    line = confirming.line("unconfirmed")
    assert (line["level"], line["urls"]) == ("WARNING", [url("a.jpg")])
    assert (confirming.dead_letters, len(confirming.refreshes)) == ([], 1)


def test_a_description_of_a_complete_task_is_no_failure(confirming: World) -> None:
    confirming.cdn.tasks.script = lambda *_: Script("Complete", description="Internal Error")
    confirming.invoke(event(record("a.jpg")))
    assert come_back(confirming)["confirmations"]["complete"] == 1


@pytest.mark.parametrize(
    ("older", "newer", "seen"), [("Failed", "Complete", "complete"), ("Complete", "Failed", "failed")]
)
def test_of_two_rows_the_newer_one_counts(confirming: World, older: str, newer: str, seen: str) -> None:
    confirming.cdn.tasks.script = lambda *_: Script(newer, older=older)
    confirming.invoke(event(record("a.jpg")))
    assert come_back(confirming)["confirmations"][seen] == 1


def test_rows_of_other_callers_are_passed_over(confirming: World) -> None:
    foreign = (Row(url("b.jpg"), "Failed"), Row(url("a.jpg"), "Failed", "directory"))
    confirming.cdn.tasks.script = lambda *_: Script(foreign=foreign)
    confirming.invoke(event(record("a.jpg")))
    assert come_back(confirming)["confirmations"] == {"complete": 1, "failed": 0, "waiting": 0, "given_up": 0}


def test_a_row_belongs_to_an_item_whatever_its_scheme_and_its_percent_encoding(confirming: World) -> None:
    row = {"ObjectPath": "http://www.example.com/a(1).jpg"}
    confirming.cdn.tasks.script = lambda _type, where, _times: Script(row=row if "%28" in where else {})
    confirming.invoke(event(record("a(1).jpg")))
    assert come_back(confirming)["confirmations"]["complete"] == 2


def test_a_directory_is_confirmed_by_a_row_of_the_type_path(confirming: World) -> None:
    confirming.configure({**SITE, "bulk_delete": "directory"}, confirm={})
    confirming.cdn.tasks.script = lambda *_: Script(row={"ObjectType": "path"})
    confirming.invoke(event(record("d/a.jpg", "ObjectRemoved:DeleteObjects")))
    assert come_back(confirming)["confirmations"]["complete"] == 1


def test_an_item_of_ignore_params_is_confirmed_by_a_row_of_any_type(confirming: World) -> None:
    confirming.configure({**SITE, "query": "ignore"}, confirm={})
    confirming.cdn.tasks.script = lambda *_: Script(row={"ObjectType": "regex"})
    confirming.invoke(event(record("a.jpg")))
    assert come_back(confirming)["confirmations"]["complete"] == 1


# Look-ups


def test_a_look_up_asks_for_ten_ids(confirming: World) -> None:
    for number in range(25):
        confirming.invoke(event(record(f"{number}.jpg")))
        confirming.clock.advance(1)
    assert come_back(confirming, 400)["confirmations"]["complete"] == 25
    assert looks(confirming) == 3


def test_an_id_that_is_refused_is_asked_for_alone(confirming: World) -> None:
    confirming.cdn.tasks.script = lambda _type, where, _times: Script(is_refused="bad" in where)
    for name in ("a.jpg", "bad.jpg", "b.jpg"):
        confirming.invoke(event(record(name)))
        confirming.clock.advance(1)
    assert come_back(confirming)["confirmations"] == {"complete": 2, "failed": 0, "waiting": 1, "given_up": 0}


def test_look_ups_that_are_forbidden_end_the_confirmations_and_are_reported_once(confirming: World) -> None:
    confirming.cdn.denied.add("DescribeRefreshTaskById")
    for _ in range(2):
        confirming.invoke(event(record("a.jpg")))
        assert come_back(confirming)["confirmations"]["given_up"] == 1
    line = confirming.line("confirmation_unavailable")
    assert (line["level"], line["right"]) == ("ERROR", "cdn:DescribeRefreshTaskById")
    assert confirming.backlog == []


def test_a_look_up_that_fails_is_repeated_later(confirming: World) -> None:
    confirming.invoke(event(record("a.jpg")))
    confirming.cdn.faults = Faults(rule=lambda _request: Refusal(503, "ServiceUnavailable"))
    assert come_back(confirming)["confirmations"]["waiting"] == 1
    assert len(confirming.backlog) == 1


def test_what_was_not_looked_at_goes_back_unchanged(confirming: World) -> None:
    for number in range(25):
        confirming.invoke(event(record(f"{number}.jpg")))
        confirming.clock.advance(1)
    confirming.clock.advance(400)
    batch = drained(confirming)
    confirming.cdn.faults = Faults(rule=lambda _request: Refusal(400, "Throttling.User"))
    assert confirming.invoke(batch)["confirmations"]["waiting"] == 10
    assert sum(len(message["urls"]) for message in confirming.backlog if not message["looks"]) == 15


# Messages of others


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"urls": ["https://evil.example/a"]}, "InvalidItem"),
        ({"urls": []}, "UnreadableEvent"),
        ({"urls": [1]}, "UnreadableEvent"),
        ({"submitted_at": "soon"}, "UnreadableEvent"),
        ({"object_type": "Regex"}, "UnreadableEvent"),
        ({"version": 2}, "UnreadableEvent"),
    ],
)
def test_a_confirmation_that_is_not_ours_is_a_dead_letter(
    confirming: World, fields: dict[str, Any], reason: str
) -> None:
    confirming.invoke(event(record("a.jpg")))
    summary = confirming.invoke({**confirming.backlog[0], **fields})
    assert [letter["reason"] for letter in confirming.dead_letters] == [reason]
    assert sum(summary["confirmations"].values()) == 0


def test_a_confirmation_from_the_future_counts_from_now(confirming: World) -> None:
    confirming.invoke(event(record("a.jpg")))
    message = {**confirming.backlog[0], "submitted_at": "2036-11-22T04:00:00Z", "task_ids": ["1"]}
    assert confirming.invoke(message)["confirmations"]["waiting"] == 1
    assert confirming.backlog[-1]["submitted_at"] == "2026-11-22T04:00:00Z"


def test_ids_that_are_none_are_not_asked_for(confirming: World) -> None:
    confirming.invoke(event(record("a.jpg")))
    message = {**confirming.backlog[0], "task_ids": ["a,b", "", None, {}, "x" * 65, "1\n2"]}
    assert confirming.invoke(message)["confirmations"]["waiting"] == 1
    assert looks(confirming) == 0


def test_a_confirmation_in_a_dead_letter_of_the_platform_stays_one(confirming: World) -> None:
    confirming.invoke(event(record("a.jpg")))
    confirming.clock.advance(360)
    wrapped = {"requestContext": {}, "requestPayload": json.dumps([{"messageBody": json.dumps(confirming.backlog[0])}])}
    assert confirming.invoke(wrapped)["confirmations"]["complete"] == 1


def test_an_item_that_failed_and_has_changed_again_is_submitted_once(confirming: World) -> None:
    confirming.cdn.tasks.script = lambda _type, _url, times: Script("Failed") if times == 1 else None
    confirming.invoke(event(record("a.jpg")))
    confirming.clock.advance(360)
    summary = confirming.invoke([*drained(confirming), record("a.jpg")])
    assert (summary["urls"], summary["refreshed"], summary["confirmations"]["failed"]) == (1, 1, 1)
    assert [message["kind"] for message in confirming.backlog] == [CONFIRMATION]


# Preload

PRELOADING = {**SITE, "preload": ["*.html", "*.js"]}


@pytest.fixture
def warming(world: World) -> World:
    world.configure(PRELOADING, confirm={})
    return world


def pushed(world: World) -> list[str]:
    return [where for call in world.cdn.calls if call.action == "PushObjectCache" for where in call.urls]


def test_a_url_is_preloaded_once_its_refresh_is_complete(warming: World) -> None:
    warming.invoke(event(record("app.js"), record("a.jpg")))
    assert pushed(warming) == []
    summary = come_back(warming)
    assert (pushed(warming), summary["preloaded"], summary["preload_skipped"]) == ([url("app.js")], 1, 0)


def test_an_index_page_is_preloaded_with_its_aliases(warming: World) -> None:
    warming.invoke(event(record("docs/index.html")))
    come_back(warming)
    assert sorted(pushed(warming)) == [url("docs"), url("docs/"), url("docs/index.html")]


def test_only_the_spelling_of_browsers_is_preloaded(warming: World) -> None:
    warming.invoke(event(record("a(1).js")))
    come_back(warming)
    assert pushed(warming) == [url("a(1).js")]


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        (("ObjectRemoved:DeleteObject",), 0),
        (("ObjectCreated:PutObject", "ObjectRemoved:DeleteObject"), 0),
        (("ObjectRemoved:DeleteObject", "ObjectCreated:PutObject"), 1),
        (("ObjectModified:UpdateObjectMeta",), 0),
    ],
)
def test_the_last_event_of_an_object_decides_whether_it_is_preloaded(
    warming: World, events: tuple[str, ...], expected: int
) -> None:
    warming.invoke(event(*(record("app.js", name) for name in events)))
    come_back(warming)
    assert len(pushed(warming)) == expected


def test_an_item_whose_task_failed_is_preloaded_after_its_resubmission(warming: World) -> None:
    warming.cdn.tasks.script = lambda _type, _url, times: Script("Failed") if times == 1 else None
    warming.invoke(event(record("app.js")))
    come_back(warming)
    assert pushed(warming) == []
    come_back(warming, 0)
    come_back(warming)
    assert pushed(warming) == [url("app.js")]


def test_an_item_that_waited_in_the_backlog_is_preloaded_too(warming: World) -> None:
    warming.cdn.domains["www.example.com"] = "ServiceBusy"
    warming.invoke(event(record("docs/index.html")))
    warming.cdn.domains["www.example.com"] = ""
    come_back(warming, 100)
    come_back(warming)
    assert sorted(pushed(warming)) == [url("docs"), url("docs/"), url("docs/index.html")]


def test_a_preload_keeps_to_the_quota_of_the_day(warming: World) -> None:
    warming.cdn.quota = warming.cdn.quota._replace(preloads=150)
    warming.invoke(event(*(record(f"{number}.js") for number in range(200))))
    summary = come_back(warming)
    assert (summary["preloaded"], summary["preload_skipped"], len(pushed(warming))) == (150, 50, 150)
    line = warming.line("preload_skipped")
    assert (line["reason"], line["items"], warming.dead_letters) == ("PreloadQuota", 50, [])


def test_a_preload_that_is_refused_is_skipped_for_good(warming: World) -> None:
    warming.cdn.denied.add("PushObjectCache")
    warming.invoke(event(record("app.js")))
    summary = come_back(warming)
    assert (summary["preloaded"], summary["preload_skipped"], warming.backlog) == (0, 1, [])


@pytest.mark.parametrize("missing", ["BACKLOG_QUEUE", "mode"])
def test_preload_without_confirmation_is_a_configuration_error(world: World, missing: str) -> None:
    if missing == "mode":
        world.configure(PRELOADING, confirm={"mode": "never"})
    else:
        world.configure(PRELOADING, confirm={})
        del world.environ["BACKLOG_QUEUE"]
    with pytest.raises(Exception, match=f"{missing}.*preload"):
        world.invoke(event(record("app.js")))


# What many confirmations cost, and what must not happen to them


def ten_ids(**fields: Any) -> dict[str, Any]:
    """A confirmation of one URL whose task is one of ten."""
    return {
        "kind": CONFIRMATION,
        "version": 1,
        "product": "cdn",
        "object_type": "File",
        "urls": [url("a.jpg")],
        "task_ids": [str(number) for number in range(10)],
        "submitted_at": "2026-11-22T04:00:00Z",
        **fields,
    }


def test_confirmations_that_come_back_share_a_message(confirming: World) -> None:
    confirming.cdn.tasks.script = lambda *_: Script("Complete", seconds=9e9)
    for number in range(20):
        confirming.invoke(event(record(f"{number}.jpg")))
    assert len(confirming.backlog) == 20
    assert come_back(confirming)["confirmations"]["waiting"] == 20
    (message,) = confirming.backlog
    assert len(message["urls"]) == 20


def test_only_the_tasks_of_the_items_that_still_wait_are_looked_up_again(confirming: World) -> None:
    confirming.cdn.tasks.script = lambda _type, where, _times: Script(seconds=9e9) if "/7.jpg" in where else None
    for number in range(40):
        confirming.invoke(event(record(f"{number}.jpg")))
        confirming.clock.advance(1)
    come_back(confirming)
    task_ids = {task.id for task in confirming.cdn.tasks.submitted if "/7.jpg" in task.url}
    (message,) = (message for message in confirming.backlog if message["looks"] == 1)
    assert set(message["task_ids"]) == task_ids


def test_all_tasks_of_an_item_without_a_row_are_looked_up_again(confirming: World) -> None:
    confirming.invoke([{"messageBody": json.dumps(ten_ids())}])
    assert confirming.backlog[0]["task_ids"] == [str(number) for number in range(10)]


def test_a_url_with_more_ids_than_a_message_holds_is_still_confirmed(confirming: World) -> None:
    """Nobody but an untrusted sender writes them."""
    ids = [f"{number:064}" for number in range(900)]
    confirming.cdn.denied.add("DescribeRefreshTaskById")
    confirming.cdn.faults = Faults(rule=lambda _request: Refusal(503, "ServiceUnavailable"))
    confirming.invoke(ten_ids(task_ids=ids))
    assert [message["urls"] for message in confirming.backlog] == [[url("a.jpg")]]


def test_a_confirmation_from_the_future_was_submitted_now(confirming: World) -> None:
    confirming.cdn.faults = Faults(rule=lambda _request: Refusal(503, "ServiceUnavailable"))
    future = ten_ids(submitted_at="2999-01-01T00:00:00Z")
    confirming.invoke([future, {**future, "task_ids": [str(number) for number in range(10, 20)]}])
    assert {message["submitted_at"] for message in confirming.backlog} == {"2026-11-22T04:00:00Z"}


@pytest.mark.parametrize("order", [1, -1])
def test_the_confirmation_that_was_submitted_again_less_often_decides(confirming: World, order: int) -> None:
    """A URL changed again while its last resubmission was under way, and both tasks failed."""
    confirming.cdn.tasks.script = lambda *_: Script("Failed")
    confirming.invoke(event(record("a.jpg")))
    (message,) = confirming.backlog
    confirming.clock.advance(360)
    drained(confirming)
    both = [message, {**message, "resubmissions": 2}]
    assert confirming.invoke(both[::order])["deferred"] == 1
    assert ([each["resubmissions"] for each in confirming.backlog], confirming.dead_letters) == ([1], [])


@pytest.mark.parametrize(("failing", "seen"), [("%28", "a%281%29.jpg"), ("(", "a(1).jpg")])
@pytest.mark.parametrize("newest_first", [True, False])
def test_of_two_spellings_only_the_one_whose_task_failed_is_submitted_again(
    confirming: World, failing: str, seen: str, *, newest_first: bool
) -> None:
    confirming.cdn.tasks.newest_first = newest_first
    confirming.cdn.tasks.script = lambda _type, where, _times: Script("Failed") if failing in where else None
    confirming.invoke(event(record("a(1).jpg")))
    assert come_back(confirming)["confirmations"] == {"complete": 1, "failed": 1, "waiting": 0, "given_up": 0}
    assert confirming.backlog[0]["urls"] == [url(seen)]


def test_every_url_that_is_given_up_stands_in_a_line(confirming: World) -> None:
    confirming.cdn.tasks.script = lambda *_: Script("Complete", seconds=9e9)
    confirming.configure(SITE, confirm={"give_up": 600}, limits={"urls_per_minute_per_domain": 10_000})
    confirming.invoke(event(*(record(f"{number:0100}.jpg") for number in range(2_000))))
    come_back(confirming)
    assert come_back(confirming)["confirmations"]["given_up"] == 2_000
    lines = [line for line in confirming.lines if line["event"] == "unconfirmed"]
    assert {where for line in lines for where in line["urls"]} == {url(f"{number:0100}.jpg") for number in range(2_000)}
    assert sum(line["items"] for line in lines) == 2_000
    assert not any("shortened" in line for line in lines)


# Found by an attacker


@pytest.mark.parametrize(
    "preload",
    [
        "https://www.example.com/app.js\nhttps://d1.example.com/x",
        "https://evil.example/app.js",
        "gopher://www.example.com/app.js",
    ],
)
def test_an_untrusted_url_in_a_preload_is_never_sent(warming: World, preload: str) -> None:
    warming.invoke(event(record("app.js")))
    warming.clock.advance(360)
    (message,) = (json.loads(each["messageBody"]) for each in drained(warming))
    warming.invoke({**message, "preload": [preload, url("app.js")]})
    assert pushed(warming) == [url("app.js")]


def test_a_failed_change_of_headers_is_still_forced_when_it_comes_back(confirming: World) -> None:
    confirming.cdn.tasks.script = lambda *_: Script("Failed")
    confirming.invoke(event(record("a.jpg", "ObjectModified:UpdateObjectMeta")))
    assert confirming.backlog[0]["force"] is True
    come_back(confirming)
    assert confirming.backlog[0]["force"] is True


def test_a_complete_task_of_a_later_change_confirms_the_url(confirming: World) -> None:
    confirming.cdn.tasks.script = lambda _type, _url, times: Script("Failed") if times == 1 else None
    confirming.invoke(event(record("a.jpg")))
    confirming.clock.advance(5)
    confirming.invoke(event(record("a.jpg")))
    summary = come_back(confirming)
    assert (summary["confirmations"]["complete"], summary["urls"]) == (2, 0)


def test_a_complete_task_of_an_earlier_change_confirms_nothing(confirming: World) -> None:
    confirming.cdn.tasks.script = lambda _type, _url, times: None if times == 1 else Script(hidden_looks=9)
    confirming.invoke(event(record("a.jpg")))
    confirming.clock.advance(5)
    confirming.invoke(event(record("a.jpg")))
    assert come_back(confirming)["confirmations"] == {"complete": 1, "failed": 0, "waiting": 1, "given_up": 0}


def test_the_message_of_a_dead_letter_is_the_description(confirming: World) -> None:
    confirming.cdn.tasks.script = lambda *_: Script("Failed", description="Origin Timeout")
    confirming.configure(SITE, confirm={"resubmit": 0})
    confirming.invoke(event(record("a.jpg")))
    come_back(confirming)
    assert confirming.dead_letters[0]["message"] == "Origin Timeout"


def test_a_failed_item_that_comes_back_beside_its_record_keeps_the_fewest_resubmissions(confirming: World) -> None:
    confirming.cdn.tasks.script = lambda _type, _url, times: Script("Failed") if times == 1 else None
    confirming.invoke(event(record("a.jpg")))
    confirming.clock.advance(360)
    confirming.invoke([*drained(confirming), backlog_record(url("a.jpg"), resubmissions=2)])
    assert [message["resubmissions"] for message in confirming.backlog] == [1]


def test_a_url_is_preloaded_only_once_its_own_spelling_is_complete(warming: World) -> None:
    warming.cdn.tasks.script = lambda _type, where, times: (
        Script("Failed") if times == 1 and "%28" not in where else None
    )
    warming.invoke(event(record("a(1).js")))
    come_back(warming)
    assert pushed(warming) == []
    come_back(warming, 0)
    come_back(warming)
    assert pushed(warming) == [url("a(1).js")]


@pytest.mark.parametrize("code", ["InvalidParameter", "TaskId.NotFound", "MissingTaskId"])
def test_a_refusal_that_may_be_about_one_id_is_not_one_of_all(confirming: World, code: str) -> None:
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        confirming.invoke(event(record(name)))
        confirming.clock.advance(1)
    confirming.cdn.faults = Faults(Refusal(400, code))
    assert come_back(confirming)["confirmations"]["complete"] == 3


def test_unknown_fields_are_kept_from_the_backlog_to_the_dead_letter(confirming: World) -> None:
    confirming.cdn.tasks.script = lambda *_: Script("Failed")
    confirming.configure(SITE, confirm={"resubmit": 0})
    confirming.invoke(backlog_record(url("a.jpg"), owner="team 7"))
    come_back(confirming)
    assert confirming.dead_letters[0]["owner"] == "team 7"


def test_the_preload_of_many_directories_takes_linear_time() -> None:
    names = [f"https://www.example.com/{number}/" for number in range(20_000)]
    asked = Confirmation("cdn", "Directory", tuple(names), (), 0.0, 0.0, preload=tuple(f"{name}a.js" for name in names))
    assert len(asked.covered_preload(names[:10_000])) == 10_000
