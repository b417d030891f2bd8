"""`backlog` shows waiting messages with their reasons and times."""

import json
from typing import Any

from click.testing import Result
from command import run
from given_up import url
from world import World, backlog_record, event, record

from oss_cdn_refresh_box.smq import QueueAttributes

WEEK = QueueAttributes(message_retention_period=604_800)  # as the stack makes the queues


def call(world: World, *words: str) -> Result:
    """`backlog` in this process."""
    return run("backlog", *words, environ=world.environ, clock=world.clock)


def document(world: World) -> Any:
    """The JSON document that the command prints."""
    return json.loads(call(world, "--json").stdout)


def wait(world: World, body: Any, delay: int = 0) -> str:
    """Put a message into the backlog; its id."""
    return world.smq.queue("backlog").send(body if isinstance(body, str) else json.dumps(body), delay).id


def test_an_empty_backlog_exits_with_0(world: World) -> None:
    result = call(world)
    assert (result.exit_code, result.stdout.split()) == (0, ["active", "inactive", "delayed", "0", "0", "0"])


def test_a_delayed_message_exits_with_1(world: World) -> None:
    wait(world, backlog_record(url(1)), delay=60)
    assert (call(world).exit_code, document(world)["delayed"], document(world)["head"]) == (1, 1, [])


def test_every_state_is_counted(world: World) -> None:
    for delay in (0, 0, 0, 60):
        wait(world, backlog_record(url(1)), delay)
    world.smq.queue("backlog").receive(2)
    found = document(world)
    assert (found["active"], found["inactive"], found["delayed"]) == (1, 2, 1)


def test_the_urls_of_a_confirmation_are_counted(world: World) -> None:
    fields = {"kind": "oss-cdn-refresh/confirmation", "version": 1, "object_type": "File", "urls": [url(1), url(2)]}
    wait(world, {**fields, "task_ids": ["7"], "submitted_at": "2026-11-22T03:00:00Z"})
    found = document(world)
    assert (found["head"], found["confirmations"]) == ([], 2)


def test_a_message_is_shown_with_reason_start_and_end_of_its_wait(world: World) -> None:
    world.smq.queue("backlog").attributes = WEEK
    identity = wait(world, backlog_record(url(1), url(2)))
    assert document(world)["head"] == [
        {
            "id": identity,
            "source": "backlog",
            "reason": "Throttling",
            "what": url(1),
            "items": 2,
            "attempts": 1,
            "since": "2026-11-22T03:00:00Z",
            "until": "2026-11-29T03:00:00Z",
        }
    ]


def test_the_end_of_a_wait_is_bounded_by_the_retention_of_the_queue(world: World) -> None:
    """Four days are what a queue keeps by default; the message came an hour after it was first seen."""
    wait(world, backlog_record(url(1)))
    (shown,) = document(world)["head"]
    assert shown["until"] == "2026-11-26T04:00:00Z"


def test_a_notification_of_oss_is_recognised(world: World) -> None:
    wait(world, event(record("a.jpg"), record("b.jpg")).decode())
    (shown,) = document(world)["head"]
    assert (shown["source"], shown["reason"], shown["what"], shown["items"]) == ("OSS", None, "oss://my-site/a.jpg", 2)


def test_an_unknown_message_is_shown_as_unknown(world: World) -> None:
    wait(world, "good morning")
    (shown,) = document(world)["head"]
    assert (shown["source"], shown["what"]) == ("unknown", "good morning")


def test_the_text_says_that_only_the_head_is_shown(world: World) -> None:
    for number in range(20):
        wait(world, backlog_record(url(number)))
    shown = call(world).stdout
    assert "The head of the queue, 16 messages" in shown
    assert len([line for line in shown.splitlines() if url(0)[:20] in line]) == 16


def test_reading_the_backlog_hides_no_message(world: World) -> None:
    wait(world, backlog_record(url(1)))
    call(world)
    assert world.smq.queue("backlog").counts().active == 1
