"""`dead-letters list`, `show` and `drop`."""

import base64
import json
import signal
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import Result
from command import run, start
from given_up import bodies, dead_letter, give_up, unreadable, url
from world import World, event, payload, record

from oss_cdn_refresh_box.wire.faults import Faults, Lost, Refusal
from oss_cdn_refresh_box.wire.serving import Request


def call(world: World, *words: str) -> Result:
    """`dead-letters …` in this process."""
    return run("dead-letters", *words, environ=world.environ, clock=world.clock)


def documents(world: World, *words: str) -> Any:
    """The JSON document that the command prints."""
    return json.loads(call(world, *words, "--json").stdout)


def receives(request: Request) -> bool:
    """Whether a request to SMQ receives messages."""
    return request.method == "GET" and "numOfMessages" in request.query and "peekonly" not in request.query


def counts(request: Request) -> bool:
    """Whether a request to SMQ asks for the attributes of a queue."""
    return request.method == "GET" and request.path.count("/") == 2


def test_an_empty_queue_has_no_dead_letters(world: World) -> None:
    result = call(world, "list")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "No dead letters.\n", "")


def test_a_list_with_dead_letters_exits_with_1(world: World) -> None:
    give_up(world, dead_letter(url(1)))
    assert call(world, "list").exit_code == 1


def test_the_list_has_the_fields_of_each_dead_letter(world: World) -> None:
    (identity,) = give_up(world, dead_letter(url(1), url(2)))
    assert documents(world, "list")["dead_letters"] == [
        {
            "id": identity,
            "source": "function",
            "reason": "Throttling.User",
            "what": url(1),
            "items": 2,
            "attempts": 10,
            "failed_at": "2026-11-22T03:04:00Z",
        }
    ]


@pytest.mark.parametrize(
    ("body", "source", "reason", "what"),
    [
        (json.dumps(unreadable("what is this?")), "function", "UnreadableEvent", "what is this?"),
        (
            payload("destination_exception").decode(),
            "Function Compute",
            "UnhandledInvocationError",
            "oss://my-site/a.jpg",
        ),
        (payload("backlog").decode(), "event stream", "Throttling.User", "https://www.example.com/a.jpg"),
        (payload("queue_cloud_events").decode(), "event stream", "NotDelivered", "oss://my-site/a.jpg"),
        (event(record("a.jpg")).decode(), "event stream", "NotDelivered", "oss://my-site/a.jpg"),
        (json.dumps([dead_letter(url(1))]), "event stream", "NotDelivered", url(1)),
        ("good morning", "unknown", "UnreadableMessage", "good morning"),
        ('{"kind": "new"}', "unknown", "UnknownRecord", '{"kind": "new"}'),
    ],
)
def test_the_source_of_a_dead_letter_is_recognised(
    world: World, body: str, source: str, reason: str, what: str
) -> None:
    give_up(world, body)
    (shown,) = documents(world, "list")["dead_letters"]
    assert (shown["source"], shown["reason"], shown["what"]) == (source, reason, what)


def test_a_body_in_base64_is_read_like_a_plain_one(world: World) -> None:
    give_up(world, json.loads(payload("dead_letter_in_the_queue"))[0]["messageBody"])
    (shown,) = documents(world, "list")["dead_letters"]
    assert (shown["source"], shown["reason"]) == ("function", "InvalidObjectPath.Malformed")


@pytest.mark.parametrize(
    "spelled",
    [
        lambda body: base64.b64encode(body).decode().rstrip("="),
        lambda body: base64.encodebytes(body).decode(),
        lambda body: base64.urlsafe_b64encode(body).decode(),
        lambda body: base64.b64encode(b"\xef\xbb\xbf" + body).decode(),
        lambda body: "\ufeff" + body.decode(),
    ],
    ids=["unpadded", "in lines", "URL-safe", "with a mark", "plain with a mark"],
)
def test_base64_is_read_as_the_function_reads_it(world: World, spelled: Callable[[bytes], str]) -> None:
    body = json.dumps(dead_letter("https://www.example.com/?>~?>~?>~"), ensure_ascii=False).encode() + b" "
    give_up(world, spelled(body))
    (shown,) = documents(world, "list")["dead_letters"]
    assert (shown["source"], shown["reason"]) == ("function", "Throttling.User")


def test_reasons_are_counted(world: World) -> None:
    give_up(world, dead_letter(url(1)), dead_letter(url(2)), dead_letter(url(3), reason="InvalidItem"))
    assert documents(world, "list")["reasons"] == {"Throttling.User": 2, "InvalidItem": 1}


def test_people_see_the_reasons_and_the_next_step(world: World) -> None:
    give_up(world, dead_letter(url(1), url(2)))
    *_, reason, _, step = call(world, "list").stdout.splitlines()
    assert reason.split() == ["Throttling.User", "1", "2"]
    assert "dead-letters redrive" in step


def test_the_list_can_be_limited_to_one_reason(world: World) -> None:
    give_up(world, dead_letter(url(1)), dead_letter(url(2), reason="InvalidItem"))
    assert [shown["what"] for shown in documents(world, "list", "--reason", "InvalidItem")["dead_letters"]] == [url(2)]


def test_the_list_leaves_everything_visible(world: World) -> None:
    give_up(world, *(dead_letter(url(number)) for number in range(100)))
    call(world, "list")
    assert world.smq.queue("dead-letters").counts().active == 100


def test_a_queue_that_refuses_to_show_at_once_shows_in_a_second(world: World) -> None:
    """Documents say that a message stays hidden for one second at least; the SDK lets 0 pass."""
    world.smq.faults = Faults(
        rule=lambda _request: Refusal(400, "InvalidArgument"),
        where=lambda request: request.method == "PUT" and request.parameters["VisibilityTimeout"] == "0",
    )
    give_up(world, dead_letter(url(1)), dead_letter(url(2)))
    call(world, "list")
    world.clock.advance(1)
    assert world.smq.queue("dead-letters").counts().active == 2


def test_a_message_that_is_visible_again_costs_no_call(world: World) -> None:
    """Each message costs a call, so of thousands the first ones are visible again before their release."""

    def late(_request: Request) -> None:
        world.clock.advance(31)

    give_up(world, *(dead_letter(url(number)) for number in range(10)))
    world.smq.faults = Faults(rule=late, where=lambda request: request.method == "PUT")
    call(world, "list")
    assert [each.action for each in world.smq.calls].count("ChangeMessageVisibility") == 1
    assert world.smq.queue("dead-letters").counts().active == 10


def test_a_message_that_reappears_in_a_long_queue_is_listed_once(world: World) -> None:
    """Each answer takes ten seconds, so the first messages are visible again long before the last ones are seen."""

    def slow(_request: Request) -> None:
        world.clock.advance(10)

    give_up(world, *(dead_letter(url(number)) for number in range(60)))
    world.smq.faults = Faults(rule=slow, where=receives)
    shown = documents(world, "list")["dead_letters"]
    assert len({entry["id"] for entry in shown}) == len(shown) == 60


def test_messages_that_arrive_during_a_list_do_not_prolong_it(world: World) -> None:
    def more(_request: Request) -> None:
        world.clock.advance(5)
        give_up(world, *(dead_letter(url(number)) for number in range(16)))

    give_up(world, dead_letter("https://www.example.com/first"))
    world.smq.faults = Faults(rule=more, where=receives)
    assert call(world, "list").exit_code == 1


@pytest.mark.parametrize("number", [1, 2, 6])
def test_an_interrupted_list_leaves_everything_visible(world: World, number: int) -> None:
    """Ctrl-C meets the command while it waits for an answer that hides messages."""
    give_up(world, *(dead_letter(url(number)) for number in range(100)))
    requests: list[Request] = []
    with start("dead-letters", "list", environ=world.environ) as process:

        def interrupt(request: Request) -> None:
            requests.append(request)
            if len(requests) == number:
                process.send_signal(signal.SIGINT)

        world.smq.faults = Faults(rule=interrupt, where=receives)
        _, errors = process.communicate()
    assert (process.returncode, errors.split(":")[:2]) == (2, ["\nError", " interrupted"])
    assert world.smq.queue("dead-letters").counts().active == 100


def test_a_terminated_list_leaves_everything_visible(world: World) -> None:
    give_up(world, *(dead_letter(url(number)) for number in range(100)))
    with start("dead-letters", "list", environ=world.environ) as process:

        def end(_request: Request) -> None:
            process.terminate()

        world.smq.faults = Faults(rule=end, where=receives)
        process.communicate()
    assert world.smq.queue("dead-letters").counts().active == 100


def test_an_outage_shows_the_messages_so_far_and_says_that_the_list_is_incomplete(world: World) -> None:
    give_up(world, *(dead_letter(url(number)) for number in range(40)))
    requests: list[Request] = []

    def out(request: Request) -> Refusal | None:
        requests.append(request)
        return Refusal(503, "ServiceUnavailable") if len(requests) > 2 else None

    world.smq.faults = Faults(rule=out, where=receives)
    result = call(world, "list", "--json")
    assert (result.exit_code, json.loads(result.stdout)["complete"]) == (1, False)
    assert "this is not all" in result.stderr
    assert world.smq.queue("dead-letters").counts().active == 40


HIDDEN = (("list",), ("drop",), ("drop", "--yes"), ("show", "ID"))


@pytest.mark.parametrize("words", HIDDEN, ids=" ".join)
def test_messages_that_another_reader_received_are_reported(world: World, words: tuple[str, ...]) -> None:
    give_up(world, dead_letter(url(1)))
    world.smq.queue("dead-letters").receive(1)
    result = call(world, *words, "--json")
    found = json.loads(result.stdout)
    assert (result.exit_code, found["hidden"], found["complete"]) == (2, 1, False)
    assert "1 dead letter hidden now" in result.stderr


@pytest.mark.parametrize("words", HIDDEN, ids=" ".join)
def test_messages_of_a_lost_answer_are_reported(world: World, words: tuple[str, ...]) -> None:
    give_up(world, *(dead_letter(url(number)) for number in range(16)))
    world.smq.faults = Faults(Lost(), where=receives)
    assert documents(world, *words)["hidden"] == 16


@pytest.mark.parametrize("words", [("list",), ("drop", "--yes")], ids=" ".join)
def test_a_queue_with_hidden_messages_is_not_called_empty(world: World, words: tuple[str, ...]) -> None:
    give_up(world, dead_letter(url(1)))
    world.smq.queue("dead-letters").receive(1)
    assert call(world, *words).stdout.endswith("that are visible now.\n" if words == ("list",) else "visible now.\n")


def test_a_found_message_decides_the_exit_code_before_a_hidden_one(world: World) -> None:
    give_up(world, dead_letter(url(1)), dead_letter(url(2)))
    world.smq.queue("dead-letters").receive(1)
    assert call(world, "list").exit_code == 1


def test_outdated_counts_of_smq_report_no_hidden_messages(world: World) -> None:
    """SMQ still counts a message as hidden that another reader has just released."""
    queue = world.smq.queue("dead-letters")
    give_up(world, dead_letter(url(1)))
    queue.receive(1)
    asked: list[Request] = []

    def back(request: Request) -> None:
        asked.append(request)
        if len(asked) == 4:
            world.clock.advance(31)

    world.smq.faults = Faults(rule=back)
    assert documents(world, "list")["hidden"] == 0


def test_a_list_without_an_answer_about_hidden_messages_is_incomplete(world: World) -> None:
    give_up(world, dead_letter(url(1)), dead_letter(url(2)))
    world.smq.queue("dead-letters").receive(1)
    asked: list[Request] = []

    def out(request: Request) -> Refusal | None:
        asked.append(request)
        return Refusal(503, "ServiceUnavailable") if len(asked) > 1 else None

    world.smq.faults = Faults(rule=out, where=counts)
    assert documents(world, "list")["complete"] is False


def test_an_outage_during_a_drop_reports_the_deleted_messages(world: World) -> None:
    give_up(world, *(dead_letter(url(number)) for number in range(40)))
    requests: list[Request] = []

    def out(request: Request) -> Refusal | None:
        requests.append(request)
        return Refusal(503, "ServiceUnavailable") if len(requests) > 2 else None

    world.smq.faults = Faults(rule=out, where=receives)
    result = call(world, "drop", "--yes", "--json")
    found = json.loads(result.stdout)
    assert (result.exit_code, found["deleted"], found["complete"]) == (2, 32, False)


def test_markup_and_control_characters_in_messages_stay_text(world: World) -> None:
    give_up(world, event(record("a\u001b[31m[bold red]b\u202e\n.jpg")).decode())
    shown = call(world, "list").stdout
    assert r"oss://my-site/a\x1b[31m[bold red]b\u202e\n.jpg" in shown
    assert "\u001b" not in shown


def test_a_dead_letter_is_shown_whole(world: World) -> None:
    _, identity = give_up(world, dead_letter(url(1)), dead_letter(url(2), by="hand"))
    assert documents(world, "show", identity)["body"] == dead_letter(url(2), by="hand")


def test_people_see_every_field_of_a_dead_letter(world: World) -> None:
    (identity,) = give_up(world, dead_letter(url(1), by="hand"))
    result = call(world, "show", identity)
    assert result.exit_code == 0
    assert '"by": "hand"' in result.stdout
    assert result.stdout.splitlines()[0] == f"id           {identity}"


def test_a_payload_in_base64_is_shown_as_text(world: World) -> None:
    (identity,) = give_up(world, unreadable("Z3LDvMOfZSAg/w==", payload_encoding="base64"))
    assert documents(world, "show", identity)["payload"] == r"grüße  \xff"


def test_the_event_of_a_failed_invocation_is_shown_as_json(world: World) -> None:
    (identity,) = give_up(world, payload("destination_exception").decode())
    shown = json.loads(documents(world, "show", identity)["payload"])
    assert shown["events"][0]["oss"]["object"]["key"] == "a.jpg"


def test_showing_leaves_everything_visible(world: World) -> None:
    identity, *_ = give_up(world, *(dead_letter(url(number)) for number in range(20)))
    call(world, "show", identity)
    assert world.smq.queue("dead-letters").counts().active == 20


@pytest.mark.parametrize("body", ["[" * 400 + "]" * 400, '{"a":' * 900 + "1" + "}" * 900])
def test_a_deeply_nested_body_is_shown(world: World, body: str) -> None:
    (identity,) = give_up(world, body)
    assert documents(world, "show", identity)["body"] == json.loads(body)


def test_an_unknown_id_is_an_error(world: World) -> None:
    give_up(world, dead_letter(url(1)))
    result = call(world, "show", "NOBODY")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert '"NOBODY"' in result.stderr


def test_drop_without_yes_deletes_nothing(world: World) -> None:
    give_up(world, dead_letter(url(1)), dead_letter(url(2)))
    result = call(world, "drop")
    assert (result.exit_code, "2 messages would be deleted" in result.stderr) == (2, True)
    assert world.smq.queue("dead-letters").counts().active == 2


def test_drop_with_yes_deletes_all(world: World) -> None:
    give_up(world, *(dead_letter(url(number)) for number in range(40)))
    document = documents(world, "drop", "--yes")
    assert (document["deleted"], document["reasons"]) == (40, {"Throttling.User": 40})
    assert bodies(world.smq.queue("dead-letters")) == []


def test_drop_deletes_only_the_chosen_messages(world: World) -> None:
    give_up(world, dead_letter(url(1)), dead_letter(url(2), reason="InvalidItem"))
    assert call(world, "drop", "--reason", "InvalidItem", "--yes").exit_code == 0
    assert bodies(world.smq.queue("dead-letters")) == [json.dumps(dead_letter(url(1)))]
    assert world.smq.queue("dead-letters").counts().active == 1


def test_an_unknown_chosen_id_is_an_error(world: World) -> None:
    identity, other = give_up(world, dead_letter(url(1)), dead_letter(url(2)))
    result = call(world, "drop", "--id", identity, "--id", "NOBODY", "--yes")
    assert (result.exit_code, "NOBODY" in result.stderr) == (2, True)
    assert [message.id for message in world.smq.queue("dead-letters").messages()] == [other]


def test_a_deletion_whose_answer_was_lost_counts_as_done(world: World) -> None:
    give_up(world, dead_letter(url(1)))
    world.smq.faults = Faults(Lost(), where=lambda request: request.method == "DELETE")
    result = call(world, "drop", "--yes")
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (0, "1 deleted.")


def test_a_message_that_becomes_visible_before_its_deletion_is_deleted(world: World) -> None:
    """The handle has expired, so the message is received again under a new handle."""
    deletions: list[Request] = []

    def late(request: Request) -> None:
        deletions.append(request)
        if len(deletions) == 1:
            world.clock.advance(31)

    give_up(world, dead_letter(url(1)))
    world.smq.faults = Faults(rule=late, where=lambda request: request.method == "DELETE")
    assert call(world, "drop", "--yes").exit_code == 0
    assert bodies(world.smq.queue("dead-letters")) == []


def test_dropping_from_an_empty_queue_says_so_also_without_yes(world: World) -> None:
    result = call(world, "drop")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "There is nothing to delete.\n", "")
