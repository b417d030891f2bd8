"""SMQ in a box: who may call, what a broken request is told, what faults do to a call, what is written down."""

import base64
import hashlib
import hmac
import http.client
import time
from collections.abc import Iterator
from dataclasses import replace
from email.utils import formatdate
from typing import Any

import pytest
from mns.account import Account
from mns.mns_exception import MNSClientNetworkException, MNSServerException
from mns.queue import Message

from oss_cdn_refresh_box.account.credentials import Key
from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.smq import Call, Smq
from oss_cdn_refresh_box.wire.faults import Faults, Lost, Refusal
from oss_cdn_refresh_box.wire.markup import parse
from oss_cdn_refresh_box.wire.serving import Reset

MESSAGES = "/queues/backlog/messages"
BODY = b"<Message><MessageBody>hello</MessageBody></Message>"


@pytest.fixture
def smq() -> Iterator[Smq]:
    keys: dict[str, str | Key] = {"AK": "SECRET", "STS.AK": Key("SHORT", "TOKEN", time.time() + 3_600)}
    with Smq(Clock(), ["backlog"], keys=keys) as smq:
        yield smq


def signed(method: str, path: str, body: bytes, *, key: str = "SECRET", **changed: str | None) -> dict[str, str]:
    """The headers of a request, changed after the documentation's rules for signing were followed."""
    headers = {"content-md5": base64.b64encode(hashlib.md5(body, usedforsecurity=False).hexdigest().encode()).decode()}
    headers |= {"content-type": "text/xml", "date": formatdate(usegmt=True), "x-mns-version": "2015-06-06"}
    before = {name.replace("_", "-"): value for name, value in changed.items() if name != "authorization"}
    headers = {name: value for name, value in (headers | before).items() if value is not None}
    lines = [method, *(headers.get(name, "") for name in ("content-md5", "content-type", "date"))]
    lines += [f"{name}:{headers[name]}" for name in sorted(headers) if name.startswith("x-mns-")]
    digest = hmac.new(key.encode(), "\n".join([*lines, path]).encode(), "sha1").digest()
    headers["authorization"] = f"MNS AK:{base64.b64encode(digest).decode()}"
    if "authorization" in changed:
        headers["authorization"] = changed["authorization"] or ""
    return {name: value for name, value in headers.items() if value}


def ask(smq: Smq, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
    """The status and the error code (or the root element) of an answer."""
    connection = http.client.HTTPConnection(smq.url.removeprefix("http://"), timeout=5)
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    root = parse(response.read())
    connection.close()
    return response.status, root.findtext("Code") or root.tag


def send(queue_url: str, key: str, secret: str, token: str = "") -> None:
    account = Account(queue_url, key, secret, token)
    try:
        account.get_queue("backlog").send_message(Message("hello"))
    finally:
        account.mns_client.close_connection()


def test_a_rightly_signed_request_passes(smq: Smq) -> None:
    assert ask(smq, "POST", MESSAGES, BODY, signed("POST", MESSAGES, BODY)) == (201, "Message")


@pytest.mark.parametrize(
    ("changed", "answer"),
    [
        ({"authorization": ""}, (400, "MissingAuthorizationHeader")),
        ({"authorization": "Basic AK:x"}, (400, "InvalidAuthorizationHeader")),
        ({"authorization": "MNS AK"}, (400, "InvalidAuthorizationHeader")),
        ({"authorization": "MNS AK:x"}, (403, "SignatureDoesNotMatch")),
        ({"authorization": "MNS NOBODY:x"}, (403, "InvalidAccessKeyId")),
        ({"key": "WRONG"}, (403, "SignatureDoesNotMatch")),
        ({"date": None}, (400, "MissingDateHeader")),
        ({"date": "yesterday"}, (400, "InvalidDateHeader")),
        ({"date": formatdate(time.time() - 901, usegmt=True)}, (408, "TimeExpired")),
        ({"x_mns_version": None}, (400, "MissingVersionHeader")),
        ({"content_md5": "AAAA"}, (400, "InvalidDegist")),
    ],
)
def test_an_invalid_request_is_refused_with_its_own_code(
    smq: Smq, changed: dict[str, str | None], answer: tuple[int, str]
) -> None:
    assert ask(smq, "POST", MESSAGES, BODY, signed("POST", MESSAGES, BODY, **changed)) == answer  # type: ignore[arg-type]
    assert smq.queue("backlog").messages() == []


def test_the_signature_covers_the_query(smq: Smq) -> None:
    headers = signed("GET", f"{MESSAGES}?numOfMessages=1", b"")
    assert ask(smq, "GET", f"{MESSAGES}?numOfMessages=2", b"", headers) == (403, "SignatureDoesNotMatch")


def test_the_date_may_be_that_of_the_moved_clock() -> None:
    """A client that shares the clock is on time, and so is one that knows only the machine's."""
    clock = Clock()
    clock.advance(86_400)
    with Smq(clock, ["backlog"]) as smq:
        moved = signed("POST", MESSAGES, BODY, date=formatdate(clock.now(), usegmt=True))
        assert ask(smq, "POST", MESSAGES, BODY, moved)[0] == 201
        assert ask(smq, "POST", MESSAGES, BODY, signed("POST", MESSAGES, BODY))[0] == 201


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        (b"<Message><MessageBody>", (400, "MalformedXML")),
        (b"<Message></Message>", (400, "InvalidArgument")),
        (b"<Message><MessageBody>x</MessageBody><DelaySeconds>soon</DelaySeconds></Message>", (400, "InvalidArgument")),
        (b"<Letter><MessageBody>x</MessageBody></Letter>", (400, "InvalidArgument")),
    ],
)
def test_a_broken_message_is_refused(smq: Smq, body: bytes, answer: tuple[int, str]) -> None:
    assert ask(smq, "POST", MESSAGES, body, signed("POST", MESSAGES, body)) == answer


def test_a_switch_that_is_neither_true_nor_false_is_refused(smq: Smq) -> None:
    path, body = "/queues/backlog?metaoverride=true", b"<Queue><LoggingEnabled>perhaps</LoggingEnabled></Queue>"
    assert ask(smq, "PUT", path, body, signed("PUT", path, body)) == (400, "InvalidArgument")


def test_an_unknown_path_is_refused(smq: Smq) -> None:
    assert ask(smq, "GET", "/", b"", signed("GET", "/", b"")) == (400, "InvalidRequestURL")


def test_a_temporary_key_works_with_its_token(smq: Smq) -> None:
    send(smq.url, "STS.AK", "SHORT", "TOKEN")
    assert len(smq.queue("backlog").messages()) == 1


@pytest.mark.parametrize("token", ["", "ANOTHER"])
def test_a_temporary_key_without_its_token_is_refused(smq: Smq, token: str) -> None:
    with pytest.raises(MNSServerException, match="InvalidSecurityToken"):
        send(smq.url, "STS.AK", "SHORT", token)


def test_a_temporary_key_ends_by_the_clock() -> None:
    clock = Clock()
    with Smq(clock, ["backlog"], keys={"STS.AK": Key("SHORT", "TOKEN", clock.now() + 900)}) as smq:
        clock.advance(901)
        with pytest.raises(MNSServerException, match="SecurityTokenExpired"):
            send(smq.url, "STS.AK", "SHORT", "TOKEN")


def test_a_missing_queue_is_refused_with_its_code() -> None:
    with Smq(Clock()) as smq, pytest.raises(MNSServerException, match="QueueNotExist"):
        send(smq.url, "AK", "SECRET")


def batch(smq: Smq, *bodies: str) -> Any:
    account = Account(smq.url, "AK", "SECRET")
    queue = account.get_queue("backlog")
    queue.set_encoding(False)
    try:
        return queue.batch_send_message([Message(body) for body in bodies])
    finally:
        account.mns_client.close_connection()


def test_single_messages_of_a_batch_can_fail() -> None:
    """The others are in the queue, and the answer says in order which is which."""
    with Smq(Clock(), ["backlog"], spoil=lambda _queue, body: "InternalServerError" if body == "bad" else None) as smq:
        with pytest.raises(MNSServerException) as refusal:
            batch(smq, "good", "bad", "fine")
        assert ["ErrorCode" in entry for entry in refusal.value.sub_errors] == [False, True, False]
        assert [message.body for message in smq.queue("backlog").messages()] == ["good", "fine"]


def test_a_scripted_refusal_has_smqs_form_and_takes_nothing() -> None:
    with Smq(Clock(), ["backlog"], faults=Faults(Refusal(400, "QpsLimitExceeded"))) as smq:
        with pytest.raises(MNSServerException, match="QpsLimitExceeded"):
            batch(smq, "one")
        assert smq.queue("backlog").messages() == []


def test_a_lost_answer_leaves_the_message_in_the_queue() -> None:
    with Smq(Clock(), ["backlog"], faults=Faults(Lost())) as smq:
        with pytest.raises(MNSClientNetworkException):
            batch(smq, "one")
        assert [message.body for message in smq.queue("backlog").messages()] == ["one"]


def test_every_call_is_recorded() -> None:
    """What took effect, what was refused, what the client never heard of."""
    with Smq(Clock(), ["backlog"], faults=Faults(None, Refusal(500, "InternalServerError"), Lost(), Reset())) as smq:
        batch(smq, "one")
        for _ in range(3):
            with pytest.raises((MNSServerException, MNSClientNetworkException)):
                batch(smq, "one")
        calls = [replace(call, connection=0) for call in smq.calls]
    assert calls == [
        Call("BatchSendMessage", "backlog", 0, accepted=True, answered=True),
        Call("BatchSendMessage", "backlog", 0, code="InternalServerError", answered=True),
        Call("BatchSendMessage", "backlog", 0, accepted=True),
        Call("BatchSendMessage", "backlog", 0),
    ]
