"""Confirmations are nothing found in the backlog; in the dead letters they are shown and put back as what they are."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from click.testing import Result
from command import run
from given_up import dead_letter, give_up, url
from world import World, backlog_record, event, record

SITE = {"bucket": "my-site", "domains": ["www.example.com"]}
CONFIRMED = {"confirm": {"mode": "all"}}


def confirmation(*urls: Any, **fields: Any) -> dict[str, Any]:
    """A message about accepted URLs."""
    return {
        "kind": "oss-cdn-refresh/confirmation",
        "version": 1,
        "product": "cdn",
        "object_type": "File",
        "urls": list(urls),
        "force": False,
        "task_ids": ["704222904"],
        "submitted_at": "2026-11-22T03:54:00Z",
        "changed_at": "2026-11-22T03:53:58Z",
        "newest_changed_at": "2026-11-22T03:53:59Z",
        "first_seen": "2026-11-22T03:54:00Z",
        "resubmissions": 0,
        "looks": 0,
        "preload": [],
        **fields,
    }


def call(world: World, *words: str) -> Result:
    """A command in this process."""
    return run(*words, environ=world.environ, clock=world.clock)


def document(world: World, *words: str) -> Any:
    """The JSON document that a command prints."""
    return json.loads(call(world, *words, "--json").stdout)


def wait(world: World, body: Mapping[str, Any], delay: int = 0) -> None:
    """Put a message into the backlog."""
    world.smq.queue("backlog").send(json.dumps(body), delay)


@pytest.fixture
def confirmed(world: World) -> World:
    """A function that confirms what the CDN has accepted."""
    world.configure(SITE, **CONFIRMED)
    return world


def test_confirmations_alone_are_nothing_found(world: World) -> None:
    wait(world, confirmation(url(1), url(2)))
    result = call(world, "backlog")
    assert (result.exit_code, "2 accepted URLs to be confirmed" in result.stdout) == (0, True)


def test_confirmations_are_counted_apart_from_what_is_deferred(world: World) -> None:
    wait(world, confirmation(url(1), url(2)))
    wait(world, backlog_record(url(3)))
    found = document(world, "backlog")
    assert (found["active"], found["confirmations"], [entry["what"] for entry in found["head"]]) == (2, 2, [url(3)])
    assert call(world, "backlog").exit_code == 1


def test_a_confirmation_that_cannot_be_read_is_found(world: World) -> None:
    wait(world, confirmation(url(1), urls="none"))
    assert (call(world, "backlog").exit_code, document(world, "backlog")["confirmations"]) == (1, 0)


def test_delayed_messages_after_an_accepted_refresh_are_taken_for_confirmations(confirmed: World) -> None:
    assert confirmed.invoke(event(record("a.jpg")))["refreshed"] == 1
    result = call(confirmed, "backlog")
    assert (result.exit_code, "1 message delayed or in work" in result.stdout) == (0, True)
    assert document(confirmed, "backlog") == {"active": 0, "inactive": 0, "delayed": 1, "head": [], "confirmations": 0}


def test_more_delayed_messages_than_accepted_urls_are_found(confirmed: World) -> None:
    confirmed.invoke(event(record("a.jpg")))
    wait(confirmed, backlog_record(url(1)), delay=60)
    assert call(confirmed, "backlog").exit_code == 1


def test_delayed_messages_without_an_accepted_refresh_are_found(confirmed: World) -> None:
    wait(confirmed, backlog_record(url(1)), delay=60)
    assert call(confirmed, "backlog").exit_code == 1


def test_delayed_messages_long_after_the_last_accepted_refresh_are_found(confirmed: World) -> None:
    confirmed.invoke(event(record("a.jpg")))
    confirmed.clock.advance(4_000)
    confirmed.smq.queue("backlog").receive(16)
    assert call(confirmed, "backlog").exit_code == 1


def test_delayed_messages_are_found_where_the_cdn_does_not_show_its_tasks(confirmed: World) -> None:
    confirmed.invoke(event(record("a.jpg")))
    confirmed.cdn.denied.add("DescribeRefreshTasks")
    result = call(confirmed, "backlog")
    assert (result.exit_code, "grant cdn:DescribeRefreshTasks" in result.stderr) == (1, True)


def test_without_confirmation_delayed_messages_are_found(world: World) -> None:
    world.invoke(event(record("a.jpg")))
    wait(world, backlog_record(url(1)), delay=60)
    assert call(world, "backlog").exit_code == 1


def test_delayed_messages_are_judged_without_a_configuration_as_by_default(confirmed: World) -> None:
    confirmed.invoke(event(record("a.jpg")))
    confirmed.environ["REFRESH_CONFIG"] = "nowhere.yml"
    assert call(confirmed, "backlog").exit_code == 0


@pytest.mark.parametrize(
    "envelope",
    [
        lambda body: body,
        lambda body: [{"id": "1", "data": {"messageId": "1", "messageBody": json.dumps(body)}}],
        lambda body: {"messageId": "1", "messageBody": json.dumps(body)},
    ],
    ids=["as it came", "in a CloudEvent", "as a message of the queue"],
)
def test_a_confirmation_in_the_dead_letters_is_shown_as_one(world: World, envelope: Any) -> None:
    give_up(world, envelope(confirmation(url(1), url(2))))
    (shown,) = document(world, "dead-letters", "list")["dead_letters"]
    assert (shown["source"], shown["reason"], shown["what"], shown["items"]) == (
        "event stream",
        "Confirmation",
        url(1),
        2,
    )


def test_a_redriven_confirmation_stays_one(world: World) -> None:
    before = confirmation(url(1), resubmissions=2, looks=3, preload=[url(1)], by="hand")
    give_up(world, before)
    assert call(world, "dead-letters", "redrive").exit_code == 0
    assert world.backlog == [before | {"resubmissions": 0}]


def test_a_redriven_confirmation_is_found_by_its_reason(world: World) -> None:
    give_up(world, confirmation(url(1)), dead_letter(url(2)))
    assert call(world, "dead-letters", "redrive", "--reason", "Confirmation").exit_code == 0
    assert [body["kind"] for body in world.backlog] == ["oss-cdn-refresh/confirmation"]


def test_a_confirmation_beside_a_dead_letter_in_one_envelope_stays_one(world: World) -> None:
    give_up(world, {"messageId": "1", "messageBody": json.dumps([confirmation(url(1)), dead_letter(url(2))])})
    call(world, "dead-letters", "redrive")
    kinds = {body["kind"]: body["urls"] for body in world.backlog}
    assert kinds == {"oss-cdn-refresh/confirmation": [url(1)], "oss-cdn-refresh/backlog": [url(2)]}


def test_a_confirmation_that_cannot_be_read_is_put_back_unchanged(world: World) -> None:
    before = confirmation(url(1), urls="none", resubmissions=2)
    give_up(world, before)
    call(world, "dead-letters", "redrive")
    assert world.backlog == [before]


def test_a_redriven_item_may_fail_as_often_as_a_new_one(world: World) -> None:
    give_up(world, dead_letter(url(1), reason="RefreshFailed", resubmissions=2))
    call(world, "dead-letters", "redrive")
    assert [(body["reason"], body["resubmissions"]) for body in world.backlog] == [("RefreshFailed", 0)]
