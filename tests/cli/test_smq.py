"""A queue of SMQ for the command: send, receive, hide and delete, with every kind of answer."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from certificates import certificate, trust
from world import World

from oss_cdn_refresh.model.effects import Effects
from oss_cdn_refresh.transport.credentials import Credentials
from oss_cdn_refresh_box.account.credentials import Key
from oss_cdn_refresh_box.smq.service import Smq
from oss_cdn_refresh_box.wire.faults import Fault, Faults, Lost, Refusal
from oss_cdn_refresh_box.wire.serving import Request, Reset, Response, Silence
from oss_cdn_refresh_cli.clients.smq import Queue
from oss_cdn_refresh_cli.clients.smq_answers import Message
from oss_cdn_refresh_cli.shared.errors import Failed, Refused, Unanswered


def effects(world: World) -> Effects:
    """Sleeping moves the clock."""
    return Effects(world.clock.now, world.clock.now, world.clock.sleep, lambda low, _high: low)


def a_queue(world: World, endpoint: str, *, seconds: float = 15.0, who: Credentials | None = None) -> Queue:
    """The backlog at an endpoint."""
    credentials = who or Credentials("AK", "SECRET")
    return Queue(endpoint, "backlog", "BACKLOG_QUEUE", lambda: credentials, effects(world), seconds=seconds)


@pytest.fixture
def queue(world: World) -> Iterator[Queue]:
    with a_queue(world, world.smq.url) as queue:
        yield queue


def test_bodies_are_sent_and_received_unchanged(world: World, queue: Queue) -> None:
    bodies = ['{"a": "<&>"}', "\u4f60\u597d \U0001f600", " \t\n", "eyJhIjogMX0="]
    assert queue.put(bodies) == [None] * 4
    assert [message.body for message in world.smq.queue("backlog").messages()] == bodies
    assert sorted(message.body for message in queue.receive()) == sorted(bodies)


def test_sixteen_of_the_longest_messages_are_received_together(world: World, queue: Queue) -> None:
    for _ in range(16):
        world.smq.queue("backlog").send("&" * 65_536)
    assert [len(message.body) for message in queue.receive()] == [65_536] * 16


def test_an_answer_whose_end_is_cut_off_is_not_read_in_part(world: World, queue: Queue) -> None:
    """SMQ would hide the messages after the end, and their handles would be lost."""
    whole = (
        b"<Messages><Message><MessageId>1</MessageId><MessageBody>x</MessageBody><EnqueueTime>1</EnqueueTime></Message>"
    )
    world.smq.faults = Faults(rule=lambda _request: Response(200, whole + b"<Message><MessageId>2"))
    with pytest.raises(Unanswered, match="not SMQ's"):
        queue.receive()


def test_an_empty_queue_gives_nothing(queue: Queue) -> None:
    assert (queue.receive(), queue.peek()) == ([], [])


def test_attributes_are_figures(world: World, queue: Queue) -> None:
    world.smq.queue("backlog").send("x")
    assert queue.attributes() == (1, 0, 0, 345_600, 30)


def test_the_security_token_is_sent(world: World) -> None:
    world.keys["STS.x"] = Key("secret", "token")
    with a_queue(world, world.smq.url, who=Credentials("STS.x", "secret", "token")) as queue:
        assert queue.put(["x"]) == [None]


def test_credentials_are_read_anew_for_each_request(world: World) -> None:
    world.keys.clear()
    world.keys["new"] = "SECRET"
    used = iter([Credentials("AK", "SECRET"), Credentials("new", "SECRET")])
    with Queue(world.smq.url, "backlog", "BACKLOG_QUEUE", lambda: next(used), effects(world)) as queue:
        with pytest.raises(Refused):
            queue.receive()
        assert queue.receive() == []


@pytest.mark.parametrize("fault", [Reset(), Lost(), Refusal(503, "ServiceUnavailable"), Response(502, b"<html>")])
def test_a_transient_failure_is_retried(world: World, queue: Queue, fault: object) -> None:
    world.smq.faults = Faults(fault, fault)  # type: ignore[arg-type]  # each is one
    assert queue.put(["x"]) == [None]


@pytest.mark.parametrize(
    "body",
    [
        b"<Messages><Message><ErrorCode>InternalServerError</ErrorCode><ErrorMessage>no</ErrorMessage></Message></Messages>",
        b"<Messages><Message><MessageId>1</MessageId><MessageBodyMD5>2</MessageBodyMD5></Message></Messages>",
    ],
    ids=["nothing said of the second", "nothing said at all"],
)
def test_an_answer_without_results_counts_as_no_answer(world: World, queue: Queue, body: bytes) -> None:
    world.smq.faults = Faults(Response(500, body), Response(500, body, {"x-mns-request-id": "1"}))
    assert queue.put(["x", "y"]) == [None, None]
    assert len(world.smq.queue("backlog").messages()) == 2


def test_counts_that_are_no_numbers_are_an_error(world: World, queue: Queue) -> None:
    def spoil(_request: object) -> Response:
        names = ("ActiveMessages", "CreateTime", "DelayMessages", "DelaySeconds", "InactiveMessages", "LastModifyTime")
        more = ("MaximumMessageSize", "MessageRetentionPeriod", "QueueName", "VisibilityTimeout", "PollingWaitSeconds")
        fields = "".join(f"<{name}>many</{name}>" for name in (*names, *more, "LoggingEnabled"))
        return Response(200, f"<Queue>{fields}</Queue>".encode())

    world.smq.faults = Faults(rule=spoil)
    with pytest.raises(Unanswered, match="not SMQ's"):
        queue.attributes()


def test_pauses_between_tries_grow(world: World, queue: Queue) -> None:
    world.smq.faults = Faults(rule=lambda _request: Reset())
    began = world.clock.now()
    (refusal,) = queue.put(["x"])
    assert isinstance(refusal, Unanswered)
    assert world.clock.now() - began == pytest.approx(0.1 + 0.2 + 0.4 + 0.8)


def test_a_permanent_refusal_is_not_retried(world: World, queue: Queue) -> None:
    world.smq.faults = Faults(rule=lambda _request: Refusal(403, "AccessDenied"))
    (refusal,) = queue.put(["x"])
    assert refusal
    assert (refusal.code, type(refusal), len(world.smq.calls)) == ("AccessDenied", Refused, 1)


@pytest.mark.parametrize("text", ['"', "&", "<>", "x", "\u957f", "\r"])
@pytest.mark.parametrize("size", [10, 1_000, 4_000, 9_000])
def test_no_request_is_larger_than_smq_takes(world: World, queue: Queue, text: str, size: int) -> None:
    """The limit counts the sent bytes: each `"` has six bytes in XML."""
    requests: list[bytes] = []

    def note(request: Request) -> Fault:
        requests.append(request.body)
        return None

    world.smq.faults = Faults(rule=note)
    bodies = [text * (size // len(text)) + str(number) for number in range(40)]
    assert queue.put(bodies) == [None] * 40
    assert len(world.smq.queue("backlog").messages()) == 40
    assert max(map(len, requests)) <= 65_536


def test_a_message_larger_than_a_request_is_sent_alone(world: World, queue: Queue) -> None:
    """A message of another sender is moved unchanged, if SMQ accepts it."""
    large = '"' * 30_000
    assert queue.put(["small", large, "small"]) == [None] * 3
    assert [message.body for message in world.smq.queue("backlog").messages()] == ["small", large, "small"]
    assert len(world.smq.calls) == 3


def test_a_batch_is_sixteen_messages_and_sixty_four_kilobytes_at_most(world: World, queue: Queue) -> None:
    sent = queue.put([*("x" * 20_000 for _ in range(7)), *("y" for _ in range(40))])
    assert (sent, len(world.smq.calls)) == ([None] * 47, 5)


def test_released_messages_are_visible_at_once(world: World, queue: Queue) -> None:
    world.smq.queue("backlog").send("x")
    (message,) = queue.receive()
    queue.release(message)
    assert world.smq.queue("backlog").counts().active == 1


def test_releasing_a_deleted_message_is_no_error(world: World, queue: Queue) -> None:
    world.smq.queue("backlog").send("x")
    (message,) = queue.receive()
    queue.delete([message])
    queue.release(message)
    assert world.smq.queue("backlog").messages() == []


def test_an_expired_handle_is_refused_by_its_code(world: World, queue: Queue) -> None:
    world.smq.queue("backlog").send("x")
    messages = queue.receive()
    world.clock.advance(31)
    (refusal,) = queue.delete(messages)
    assert refusal
    assert refusal.code == "ReceiptHandleError"


def test_only_the_messages_with_a_wrong_handle_stay_after_a_deletion(world: World, queue: Queue) -> None:
    for body in "xy":
        world.smq.queue("backlog").send(body)
    good, bad = queue.receive()
    refusals = queue.delete([good, bad._replace(receipt="1-bm9uZQ==")])
    assert [refusal and refusal.code for refusal in refusals] == [None, "ReceiptHandleError"]
    assert [message.body for message in world.smq.queue("backlog").messages()] == [bad.body]


def test_an_invalid_queue_name_is_refused_before_any_request(world: World) -> None:
    with pytest.raises(Failed, match="BACKLOG_QUEUE"):
        Queue(world.smq.url, "a/b", "BACKLOG_QUEUE", lambda: Credentials("AK", "SECRET"), effects(world))


def test_a_silent_server_is_given_up_after_the_time_limit(world: World) -> None:
    world.smq.faults = Faults(rule=lambda _request: Silence(60))
    with a_queue(world, world.smq.url, seconds=0.05) as queue:
        _fails_soon(queue)


@pytest.mark.parametrize(
    "ask",
    [
        lambda queue: queue.put(["x", "y"]),
        lambda queue: queue.delete([Message("1", "x", 0.0, "1-bm9uZQ==")]),
        lambda queue: queue.receive(),
    ],
    ids=["sending", "deleting", "receiving"],
)
def test_a_silent_server_is_asked_once(world: World, ask: Callable[[Queue], object]) -> None:
    """Five tries would take five times the time limit."""
    requests: list[Request] = []

    def silence(request: Request) -> Fault:
        requests.append(request)
        return Silence(60)

    world.smq.faults = Faults(rule=silence)
    with a_queue(world, world.smq.url, seconds=0.05) as queue, suppress(Unanswered):
        ask(queue)
    assert len(requests) == 1


def test_a_silent_server_over_https_is_given_up_in_time(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, tls = certificate(tmp_path)
    trust(monkeypatch, file, "SSL_CERT_FILE")
    silent = Faults(rule=lambda _request: Silence(60))
    with Smq(world.clock, ["backlog"], tls=tls, faults=silent) as smq, a_queue(world, smq.url, seconds=0.2) as queue:
        _fails_soon(queue)


def test_over_https_it_works(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, tls = certificate(tmp_path)
    trust(monkeypatch, file, "SSL_CERT_FILE")
    with Smq(world.clock, ["backlog"], tls=tls) as smq, a_queue(world, smq.url) as queue:
        assert queue.put(["x"]) == [None]


def test_an_untrusted_certificate_is_an_error(world: World, tmp_path: Path) -> None:
    _, tls = certificate(tmp_path)
    with (
        Smq(world.clock, ["backlog"], tls=tls) as smq,
        a_queue(world, smq.url) as queue,
        pytest.raises(Unanswered, match=r"(?i)certificate"),
    ):
        queue.receive()


def test_a_port_that_never_accepts_is_an_error(world: World) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with a_queue(world, url, seconds=0.05) as queue:
            _fails_soon(queue)


def test_times_are_seconds(world: World, queue: Queue) -> None:
    world.smq.queue("backlog").send("x")
    (message,) = queue.receive()
    assert isinstance(message, Message)
    assert (message.enqueued_at, message.visible_at) == (world.clock.now(), world.clock.now() + 30)


def _fails_soon(queue: Queue) -> None:
    began = time.monotonic()
    with pytest.raises(Unanswered):
        queue.receive()
    assert time.monotonic() - began < 10
