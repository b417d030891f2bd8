"""Unreadable messages are named, can be shown and dropped, and do not hide other messages."""

import json
from typing import Any

import pytest
from click.testing import Result
from command import run
from given_up import dead_letter, give_up, url
from world import World, backlog_record

from oss_cdn_refresh_box.wire.faults import Faults, Lost
from oss_cdn_refresh_box.wire.serving import Response
from oss_cdn_refresh_cli.clients.smq_answers import messages

CONTROL = '{"kind": "a\x01b"}'
UNREADABLE = [
    ("good morning", "neither JSON nor JSON in Base64"),
    ("{", "not JSON"),
    ("eyJhIjogMX", "not JSON"),
    ("////", "neither JSON nor JSON in Base64"),
    ('{"a": 1}}', "not JSON"),
    ("\x01", "U+0001"),
    (CONTROL, "U+0001"),
    ("a\x00b", "U+0000"),
    ("\x1b[31mred", "U+001B"),
    ("\ufffe", "U+FFFE"),
    ('{"a": "\x0b"}', "U+000B"),
    ("a & b < c \x08", "U+0008"),
]
each_message = pytest.mark.parametrize(("body", "why"), UNREADABLE, ids=[ascii(body) for body, _ in UNREADABLE])


def call(world: World, *words: str) -> Result:
    """`dead-letters …` in this process."""
    return run("dead-letters", *words, environ=world.environ, clock=world.clock)


def document(world: World, *words: str) -> Any:
    """The JSON document that it prints."""
    return json.loads(call(world, *words, "--json").stdout)


@each_message
def test_an_unreadable_message_is_listed_with_the_reason(world: World, body: str, why: str) -> None:
    give_up(world, body)
    (shown,) = document(world, "list")["dead_letters"]
    assert (shown["source"], shown["reason"], why in shown["problem"]) == ("unknown", "UnreadableMessage", True)


@each_message
def test_an_unreadable_message_hides_no_other(world: World, body: str, why: str) -> None:
    give_up(world, *(dead_letter(url(number)) for number in range(7)), body, dead_letter(url(8)))
    found = document(world, "list")
    assert (len(found["dead_letters"]), found["hidden"], found["complete"]) == (9, 0, True), why


@each_message
def test_an_unreadable_message_can_be_shown(world: World, body: str, why: str) -> None:
    (identity,) = give_up(world, body)
    result = call(world, "show", identity)
    assert (result.exit_code, why in result.stdout) == (0, True)


@each_message
def test_an_unreadable_message_can_be_dropped(world: World, body: str, why: str) -> None:
    (identity, _) = give_up(world, body, dead_letter(url(1)))
    assert call(world, "drop", "--id", identity, "--yes").exit_code == 0, why
    assert len(world.dead_letters) == 1


def test_a_control_character_is_shown_as_an_escape(world: World) -> None:
    (identity,) = give_up(world, CONTROL)
    assert document(world, "show", identity)["body"] == '{"kind": "a\\u0001b"}'


@pytest.mark.parametrize("words", [("redrive",), ("redrive", "--dry-run")], ids=" ".join)
def test_a_message_that_xml_cannot_carry_is_not_put_back_changed(world: World, words: tuple[str, ...]) -> None:
    (identity, _) = give_up(world, CONTROL, dead_letter(url(1)))
    result = call(world, *words, "--json")
    assert (result.exit_code, json.loads(result.stdout)["unreadable"]) == (2, [identity])
    assert f"dead-letters drop --id {identity}" in result.stderr
    assert CONTROL in [message.body for message in world.smq.queue("dead-letters").messages()]


def test_a_body_that_is_not_json_is_put_back_unchanged(world: World) -> None:
    """The function gives the message up again, with its own reason."""
    give_up(world, "good morning")
    assert call(world, "redrive").exit_code == 0
    assert [message.body for message in world.smq.queue("backlog").messages()] == ["good morning"]


def test_the_backlog_names_a_message_that_cannot_be_read(world: World) -> None:
    world.smq.queue("backlog").send(CONTROL)
    world.smq.queue("backlog").send(json.dumps(backlog_record(url(1))))
    result = run("backlog", "--json", environ=world.environ, clock=world.clock)
    head = json.loads(result.stdout)["head"]
    assert [entry["reason"] for entry in head] == ["UnreadableMessage", "Throttling"]
    assert "U+0001" in result.stderr


def test_messages_of_a_lost_answer_are_not_said_to_be_received_by_others(world: World) -> None:
    give_up(world, dead_letter(url(1)))
    world.smq.faults = Faults(Lost(), where=lambda request: "numOfMessages" in request.query)
    errors = call(world, "list").stderr
    assert ("another reader" in errors, "did not arrive" in errors) == (False, True)


def test_messages_of_a_broken_answer_are_not_said_to_be_received_by_others(world: World) -> None:
    give_up(world, dead_letter(url(1)))
    page = Lost(Response(200, b"<html>"))
    world.smq.faults = Faults(page, where=lambda request: "numOfMessages" in request.query)
    errors = call(world, "list").stderr
    assert ("another reader" in errors, "did not arrive" in errors) == (False, True)


def test_messages_that_others_received_are_said_to_be_received_by_others(world: World) -> None:
    give_up(world, dead_letter(url(1)))
    world.smq.queue("dead-letters").receive(1)
    errors = call(world, "list").stderr
    assert ("another reader" in errors, "run it again in 30 s" in errors) == (True, True)


def answer(*bodies: bytes) -> bytes:
    """SMQ's answer with these bodies, the first one in the message `0`."""
    messages = b"".join(
        b"<Message><MessageId>%d</MessageId><MessageBody>%s</MessageBody><EnqueueTime>1</EnqueueTime></Message>"
        % (number, body)
        for number, body in enumerate(bodies)
    )
    return b'<?xml version="1.0"?><Messages xmlns="http://mns.aliyuncs.com/doc/v1/">' + messages + b"</Messages>"


@pytest.mark.parametrize(
    ("body", "text", "why"),
    [
        (b"\xff{}", "\\xff{}", "not UTF-8: byte 0xFF at 0"),
        (b"ab\xe4\xbd", "ab\\xe4\\xbd", "not UTF-8"),
        (b"\xed\xa0\x80", "\\xed\\xa0\\x80", "not UTF-8"),
        (b"&#1;", "\\u0001", "U+0001"),
        (b"&#x1F;&amp;", "\\u001f&", "U+001F"),
        (b"a < b", "a < b", "breaks the XML"),
        (b"a & b", "a & b", "breaks the XML"),
        (b"&nothing;", "&nothing;", "breaks the XML"),
        (b"<b>", "<b>", "breaks the XML"),
        (b"<b/>", "<b/>", "breaks the XML"),
        (b"\x00", "\\u0000", "U+0000"),
    ],
)
def test_a_body_that_xml_cannot_carry_is_shown_and_changes_no_other(body: bytes, text: str, why: str) -> None:
    broken, whole = messages(answer(body, b"{}"))
    assert (broken.id, broken.body, why in broken.fault) == ("0", text, True)
    assert (whole.body, whole.fault) == ("{}", "")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"{}", "{}"),
        (b"&lt;&amp;&#13;", "<&\r"),
        ("\u4f60\u597d \U0001f600".encode(), "\u4f60\u597d \U0001f600"),
        (b"&#x4f60;", "\u4f60"),
        (b"<![CDATA[<&]]>", "<&"),
        (b"", ""),
    ],
)
def test_a_valid_body_is_read_unchanged(body: bytes, text: str) -> None:
    (message,) = messages(answer(body))
    assert (message.body, message.fault) == (text, "")
