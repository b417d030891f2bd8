"""`dead-letters redrive` moves messages from the dead-letter queue into the backlog, and loses none."""

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

import pytest
from click.testing import Result
from command import run
from given_up import bodies, dead_letter, give_up, unreadable, url
from world import World, backlog_record, event, payload, record

from oss_cdn_refresh_box.smq import QueueAttributes
from oss_cdn_refresh_box.smq.service import Smq
from oss_cdn_refresh_box.wire.faults import Fault, Faults, Lost, Refusal, sometimes
from oss_cdn_refresh_box.wire.serving import Request, Reset, Response

NOW = "2026-11-22T04:00:00Z"  # the world's


def redrive(world: World, *words: str) -> Result:
    """`dead-letters redrive` in this process."""
    return run("dead-letters", "redrive", *words, environ=world.environ, clock=world.clock)


def document(world: World, *words: str) -> Any:
    """The JSON document that the command prints."""
    return json.loads(redrive(world, *words, "--json").stdout)


def sends(request: Request) -> bool:
    """Whether a request to SMQ sends messages."""
    return request.method == "POST"


def deletes(request: Request) -> bool:
    """Whether a request to SMQ deletes messages."""
    return request.method == "DELETE"


def test_a_dead_letter_becomes_a_fresh_record_of_the_backlog(world: World) -> None:
    """The record gets ten attempts and seven days again; it keeps unknown fields and drops those of a dead letter."""
    give_up(world, dead_letter(url(1), url(2), by="hand"))
    assert redrive(world).exit_code == 0
    assert world.backlog == [
        {
            "kind": "oss-cdn-refresh/backlog",
            "version": 1,
            "object_type": "File",
            "urls": [url(1), url(2)],
            "force": False,
            "attempts": 0,
            "reason": "Throttling.User",
            "first_seen": NOW,
            "changed_at": "2026-11-14T02:59:58Z",
            "resubmissions": 0,
            "history": [{"at": "2026-11-22T03:00:00Z", "reason": "Throttling.User"}],
            "by": "hand",
        }
    ]
    assert world.dead_letters == []


def test_a_directory_is_forced_as_before(world: World) -> None:
    give_up(world, dead_letter("https://www.example.com/a/", object_type="Directory", force=True))
    redrive(world)
    assert (world.backlog[0]["object_type"], world.backlog[0]["force"]) == ("Directory", True)


def test_the_function_refreshes_a_redriven_item(world: World) -> None:
    """A week after it was first seen: the old record would have been given up at once."""
    give_up(world, dead_letter(url(1)))
    redrive(world)
    summary = world.invoke([{"messageBody": message} for message in bodies(world.smq.queue("backlog"))])
    assert (summary["refreshed"], summary["dead_lettered"]) == (1, 0)


def test_a_message_that_the_stream_gave_up_becomes_a_fresh_record(world: World) -> None:
    give_up(world, backlog_record(url(1), attempts=9, first_seen="2026-11-14T03:00:00Z"))
    redrive(world)
    assert (world.backlog[0]["attempts"], world.backlog[0]["first_seen"]) == (0, NOW)


def test_a_refresh_whose_task_failed_too_often_may_fail_as_often_again(world: World) -> None:
    give_up(world, dead_letter(url(1), reason="RefreshFailed", resubmissions=2))
    redrive(world)
    assert world.backlog[0]["resubmissions"] == 0


@pytest.mark.parametrize(
    "body",
    [
        json.dumps(unreadable("what is this?")),
        json.dumps(unreadable("part of", part=1, parts=2)),
        payload("destination_exception").decode(),
        payload("queue_cloud_events").decode(),
        base64.b64encode(event(record("a.jpg"))).decode(),
        "good morning, \u4f60\u597d",
        json.dumps(dead_letter(url(1), 7)),
        json.dumps(dead_letter(url(1), version=2)),
        json.dumps(dead_letter()),
    ],
)
def test_other_messages_are_put_back_unchanged(world: World, body: str) -> None:
    give_up(world, body)
    redrive(world)
    assert bodies(world.smq.queue("backlog")) == [body]


def cloud_event(body: Any, **data: Any) -> dict[str, Any]:
    """The envelope of the event stream, with the body of a message in it."""
    text = body if isinstance(body, str) else json.dumps(body)
    return {"specversion": "1.0", "source": "smq", "data": {"messageId": "1", "messageBody": text, **data}}


OLD = {"attempts": 9, "first_seen": "2026-11-14T03:00:00Z"}


@pytest.mark.parametrize(
    "wrapped",
    [
        [backlog_record(url(1), **OLD)],
        cloud_event(backlog_record(url(1), **OLD)),
        [cloud_event(base64.b64encode(json.dumps(backlog_record(url(1), **OLD)).encode()).decode())],
        [[cloud_event([dead_letter(url(1))])]],
        {"messageBody": json.dumps(dead_letter(url(1)))},
        {"requestContext": {}, "requestPayload": json.dumps([cloud_event(backlog_record(url(1), **OLD))])},
    ],
    ids=["array", "event", "Base64 in an event in an array", "array in an event", "message", "failed invocation"],
)
def test_a_record_of_the_function_becomes_fresh_in_every_envelope(world: World, wrapped: Any) -> None:
    """Otherwise the function would give it up at once, after ten attempts or seven days."""
    give_up(world, json.dumps(wrapped))
    redrive(world)
    (message,) = world.backlog
    assert (message["urls"], message["attempts"], message["first_seen"]) == ([url(1)], 0, NOW)


def test_values_beside_records_of_the_function_are_put_back_unchanged(world: World) -> None:
    first, text = cloud_event(json.loads(event(record("\u4f60.jpg")))), json.dumps(dead_letter())
    give_up(world, json.dumps([first, cloud_event(backlog_record(url(1), **OLD)), {"odd": 1}, text, 7]))
    redrive(world)
    one, ours, *others = bodies(world.smq.queue("backlog"))
    assert (json.loads(one), others) == (first, ['{"odd":1}', text, "7"])
    assert (json.loads(ours)["urls"], json.loads(ours)["attempts"]) == ([url(1)], 0)


def test_values_beside_records_of_the_function_do_not_become_longer(world: World) -> None:
    """In the function's spelling of JSON it would be longer than a message may be."""
    key = "\u4f60" * 300
    wrapped = [backlog_record(url(1), **OLD), json.loads(event(*(record(key) for _ in range(45))))]
    body = json.dumps(wrapped, ensure_ascii=False, separators=(",", ":"))
    give_up(world, body)
    assert (len(body.encode()) < 65_536 < len(json.dumps(wrapped[1])), redrive(world).exit_code) == (True, 0)
    assert len(world.backlog) == 2


def test_characters_that_xml_would_change_are_sent_as_base64(world: World) -> None:
    give_up(world, '{"events":\r\n[]}')
    redrive(world)
    (body,) = bodies(world.smq.queue("backlog"))
    assert base64.b64decode(body) == b'{"events":\r\n[]}'


def test_a_record_that_a_person_made_too_long_is_split(world: World) -> None:
    """The function's spelling of this record would be longer than a message may be."""
    urls = [f"https://www.example.com/{'é' * 1_000}/{number}" for number in range(25)]
    give_up(world, json.dumps(dead_letter(*urls), ensure_ascii=False))
    redrive(world)
    assert max(map(len, bodies(world.smq.queue("backlog")))) <= 65_536
    assert [each for message in world.backlog for each in message["urls"]] == urls


def test_a_message_of_the_greatest_length_is_sent_alone(world: World) -> None:
    give_up(world, "x" * 65_536, "y" * 65_536, "z")
    redrive(world)
    assert sorted(len(body) for body in bodies(world.smq.queue("backlog"))) == [1, 65_536, 65_536]


def test_a_redriven_message_has_no_delay(world: World) -> None:
    """Without its own delay a message would get the delay of the queue."""
    attributes = QueueAttributes(delay_seconds=900)
    world.smq.queue("backlog").attributes = attributes
    give_up(world, dead_letter(url(1)))
    redrive(world)
    assert world.smq.queue("backlog").counts().active == 1


def test_only_messages_with_the_given_reason_are_put_back(world: World) -> None:
    give_up(world, dead_letter(url(1)), dead_letter(url(2), reason="InvalidItem"))
    assert document(world, "--reason", "InvalidItem")["redriven"] == 1
    assert [message["urls"] for message in world.backlog] == [[url(2)]]
    assert world.smq.queue("dead-letters").counts().active == 1


def test_only_messages_with_the_given_ids_are_put_back(world: World) -> None:
    one, _, three = give_up(world, *(dead_letter(url(number)) for number in range(3)))
    redrive(world, "--id", one, "--id", three)
    assert [message["urls"] for message in world.backlog] == [[url(0)], [url(2)]]


def test_an_unknown_id_is_an_error_after_the_others_are_put_back(world: World) -> None:
    (identity,) = give_up(world, dead_letter(url(1)))
    result = redrive(world, "--id", "NOBODY", "--id", identity)
    assert (result.exit_code, "NOBODY" in result.stderr, len(world.backlog)) == (2, True, 1)


def test_a_dry_run_changes_nothing(world: World) -> None:
    give_up(world, *(dead_letter(url(number)) for number in range(20)))
    result = redrive(world, "--dry-run")
    assert (result.exit_code, "20 would be put back" in result.stdout) == (0, True)
    assert (world.backlog, world.smq.queue("dead-letters").counts().active) == ([], 20)


def test_nothing_to_put_back_is_no_error(world: World) -> None:
    result = redrive(world)
    assert (result.exit_code, result.stdout) == (0, "There is nothing to put back.\n")


def test_a_batch_of_small_messages_costs_one_call(world: World) -> None:
    give_up(world, *(dead_letter(url(number)) for number in range(160)))
    redrive(world)
    actions = [call.action for call in world.smq.calls]
    assert (actions.count("BatchSendMessage"), actions.count("BatchDeleteMessage")) == (10, 10)


def test_a_send_with_a_lost_answer_is_repeated(world: World) -> None:
    """A duplicate in the backlog costs one more call; without a repetition the message might be missing."""
    give_up(world, dead_letter(url(1)))
    world.smq.faults = Faults(Lost(), where=sends)
    assert redrive(world).exit_code == 0
    assert [message["urls"] for message in world.backlog] == [[url(1)], [url(1)]]
    assert world.dead_letters == []


def test_a_deletion_with_a_lost_answer_puts_no_message_back_twice(world: World) -> None:
    give_up(world, *(dead_letter(url(number)) for number in range(20)))
    world.smq.faults = Faults(Lost(), Lost(Response(502, b"<html>")), where=deletes)
    assert redrive(world).exit_code == 0
    assert (len(world.backlog), world.dead_letters) == (20, [])


def test_only_messages_that_the_backlog_accepted_are_deleted(world: World) -> None:
    """SMQ accepts a part of a batch; the other messages stay dead letters, and the command reports them."""
    give_up(world, *(dead_letter(url(number)) for number in range(5)))
    with spoiled(world, lambda body: "MessageTooLong" if url(3) in body else None):
        result = redrive(world)
        assert [message["urls"] for message in world.dead_letters] == [[url(3)]]
        assert world.smq.queue("dead-letters").counts().active == 1
    assert (result.exit_code, "4 were put back" in result.stderr, "MessageTooLong" in result.stderr) == (2, True, True)


def test_the_failed_part_of_a_batch_is_sent_again(world: World) -> None:
    give_up(world, *(dead_letter(url(number)) for number in range(5)))
    failures = ["InternalServerError"] * 3
    with spoiled(world, lambda body: failures.pop() if url(3) in body and failures else None):
        assert redrive(world).exit_code == 0
        assert sorted(message["urls"] for message in world.backlog) == [[url(number)] for number in range(5)]


def test_a_message_that_smq_refuses_does_not_stop_the_others_of_its_batch(world: World) -> None:
    """SMQ refuses the whole batch because of one message."""
    give_up(world, *(dead_letter(url(number)) for number in range(5)))
    world.smq.queue("backlog").attributes = QueueAttributes(maximum_message_size=1_024)
    give_up(world, dead_letter(url(6), by="h" * 2_000))
    assert redrive(world).exit_code == 2
    assert (len(world.backlog), len(world.dead_letters)) == (5, 1)


def test_without_a_backlog_all_messages_stay_dead_letters(world: World) -> None:
    give_up(world, *(dead_letter(url(number)) for number in range(20)))
    result = redrive(world, "--backlog-queue", "nobody")
    assert (result.exit_code, result.stderr.count("\n"), "QueueNotExist" in result.stderr) == (2, 1, True)
    assert world.smq.queue("dead-letters").counts().active == 20


def test_the_same_name_for_both_queues_is_refused(world: World) -> None:
    """A message that is put back would become a dead letter again."""
    give_up(world, dead_letter(url(1)))
    result = redrive(world, "--backlog-queue", "dead-letters")
    assert (result.exit_code, "the same queue" in result.stderr) == (2, True)


def test_without_the_right_to_delete_it_stops_after_a_batch(world: World) -> None:
    """Sent messages are in both queues then, so the command stops after a batch."""
    give_up(world, *(dead_letter(url(number)) for number in range(40)))
    world.smq.faults = Faults(rule=lambda _request: Refusal(403, "AccessDenied"), where=deletes)
    result = redrive(world)
    assert (result.exit_code, "AccessDenied" in result.stderr) == (2, True)
    assert (len(world.backlog), world.smq.queue("dead-letters").counts().active) == (16, 40)


def test_an_outage_in_the_middle_loses_nothing(world: World) -> None:
    give_up(world, *(dead_letter(url(number)) for number in range(40)))
    requests: list[Request] = []

    def out(request: Request) -> Fault:
        requests.append(request)
        return Refusal(503, "ServiceUnavailable") if len(requests) > 8 else None

    world.smq.faults = Faults(rule=out)
    result = redrive(world)
    world.smq.faults = Faults()
    assert result.exit_code == 2
    assert _everything(world) == {url(number) for number in range(40)}
    assert redrive(world).exit_code in (0, 2)
    world.clock.advance(60)
    redrive(world)
    assert {each for message in world.backlog for each in message["urls"]} == {url(number) for number in range(40)}


@pytest.mark.parametrize("seed", range(4))
def test_frequent_failures_of_smq_lose_nothing(world: World, seed: int) -> None:
    """A quarter of all answers are lost, refused or not SMQ's."""
    give_up(world, *(dead_letter(url(number)) for number in range(200)))
    faults = (Lost(), Lost(Response(502, b"<html>")), Refusal(503, "ServiceUnavailable"), Reset(), Response(200, b""))
    spoil = sometimes(0.25, faults, Random(seed))  # noqa: S311 - for repetition, not for secrets

    def watched(request: Request) -> Fault:
        assert len(_everything(world)) == 200
        return spoil(request)

    world.smq.faults = Faults(rule=watched)
    while world.dead_letters:
        redrive(world)
        world.clock.advance(31)
    assert {each for message in world.backlog for each in message["urls"]} == {url(number) for number in range(200)}


def test_a_message_that_is_given_up_again_during_a_redrive_stays(world: World) -> None:
    """The function may give up a message at once that has just been put back."""

    def again(_request: Request) -> None:
        world.clock.advance(3)
        give_up(world, dead_letter(url(1)))

    give_up(world, dead_letter(url(1)))
    world.smq.faults = Faults(rule=again, where=sends)
    redrive(world)
    assert (len(world.backlog), world.smq.queue("dead-letters").counts().active) == (1, 1)


@pytest.mark.load
def test_a_redrive_ends_although_every_message_is_given_up_again_at_once(world: World) -> None:
    """With a stopped clock, new messages cannot be distinguished from old ones by their time."""
    give_up(world, dead_letter(url(1)))
    world.smq.faults = Faults(rule=lambda _request: give_up(world, dead_letter(url(1))) and None, where=sends)
    assert redrive(world).exit_code == 0


def test_messages_that_another_reader_received_are_reported(world: World) -> None:
    """A killed run has received the message, which will be visible again."""
    give_up(world, dead_letter(url(1)), dead_letter(url(2)))
    world.smq.queue("dead-letters").receive(1)
    found = document(world)
    assert (found["redriven"], found["hidden"]) == (1, 1)
    assert redrive(world).exit_code == 2


def test_hidden_messages_that_arrived_later_are_not_reported(world: World) -> None:
    """SMQ's counts lag behind, so a deleted message may still count as hidden."""

    def more(_request: Request) -> None:
        give_up(world, *(dead_letter(url(number)) for number in range(5)))
        world.smq.queue("dead-letters").receive(5)

    give_up(world, dead_letter(url(1)), dead_letter(url(2)))
    world.smq.queue("dead-letters").receive(1)
    world.smq.faults = Faults(rule=more, where=sends)
    assert document(world)["hidden"] == 1


def test_messages_of_a_lost_answer_are_reported(world: World) -> None:
    """The messages are hidden, and their handles are lost."""
    give_up(world, *(dead_letter(url(number)) for number in range(20)))
    world.smq.faults = Faults(Lost(), where=lambda request: "numOfMessages" in request.query)
    found = document(world)
    assert (found["redriven"], found["hidden"]) == (4, 16)


@contextmanager
def spoiled(world: World, refuses: Callable[[str], str | None]) -> Iterator[World]:
    """The backlog refuses single messages of a batch: SMQ anew, with the dead letters that were there."""
    given_up = bodies(world.smq.queue("dead-letters"))
    before = world.smq
    with Smq(
        world.clock,
        ["backlog", "dead-letters"],
        keys=world.keys,
        spoil=lambda queue, body: refuses(body) if queue == "backlog" else None,
    ) as world.smq:
        world.environ["SMQ_ENDPOINT"] = world.smq.url
        give_up(world, *given_up)
        yield world
    world.smq = before


def _everything(world: World) -> set[str]:
    """The URLs in either queue."""
    return {each for message in (*world.backlog, *world.dead_letters) for each in message["urls"]}
