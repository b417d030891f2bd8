"""`DELIVERY=batched`: changes go into the backlog, and the queue trigger brings many of them back together."""

import base64
import json
from typing import Any

import pytest
from world import SITE, World, always, backlog_record, event, objects, payload, record, url

from oss_cdn_refresh.model.errors import ConfigurationError, Unaccounted
from oss_cdn_refresh_box.cdn import Quota
from oss_cdn_refresh_box.wire.faults import Faults, Refusal


@pytest.fixture
def batched(world: World) -> World:
    """The world with batched delivery."""
    world.environ["DELIVERY"] = "batched"
    return world


def queued(*bodies: Any) -> list[Any]:
    """An event of a queue trigger with these messages."""
    return [{"messageId": "1", "messageBody": body if isinstance(body, str) else json.dumps(body)} for body in bodies]


def drained(world: World) -> dict[str, Any]:
    """The summary after the queue trigger has brought all messages of the backlog."""
    queue = world.smq.queue("backlog")
    received = queue.receive(1_000)
    for message in received:
        queue.delete(message.receipt)
    return world.invoke(queued(*(message.body for message in received)))


def test_changes_go_into_the_backlog_without_a_call(batched: World) -> None:
    summary = batched.invoke(objects(20))
    assert (summary["urls"], summary["deferred"], summary["requests"]) == (20, 20, 0)
    assert batched.cdn.calls == []


def test_all_items_of_an_event_go_into_one_message_of_the_backlog(batched: World) -> None:
    batched.invoke(objects(20))
    assert len(batched.smq.calls) == 1
    (message,) = batched.backlog
    assert message == {
        "kind": "oss-cdn-refresh/backlog",
        "version": 1,
        "object_type": "File",
        "urls": [url(f"{number}.jpg") for number in range(20)],
        "force": False,
        "attempts": 0,
        "reason": "Batched",
        "first_seen": "2026-11-22T04:00:00Z",
        "changed_at": "2026-11-22T03:59:58Z",
        "history": [],
        "resubmissions": 0,
    }
    assert batched.delays == [0]


@pytest.mark.parametrize("name", ["native_put", "eventbridge_raw_data_array", "topic_json", "destination_timeout"])
def test_every_event_from_outside_the_queue_goes_into_the_backlog(batched: World, name: str) -> None:
    summary = batched.invoke(payload(name))
    assert summary["deferred"] == summary["urls"] > 0
    assert {message["reason"] for message in batched.backlog} == {"Batched"}


@pytest.mark.parametrize(
    "name", ["queue_raw_data", "queue_single_base64", "queue_cloud_events", "backlog_in_the_queue"]
)
def test_every_item_from_the_queue_is_refreshed(batched: World, name: str) -> None:
    summary = batched.invoke(payload(name))
    assert summary["refreshed"] == summary["urls"] > 0
    assert batched.backlog == []


def test_batched_changes_come_back_in_one_call(batched: World) -> None:
    for number in range(50):
        batched.invoke(event(record(f"{number}.jpg")))
    assert drained(batched)["requests"] == 1
    assert batched.cdn.accepted == {("File", url(f"{number}.jpg")) for number in range(50)}


def test_batching_does_not_count_as_an_attempt(batched: World) -> None:
    batched.invoke([backlog_record(url(), attempts=9)])
    assert batched.backlog[0]["attempts"] == 9
    assert drained(batched)["refreshed"] == 1


def test_a_batched_change_that_fails_later_has_one_attempt(batched: World) -> None:
    batched.invoke(event(record()))
    batched.cdn.faults = always(Refusal(503, "ServiceUnavailable"))
    batched.jitter = lambda _low, high: high
    drained(batched)
    (message,) = batched.backlog
    assert (message["attempts"], [entry["reason"] for entry in message["history"]]) == (1, ["ServiceUnavailable"])


def test_in_a_mixed_event_only_items_from_the_queue_are_refreshed(batched: World) -> None:
    summary = batched.invoke([*queued(json.loads(event(record("queued.jpg")))), record("native.jpg")])
    assert batched.cdn.accepted == {("File", url("queued.jpg"))}
    assert [message["urls"] for message in batched.backlog] == [[url("native.jpg")]]
    assert (summary["refreshed"], summary["deferred"], summary["urls"]) == (1, 1, 2)


@pytest.mark.parametrize("order", [1, -1])
def test_an_item_that_also_came_from_the_queue_is_refreshed(batched: World, order: int) -> None:
    entries = [record("a.jpg"), *queued(backlog_record(url("a.jpg")))]
    assert batched.invoke(entries[::order])["refreshed"] == 1
    assert batched.backlog == []


def test_unreadable_records_and_invalid_items_become_dead_letters_at_once(batched: World) -> None:
    summary = batched.invoke([backlog_record("https://elsewhere.example.com/"), {"strange": 1}])
    assert (summary["dead_lettered"], summary["unreadable"], summary["deferred"]) == (1, 1, 0)
    assert len(batched.dead_letters) == 2


def test_a_refusal_of_the_backlog_makes_the_handler_raise(batched: World) -> None:
    batched.smq.faults = Faults(rule=lambda _request: Refusal(403, "AccessDenied"))
    with pytest.raises(Unaccounted):
        batched.invoke(event(record()))
    assert batched.cdn.calls == []


def test_batching_does_not_log_a_warning(batched: World) -> None:
    batched.invoke(event(record()))
    line = batched.line("deferred")
    assert (line["level"], line["reason"], line["items"]) == ("INFO", "Batched", 1)


def test_without_a_backlog_the_handler_raises_before_any_call(batched: World) -> None:
    del batched.environ["BACKLOG_QUEUE"]
    with pytest.raises(ConfigurationError):
        batched.invoke(event(record()))
    assert (batched.cdn.calls, batched.smq.calls) == ([], [])


def test_the_drain_uses_its_own_configuration(batched: World) -> None:
    """The configuration may change while changes are in the backlog."""
    batched.invoke(event(record()))
    batched.configure({**SITE, "domains": ["d1.example.com"]})
    assert drained(batched)["dead_lettered"] == 1


# The order when not everything can be sent

TIGHT = {"urls_per_minute_per_domain": 1}


@pytest.mark.parametrize(
    ("ahead", "behind"),
    [
        (json.loads(event(record("ahead.jpg"))), backlog_record(url("behind.jpg"))),
        (
            backlog_record(url("ahead.jpg"), attempts=0, history=[], reason="Batched"),
            backlog_record(url("behind.jpg")),
        ),
        (
            backlog_record(url("ahead.jpg"), first_seen="2026-11-21T16:00:00Z"),
            backlog_record(url("behind.jpg"), first_seen="2026-11-21T15:59:59Z"),
        ),
        (
            backlog_record(url("ahead.jpg"), first_seen="2026-11-22T01:00:00Z"),
            backlog_record(url("behind.jpg"), first_seen="2026-11-22T02:00:00Z"),
        ),
    ],
    ids=[
        "a change before a deferred item",
        "a batched item before a deferred item",
        "today before yesterday, in UTC+8",
        "within a day the longest waiting first",
    ],
)
@pytest.mark.parametrize("order", [1, -1])
def test_fresh_changes_go_first_when_not_everything_can_be_sent(
    world: World, ahead: Any, behind: Any, order: int
) -> None:
    world.configure(SITE, limits=TIGHT)
    world.invoke(queued(*[ahead, behind][::order]))
    assert world.cdn.accepted == {("File", url("ahead.jpg"))}
    assert [message["urls"] for message in world.backlog] == [[url("behind.jpg")]]


@pytest.mark.parametrize(
    ("ahead", "behind"),
    [
        ({"attempts": 0, "history": []}, {}),
        ({}, {"first_seen": "2026-11-21T15:59:59Z"}),
    ],
    ids=["fresh before deferred", "today before yesterday"],
)
def test_older_deferred_items_take_no_quota_from_a_fresh_change_of_another_domain(
    world: World, ahead: dict[str, Any], behind: dict[str, Any]
) -> None:
    world.configure({**SITE, "domains": ["www.example.com", "d1.example.com"]})
    world.cdn.quota = Quota(urls=2)
    first, other = url("first.jpg"), url("first.jpg", "d1.example.com")
    late = [url(f"{number}.jpg") for number in range(5)]
    world.invoke(queued(backlog_record(first, other, **ahead), backlog_record(*late, **behind)))
    assert world.cdn.accepted == {("File", first), ("File", other)}


def test_a_deferred_directory_takes_no_quota_from_a_fresh_directory_with_force(world: World) -> None:
    world.cdn.quota = Quota(directories=2)
    ahead = {"object_type": "Directory", "attempts": 0, "history": []}
    first, forced = backlog_record(url("a/"), **ahead), backlog_record(url("b/"), **ahead, force=True)
    late = backlog_record(url("c/"), url("d/"), object_type="Directory")
    world.invoke(queued(first, late, forced))
    assert world.cdn.accepted == {("Directory", url("a/")), ("Directory", url("b/"))}


def test_a_body_in_base64_is_worked_on_too(batched: World) -> None:
    body = base64.b64encode(event(record("a.jpg"))).decode()
    assert batched.invoke(queued(body))["refreshed"] == 1


def test_a_change_of_today_gets_capacity_before_yesterdays_backlog(world: World) -> None:
    """Each part of the backlog comes back just before the change does."""
    world.configure(SITE, limits={"urls_per_minute_per_domain": 10})
    yesterday = [url(f"old/{number}.jpg") for number in range(30)]
    world.invoke(queued(backlog_record(*yesterday, first_seen="2026-11-21T03:00:00Z")))
    world.clock.advance(30)
    assert world.invoke(objects(4))["deferred"] == 4
    world.clock.advance(30)
    assert drained(world)["refreshed"] == 6
    world.clock.advance(30)
    assert drained(world)["refreshed"] == 4
    assert {("File", url(f"{number}.jpg")) for number in range(4)} < world.cdn.accepted


def test_deferred_items_that_come_back_slightly_too_early_wait_for_their_minute(world: World) -> None:
    """If they were deferred again, each time would cost a minute."""
    world.configure(SITE, limits={"urls_per_minute_per_domain": 10})
    world.invoke(objects(20))
    world.clock.advance(59.5)
    began = world.clock.now()
    assert world.invoke(queued(world.backlog[0]))["refreshed"] == 10
    assert world.clock.now() - began == pytest.approx(0.5)
