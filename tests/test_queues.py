"""The backlog and the dead letters: no item is lost while the queues work, and each loss is visible when they fail."""

import itertools
import json
import socket
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
from certificates import certificate, trust
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mns.account import Account
from mns.queue import Message as SdkMessage
from world import NOON, SITE, World, a_world, always, backlog_record, event, objects, record, url

from oss_cdn_refresh.model.effects import Effects, timestamp
from oss_cdn_refresh.model.errors import ConfigurationError, Unaccounted
from oss_cdn_refresh.model.time_budget import TimeBudget
from oss_cdn_refresh.queueing.messages import Message, groups, request_body
from oss_cdn_refresh.queueing.smq import Queue
from oss_cdn_refresh.transport.credentials import Credentials
from oss_cdn_refresh.transport.session import Session
from oss_cdn_refresh_box.cdn import Quota
from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.smq.service import Smq
from oss_cdn_refresh_box.wire.faults import Dripped, Fault, Faults, Lost, Refusal
from oss_cdn_refresh_box.wire.serving import Drip, Request, Reset, Response, Server, Silence

BACKLOG = "BACKLOG_QUEUE"
DEAD_LETTERS = "DEAD_LETTER_QUEUE"
GOOD, LATER, BAD = url("good.jpg"), url("later.jpg"), url("bad.jpg")
BROKEN = {"no": "record"}


def three_results(world: World) -> list[object]:
    """An event with one item that is refreshed, one deferred, one dead-lettered, and one unreadable record."""
    world.configure({**SITE, "spellings": "browser"}, limits={"urls_per_call": 1})

    def rule(request: Request) -> Fault:
        path = request.form["ObjectPath"]
        if LATER in path:
            return Refusal(503, "Throttling", headers={"x-acs-retry-after": "20000"})
        return Refusal(400, "InvalidObjectPath.Malformed") if BAD in path else None

    world.cdn.faults = Faults(rule=rule)
    return [BROKEN, *(json.loads(event(record(f"{name}.jpg"))) for name in ("later", "bad", "good"))]


def fails(queue: str, fault: Fault) -> Faults:
    """Faults for each request to one of the queues."""
    return Faults(rule=lambda _request: fault, where=lambda request: request.path == f"/queues/{queue}/messages")


def unaccounted(world: World) -> set[str]:
    """The unaccounted items and records in the log."""
    lines = [line for line in world.lines if line["event"] == "unaccounted"]
    assert {line["level"] for line in lines} <= {"ERROR"}
    return {line.get("url") or line["payload"] for line in lines}


# One queue fails


DOWN = {
    "not there": Refusal(404, "QueueNotExist", "The queue name you provided is not exist."),
    "no right": Refusal(403, "AccessDenied", "Denied by RAM."),
    "broken": Refusal(500, "InternalServerError"),
    "busy": Refusal(503, "ServiceUnavailable"),
    "an HTML 502": Response(502, b"<html>Bad Gateway</html>"),
    "an empty 200": Response(200),
    "an odd 201": Response(201, b"<Message/>"),
    "a redirect": Response(302, b"", {"Location": "http://127.0.0.1:9/"}),
    "reset": Reset(),
    "bytes that are no text": Response(400, b"\xff\xfe<Code>\xff</Code>"),
}


@pytest.mark.parametrize("fault", DOWN.values(), ids=DOWN)
def test_without_a_backlog_every_other_item_is_settled_before_the_handler_raises(world: World, fault: Fault) -> None:
    changes = three_results(world)
    world.smq.faults = fails("backlog", fault)
    with pytest.raises(Unaccounted):
        world.invoke(changes)
    assert world.cdn.accepted == {("File", GOOD)}
    assert [dead_letter.get("urls", dead_letter.get("payload")) for dead_letter in world.dead_letters] == [
        json.dumps(BROKEN),
        [BAD],
    ]
    assert world.backlog == []
    assert unaccounted(world) == {LATER}


@pytest.mark.parametrize("fault", DOWN.values(), ids=DOWN)
def test_without_a_dead_letter_queue_every_other_item_is_settled_before_the_handler_raises(
    world: World, fault: Fault
) -> None:
    changes = three_results(world)
    world.smq.faults = fails("dead-letters", fault)
    with pytest.raises(Unaccounted):
        world.invoke(changes)
    assert world.cdn.accepted == {("File", GOOD)}
    assert [message["urls"] for message in world.backlog] == [[LATER]]
    assert world.dead_letters == []
    assert unaccounted(world) == {BAD, json.dumps(BROKEN)}


@pytest.mark.parametrize(("variable", "lost"), [(BACKLOG, {LATER}), (DEAD_LETTERS, {BAD, json.dumps(BROKEN)})])
@pytest.mark.parametrize("value", ["", None], ids=["empty", "unset"])
def test_without_the_name_of_a_queue_its_items_are_unaccounted(
    world: World, variable: str, lost: set[str], value: str | None
) -> None:
    changes = three_results(world)
    del world.environ[variable]
    world.environ |= {variable: value} if value is not None else {}
    with pytest.raises(Unaccounted, match=variable):
        world.invoke(changes)
    assert unaccounted(world) == lost


@pytest.mark.parametrize("variable", [BACKLOG, DEAD_LETTERS])
def test_a_queue_is_needed_only_when_an_item_needs_it(world: World, variable: str) -> None:
    del world.environ[variable]
    assert world.invoke(event(record()))["refreshed"] == 1


def test_an_unreachable_smq_makes_items_unaccounted(world: World) -> None:
    changes = three_results(world)
    world.smq.close()
    with pytest.raises(Unaccounted):
        world.invoke(changes)
    assert world.cdn.accepted == {("File", GOOD)}
    assert unaccounted(world) == {LATER, BAD, json.dumps(BROKEN)}


def test_a_missing_endpoint_of_smq_is_named_in_the_error(world: World) -> None:
    del world.environ["SMQ_ENDPOINT"]
    world.context.account_id = ""
    world.cdn.suspended = "InvalidParameter"
    with pytest.raises(Unaccounted, match="SMQ_ENDPOINT"):
        world.invoke(event(record()))


@pytest.mark.parametrize("endpoint", ["not a url", "https://", "https://user:secret@host", "ftp://host"])
def test_an_endpoint_that_is_not_a_base_url_is_an_error_before_any_call(world: World, endpoint: str) -> None:
    world.environ["SMQ_ENDPOINT"] = endpoint
    with pytest.raises(ConfigurationError, match="SMQ_ENDPOINT"):
        world.invoke(event(record()))
    assert world.cdn.calls == []


def test_the_summary_is_written_before_the_raise(world: World) -> None:
    changes = three_results(world)
    world.smq.faults = fails("backlog", Reset())
    with pytest.raises(Unaccounted):
        world.invoke(changes)
    summary = world.lines[-1]
    assert summary["event"] == "summary"
    assert {name: summary[name] for name in ("urls", "refreshed", "deferred", "dead_lettered", "unreadable")} == {
        "urls": 3,
        "refreshed": 1,
        "deferred": 0,
        "dead_lettered": 1,
        "unreadable": 1,
    }


def test_each_unaccounted_item_has_a_line_of_its_own(world: World) -> None:
    world.cdn.suspended = "InvalidParameter"
    world.smq.faults = fails("dead-letters", Refusal(404, "QueueNotExist"))
    with pytest.raises(Unaccounted):
        world.invoke(objects(50))
    assert unaccounted(world) == {url(f"{number}.jpg") for number in range(50)}


def test_a_queue_that_does_not_exist_is_called_once(world: World) -> None:
    world.configure(SITE, limits={"urls_per_call": 1})
    world.cdn.faults = Faults(*[Refusal(400, f"InvalidParameter.{number}") for number in range(40)])
    world.smq.faults = fails("dead-letters", Refusal(404, "QueueNotExist"))
    with pytest.raises(Unaccounted):
        world.invoke(objects(40))
    assert len(world.smq.calls) == 1


# Order


def test_unreadable_records_are_stored_before_the_first_call(world: World) -> None:
    put_away: list[int] = []
    world.cdn.subscribers.append(lambda _refresh: put_away.append(len(world.dead_letters)))
    world.invoke([BROKEN, json.loads(event(record()))])
    assert put_away == [1]


def test_many_unreadable_records_share_requests(world: World) -> None:
    summary = world.invoke([{"no": number} for number in range(160)])
    assert summary["unreadable"] == len(world.dead_letters) == 160
    assert len(world.smq.calls) <= 20


# Transient failures


PASSING = {
    "a 503": Refusal(503, "ServiceUnavailable"),
    "a 500": Refusal(500, "InternalServerError"),
    "too many queries": Refusal(400, "QpsLimitExceeded"),
    "an HTML 502": Response(502, b"<html></html>"),
    "an empty answer": Response(201),
    "a reset": Reset(),
    "a lost answer": Lost(),
}


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_a_message_is_sent_again_until_smq_takes_it(world: World, fault: Fault) -> None:
    world.cdn.suspended = "InvalidParameter"
    world.smq.faults.add(fault, fault)
    assert world.invoke(event(record()))["dead_lettered"] == 1
    assert world.dead_letters[-1]["urls"] == [url()]


def test_a_slow_answer_within_the_time_limit_counts(world: World) -> None:
    world.cdn.suspended = "InvalidParameter"
    world.smq.faults.add(Dripped(0.0001))
    assert world.invoke(event(record()))["dead_lettered"] == 1
    assert len(world.dead_letters) == 1


def many_messages(world: World, count: int) -> list[object]:
    """An event with this many items that are dead-lettered, each in its own message."""
    world.cdn.suspended = "InvalidParameter"
    return [backlog_record(url(f"{number}.jpg"), number=number) for number in range(count)]


def test_small_messages_share_requests(world: World) -> None:
    summary = world.invoke(many_messages(world, 40))
    assert summary["dead_lettered"] == len(world.dead_letters) == 40
    assert [call.action for call in world.smq.calls] == ["BatchSendMessage"] * 3


def test_the_failed_messages_of_a_batch_are_sent_again(world: World) -> None:
    failed: set[str] = set()

    def spoil(body: str) -> str | None:
        number = json.loads(body)["number"]
        if number % 3 or body in failed:
            return None
        failed.add(body)
        return "InternalServerError"

    with partly_failing(world, spoil):
        assert world.invoke(many_messages(world, 16))["dead_lettered"] == 16
    assert sorted(dead_letter["number"] for dead_letter in world.dead_letters) == list(range(16))


def test_a_message_that_smq_never_takes_does_not_affect_the_others_of_its_batch(world: World) -> None:
    def spoil(body: str) -> str | None:
        return "InternalServerError" if json.loads(body)["number"] == 7 else None

    def alone(request: Request) -> Fault:
        return Refusal(500, "InternalServerError") if b"<Messages" not in request.body else None

    with partly_failing(world, spoil) as smq:
        smq.faults = Faults(rule=alone)
        with pytest.raises(Unaccounted):
            world.invoke(many_messages(world, 16))
    assert sorted(dead_letter["number"] for dead_letter in world.dead_letters) == [n for n in range(16) if n != 7]
    assert unaccounted(world) == {url("7.jpg")}


@pytest.mark.parametrize("code", ["InvalidArgument", "MalformedXML"])
def test_a_batch_that_is_refused_for_one_of_its_messages_is_sent_one_by_one(world: World, code: str) -> None:
    def rule(request: Request) -> Fault:
        return Refusal(400, code) if b"/7.jpg" in request.body else None

    world.smq.faults = Faults(rule=rule)
    with pytest.raises(Unaccounted):
        world.invoke(many_messages(world, 20))
    assert sorted(dead_letter["number"] for dead_letter in world.dead_letters) == [n for n in range(20) if n != 7]
    assert unaccounted(world) == {url("7.jpg")}


def partly_failing(world: World, spoil: object) -> Smq:
    """An SMQ for the world that refuses single messages of a batch."""
    world.smq = Smq(world.clock, ["backlog", "dead-letters"], spoil=lambda _queue, body: spoil(body))
    world.environ["SMQ_ENDPOINT"] = world.smq.url
    return world.smq


# Time


@pytest.mark.load
def test_a_queue_without_an_answer_does_not_block_the_function_beyond_its_timeout(world: World) -> None:
    """The other queue is still called."""
    changes = three_results(world)
    world.in_real_time(timeout=4)
    world.smq.faults = fails("dead-letters", Silence())
    before = time.monotonic()
    with pytest.raises(Unaccounted):
        world.invoke(changes)
    assert time.monotonic() - before < 3
    put_back = {found for message in world.backlog for found in message["urls"]}
    refreshed = {found for _type, found in world.cdn.accepted}
    assert put_back | refreshed | unaccounted(world) == {GOOD, LATER, BAD, json.dumps(BROKEN)}
    assert {GOOD, LATER} <= put_back | refreshed


@pytest.fixture
def silent_port() -> Iterator[int]:
    """The port of a server that accepts connections and never sends a byte, not even for a TLS handshake."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_peer_without_an_answer_does_not_block_the_function_beyond_its_timeout(
    world: World, silent_port: int, scheme: str
) -> None:
    world.in_real_time(timeout=3)
    world.environ["SMQ_ENDPOINT"] = f"{scheme}://127.0.0.1:{silent_port}"
    world.cdn.suspended = "InvalidParameter"
    before = time.monotonic()
    with pytest.raises(Unaccounted):
        world.invoke(event(record()))
    assert time.monotonic() - before < 2
    assert unaccounted(world) == {url()}


@pytest.mark.load
def test_a_cdn_without_an_answer_over_https_defers_all_items(world: World, silent_port: int) -> None:
    world.in_real_time(timeout=3)
    world.environ["CDN_ENDPOINT"] = f"https://127.0.0.1:{silent_port}"
    before = time.monotonic()
    assert world.invoke(event(record()))["deferred"] == 1
    assert time.monotonic() - before < 2


def test_a_queue_over_https_takes_messages(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trusted, tls = certificate(tmp_path)
    trust(monkeypatch, trusted)
    world.cdn.suspended = "InvalidParameter"
    with Smq(world.clock, ["dead-letters"], tls=tls) as smq:
        world.environ["SMQ_ENDPOINT"] = smq.url
        assert world.invoke(event(record()))["dead_lettered"] == 1
        assert len(smq.queue("dead-letters").messages()) == 1


def longest_pauses(world: World) -> None:
    world.jitter = lambda _low, high: high


def test_pauses_of_the_queues_have_their_own_time_budget(world: World) -> None:
    longest_pauses(world)
    world.cdn.faults = always(Refusal(503, "Throttling"))
    world.smq.faults = Faults(rule=lambda _request: Refusal(503, "ServiceUnavailable"))
    with pytest.raises(Unaccounted):
        world.invoke(event(record()))
    assert world.clock.moved <= 10 + 3


def test_a_failing_dead_letter_queue_uses_no_waiting_time_of_a_good_change(world: World) -> None:
    """The CDN asks to wait for nearly all the waiting time of an invocation, and then accepts."""
    longest_pauses(world)
    world.smq.faults = fails("dead-letters", Refusal(500, "InternalServerError"))
    world.cdn.faults = Faults(Refusal(503, "Throttling", headers={"x-acs-retry-after": "9900"}))
    with pytest.raises(Unaccounted):
        world.invoke([*({"no": number} for number in range(100)), json.loads(event(record()))])
    assert world.cdn.accepted == {("File", url())}
    assert [call.at - NOON for call in world.refreshes] == pytest.approx([0, 9.9])
    assert len(unaccounted(world)) == 100


@pytest.mark.parametrize("timeout", [2, 3, 6])
def test_pauses_of_a_queue_never_use_up_the_time_of_a_call(world: World, timeout: int) -> None:
    longest_pauses(world)
    world.context.function.timeout = timeout
    world.smq.faults = fails("dead-letters", Reset())
    with pytest.raises(Unaccounted):
        world.invoke([BROKEN, json.loads(event(record()))])
    assert [call.at for call in world.refreshes] == [NOON]


def test_a_failed_queue_is_not_called_again_in_the_invocation(world: World) -> None:
    """Even if more has to be stored, it costs only 4 attempts and their pauses."""
    longest_pauses(world)
    world.smq.faults = fails("dead-letters", Refusal(503, "ServiceUnavailable"))
    with pytest.raises(Unaccounted):
        world.invoke(many_messages(world, 400))
    assert len(world.smq.calls) == 4
    assert world.clock.moved == pytest.approx(0.2 + 0.4 + 0.8)
    assert len(unaccounted(world)) == 400


def test_a_queue_with_occasional_failures_costs_at_most_three_seconds_of_waiting(world: World) -> None:
    longest_pauses(world)
    failing = itertools.cycle([Refusal(503, "ServiceUnavailable"), Refusal(503, "ServiceUnavailable"), None])
    world.smq.faults = Faults(rule=lambda _request: next(failing))
    assert world.invoke(many_messages(world, 400))["dead_lettered"] == 400
    assert world.clock.moved == pytest.approx(3)


def test_unreadable_records_refused_by_a_failing_queue_are_stored_at_the_end(world: World) -> None:
    world.smq.faults = Faults(*[Refusal(503, "ServiceUnavailable")] * 2)
    summary = world.invoke([*({"no": number} for number in range(100)), json.loads(event(record()))])
    assert (summary["refreshed"], summary["unreadable"], len(world.dead_letters)) == (1, 100, 100)


def test_a_failing_queue_does_not_affect_the_other_queue(world: World) -> None:
    longest_pauses(world)
    changes = three_results(world)
    world.smq.faults = fails("dead-letters", Refusal(500, "InternalServerError"))
    with pytest.raises(Unaccounted):
        world.invoke(changes)
    assert [message["urls"] for message in world.backlog] == [[LATER]]


@pytest.mark.parametrize("timeout", [60, pytest.param(120, marks=pytest.mark.load)])
@pytest.mark.parametrize(
    "of_a_request", [pytest.param(0.005, marks=pytest.mark.load), 0.02, pytest.param(0.05, marks=pytest.mark.load)]
)
def test_the_calls_end_in_time_for_storing_ten_thousand_different_messages(
    world: World, timeout: int, of_a_request: float
) -> None:
    """No call gets an answer, and each item has a different history."""
    longest_pauses(world)
    world.context.function.timeout = timeout
    world.configure(SITE, limits={"urls_per_minute_per_domain": 100_000})

    def silent(_request: Request) -> Fault:
        world.clock.advance(5)
        return Reset()

    world.cdn.faults = Faults(rule=silent)
    world.smq.faults = Faults(rule=lambda _request: world.clock.advance(of_a_request))
    messages = [
        backlog_record(url(f"{number}.jpg"), first_seen=timestamp(NOON - 20_000 + number)) for number in range(10_000)
    ]
    summary = world.invoke(messages)
    assert (summary["deferred"], len(world.backlog)) == (10_000, 10_000)
    assert world.refreshes
    assert world.clock.moved <= timeout - 1


def test_calls_that_are_accepted_give_their_time_back(world: World) -> None:
    """A refreshed item needs no time for storing."""
    world.configure(SITE, limits={"urls_per_minute_per_domain": 100_000})
    world.cdn.quota = Quota(urls=100_000)
    world.cdn.faults = Faults(rule=lambda _request: world.clock.advance(3))
    messages = [
        backlog_record(url(f"{number}.jpg"), first_seen=timestamp(NOON - 20_000 + number)) for number in range(10_000)
    ]
    assert world.invoke(messages)["refreshed"] == 10_000


# Size


def bodies_sent(world: World) -> list[bytes]:
    """A list that collects the bodies of all later requests to SMQ."""
    bodies: list[bytes] = []

    def note(request: Request) -> Fault:
        bodies.append(request.body)
        return None

    world.smq.faults = Faults(rule=note)
    return bodies


def messages_in(body: bytes) -> int:
    return body.count(b"<MessageBody>")


def test_many_deferred_urls_are_requests_of_64_kilobytes_at_most(world: World) -> None:
    bodies = bodies_sent(world)
    world.cdn.faults = always(Refusal(400, "SystemBusy"))
    world.configure(SITE, limits={"urls_per_minute_per_domain": 10_000})
    summary = world.invoke(event(*(record(f"pictures/of/the/day/{number}.jpg") for number in range(1_500))))
    assert summary["deferred"] == sum(len(message["urls"]) for message in world.backlog) == 1_500
    assert max(map(len, bodies)) <= 65_536
    assert len(bodies) == 2


texts = st.text(st.sampled_from('ab"&<>\\\u957f\U0001f642\n'), max_size=60)
sizes = st.sampled_from([1, 1, 1, 5, 40, 400])


@given(st.lists(st.tuples(texts, sizes, st.integers(0, 2), st.booleans()), min_size=1, max_size=40))
@settings(
    max_examples=3 * settings().max_examples // 5,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_no_request_is_larger_than_smq_takes_and_nothing_is_lost(
    tmp_path_factory: pytest.TempPathFactory, given: list[tuple[str, int, int, bool]]
) -> None:
    """URLs, unknown fields and unreadable records of all sizes and characters need as few requests as possible."""
    with a_world(tmp_path_factory.mktemp("world")) as world:
        world.cdn.suspended = "OperationDenied"
        bodies = bodies_sent(world)
        incoming: list[Any] = []
        for number, (text, size, attempts, readable) in enumerate(given):
            found = url(f"{number}{text}")[:2_000]
            many = [found + str(each) for each in range(size)]
            incoming.append(
                backlog_record(*many, owner=text * size, attempts=attempts) if readable else {"no": text * size * 20}
            )
        items = {(found) for message in incoming for found in message.get("urls", ())}
        summary = world.invoke(incoming)
        stored = {found for message in world.backlog + world.dead_letters for found in message.get("urls", ())}
        assert stored == items
        assert summary["unreadable"] == sum(not readable for *_, readable in given)
        assert max(map(len, bodies)) <= 65_536


@given(st.lists(st.tuples(texts, st.integers(1, 900)), min_size=2, max_size=60))
def test_messages_share_requests_if_they_fit(given: list[tuple[str, int]]) -> None:
    letters = [Message(json.dumps(f"{text}x" * size)[:9_000], (), 60) for text, size in given]
    shared = list(groups(letters))
    assert [entry.letter for group in shared for entry in group] == letters
    for group, following in zip(shared, [*shared[1:], []], strict=True):
        assert len(request_body(group)) <= 65_536
        if following:
            assert len(group) == 16 or len(request_body([*group, following[0]])) > 65_536


# Answers of SMQ


def test_a_very_long_code_and_message_of_smq_are_cut(world: World) -> None:
    page = f"<Error><Code>{'X' * 30_000}</Code><Message>{'y' * 30_000}</Message></Error>"
    world.smq.faults = fails("dead-letters", Response(403, page.encode()))
    with pytest.raises(Unaccounted) as caught:
        world.invoke([BROKEN])
    assert len(world.line("unaccounted")["reason"]) <= 700
    assert len(str(caught.value)) <= 1_000


def test_an_endless_answer_of_smq_counts_as_no_answer(world: World) -> None:
    results = "<MessageId>1</MessageId>" * 100_000
    world.smq.faults = fails("dead-letters", Response(201, results.encode()))
    with pytest.raises(Unaccounted, match="not SMQ's"):
        world.invoke([BROKEN])


# On the wire


BODIES = ["{}", '{"kind": "oss-cdn-refresh/backlog"}', '<a href="x">&amp; \' > \\u4e2d', "x" * 5_000]


def taken(count: int) -> bytes:
    """SMQ's answer to this many messages."""
    one = "<Message><MessageId>1</MessageId><MessageBodyMD5>2</MessageBodyMD5></Message>"
    inside = one if count == 1 else f"<Messages>{one * count}</Messages>"
    return f'<?xml version="1.0"?>{inside}'.replace(
        "<Messages>", '<Messages xmlns="http://mns.aliyuncs.com/doc/v1/">'
    ).encode()


@pytest.mark.parametrize("token", ["", "CAIS+token/with=signs"], ids=["key", "STS"])
@pytest.mark.parametrize(
    "letters",
    [
        *([Message(body, (), delay)] for body, delay in zip(BODIES, (0, 60, 604_800, 1), strict=True)),
        [Message(body, (), 60 * number) for number, body in enumerate(BODIES)],
        [Message("{}", ())] * 16,
    ],
    ids=["small", "delayed", "marked up", "large", "a batch", "a full batch"],
)
def test_requests_are_the_same_as_those_of_the_official_sdk(letters: list[Message], token: str) -> None:
    """With equal credentials in the same second, method, path, body and signature are equal."""
    seen: list[Request] = []

    def app(request: Request) -> Response:
        seen.append(request)
        return Response(201, taken(len(letters)), {"x-mns-request-id": "1"})

    with Server(app) as server:
        account = Account(server.url, "AK", "SECRET", token)
        queue = account.get_queue("backlog")
        queue.set_encoding(False)
        messages = [SdkMessage(one.body, one.delay) for one in letters]
        if len(messages) == 1:
            queue.send_message(messages[0])
        else:
            queue.batch_send_message(messages)
        account.mns_client.close_connection()
        clock = Clock(parsedate_to_datetime(seen[0].headers["Date"]).timestamp())
        effects = Effects(clock.now, clock.now, clock.sleep, lambda low, _high: low)
        ours = Queue(
            server.url,
            "backlog",
            lambda: Credentials("AK", "SECRET", token),
            Session(),
            effects,
            TimeBudget(60, effects),
            variable=BACKLOG,
        )
        assert [sent.refusal for sent in ours.send(letters)] == [None] * len(letters)
    official, own = seen
    assert (own.method, own.path, own.query, own.body) == (
        official.method,
        official.path,
        official.query,
        official.body,
    )
    for name in ("content-md5", "content-type", "date", "x-mns-version", "authorization", "security-token"):
        assert own.headers.get(name) == official.headers.get(name), name


def test_smq_stores_a_message_unchanged(world: World) -> None:
    """A message with any untrusted input is received as it was sent."""
    strange = "<&>\"' ]]> \u2028 \x00 \ud800 長 😀"
    world.invoke([{"strange": strange}])
    assert json.loads(world.dead_letters[0]["payload"]) == {"strange": strange}


def test_the_date_of_a_request_comes_from_the_functions_clock(world: World) -> None:
    dates: list[str] = []

    def note(request: Request) -> Fault:
        dates.append(request.headers["Date"])
        return None

    world.smq.faults = Faults(rule=note)
    world.invoke([BROKEN])
    assert parsedate_to_datetime(dates[0]).timestamp() == NOON


def test_a_very_slow_answer_does_not_block_the_function_beyond_its_timeout(world: World) -> None:
    world.in_real_time(timeout=3)
    world.cdn.suspended = "InvalidParameter"
    world.smq.faults = fails("dead-letters", Drip(Response(201, b" " * 10_000), 0.01))
    before = time.monotonic()
    with pytest.raises(Unaccounted):
        world.invoke(event(record()))
    assert time.monotonic() - before < 2


@pytest.mark.load
def test_a_queue_without_an_answer_for_unreadable_records_leaves_time_for_calls(world: World) -> None:
    """Every other item is settled first, also with a short timeout."""
    world.in_real_time(6)
    with Server(lambda _: Silence(6)) as silent:
        world.environ["SMQ_ENDPOINT"] = silent.url
        with pytest.raises(Unaccounted):
            world.invoke(["junk", json.loads(event(record()))])
    assert world.cdn.accepted == {("File", url())}


def test_unreadable_records_are_stored_after_the_calls_if_half_of_their_time_is_over(world: World) -> None:
    """The queue is slow: records that are not stored early are stored at the end, and none is lost."""
    world.smq.faults = Faults(rule=lambda _: world.clock.advance(1))
    world.context.function.timeout = 6
    summary = world.invoke([*(f"junk {number}" for number in range(60)), json.loads(event(record()))])
    (refresh,) = world.refreshes
    assert (summary["refreshed"], refresh.at - NOON, len(world.dead_letters)) == (1, 3, 60)


def test_the_bodies_of_one_request_have_64_kilobytes_at_most(world: World) -> None:
    """SMQ refuses a larger batch as a whole, so no such request is made."""
    world.cdn.suspended = "InvalidParameter"
    messages = [backlog_record(url(f"{number}.jpg"), number=number, owner="x" * 20_000) for number in range(12)]
    assert world.invoke(messages)["dead_lettered"] == len(world.dead_letters) == 12
    assert {call.code for call in world.smq.calls} == {""}
    assert len(world.smq.calls) <= 6
