"""Answers that are not HTTP, or not from the right service: they become errors of the tree, and nothing is lost."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from raw_peer import raw_peer
from world import SITE, World, a_world, always, event, objects, record

from oss_cdn_refresh.model.errors import ConfigurationError, ConnectionFailed, Unaccounted
from oss_cdn_refresh.transport.session import Request, Session
from oss_cdn_refresh_box.wire.faults import Refusal

pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")  # oss2, on Python 3.12

WHERE = "oss://settings/config.yml"
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
NO_HTTP = {
    "nothing": b"",
    "a line end": b"\r\n",
    "no status line": b"hello\r\n\r\n",
    "a status line without a status": b"HTTP/1.1\r\n\r\n",
    "a status that is no number": b"HTTP/1.1 abc OK\r\n\r\n",
    "a negative status": b"HTTP/1.1 -20 OK\r\n\r\n",
    "a status of four digits": b"HTTP/1.1 2000 OK\r\n\r\n",
    "an endless status": b"HTTP/1.1 " + b"2" * 5_000 + b" OK\r\n\r\n",
    "a status line beyond any length": b"HTTP/1.1 200 " + b"x" * 70_000 + b"\r\n\r\n",
    "another protocol": b"SSH-2.0-OpenSSH_9.6\r\n",
    "a TLS alert": b"\x15\x03\x01\x00\x02\x02\x28",
    "HTTP/2": b"\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x80",
    "a version that is none": b"HTTP/9.9 200 OK\r\n\r\n",
    "a status line cut off": b"HTTP/1.1 20",
    "headers cut off": OK + b"Content-Length: 1",
    "101 Switching Protocols": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n",
    "103 Early Hints": b"HTTP/1.1 103 Early Hints\r\n\r\n" + OK + b"Content-Length: 2\r\n\r\n{}",
    "100 Continue and no more": b"HTTP/1.1 100 Continue\r\n\r\n" * 1_000,
    "more headers than anybody sends": OK + b"".join(b"X-%d: 1\r\n" % number for number in range(200)) + b"\r\n",
    "a header line beyond any length": OK + b"X: " + b"x" * 70_000 + b"\r\n\r\n",
    "a header section of megabytes": OK + b"X: 1\r\n" * 500_000 + b"\r\n",
    "chunk size -5": CHUNKED + b"-5\r\nhello\r\n0\r\n\r\n",
    "chunk size zz": CHUNKED + b"zz\r\nhello\r\n0\r\n\r\n",
    "an empty chunk size": CHUNKED + b"\r\n\r\n",
    "a chunk size in bytes beyond ASCII": CHUNKED + "\uff15\r\nhello\r\n0\r\n\r\n".encode(),
    "a chunk size with an underscore": CHUNKED + b"1_0\r\nhello\r\n",
    "a huge chunk size": CHUNKED + b"f" * 40 + b"\r\nhello",
    "a chunk size beyond any length": CHUNKED + b"0" * 70_000 + b"5\r\nhello\r\n0\r\n\r\n",
    "a chunk cut off": CHUNKED + b"10\r\nhello",
    "chunks without an end": CHUNKED + b"5\r\nhello\r\n",
    "a body cut off": OK + b"Content-Length: 1000\r\n\r\n{}",
    "two lengths": OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x",
}
ODD = {  # unusual HTTP, which may count as an answer or as none
    "a negative length": OK + b"Content-Length: -5\r\n\r\n{}",
    "a length that is no number": OK + b"Content-Length: abc\r\n\r\n{}",
    "a length of five thousand digits": OK + b"Content-Length: " + b"9" * 5_000 + b"\r\n\r\n{}",
    "a header without a colon": OK + b"nonsense\r\nContent-Length: 2\r\n\r\n{}",
    "a header without a name": OK + b": x\r\nContent-Length: 2\r\n\r\n{}",
    "a header that begins with a space": OK + b" folded\r\nContent-Length: 2\r\n\r\n{}",
    "headers of any bytes": OK + bytes(range(128, 256)) + b": \xff\xfe\r\nContent-Length: 2\r\n\r\n{}",
    "a NUL in a header": OK + b"X: \x00\r\nContent-Length: 2\r\n\r\n{}",
    "an encoding that the body has not": OK + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
    "an unknown encoding": OK + b"Content-Encoding: \xff\r\nContent-Length: 2\r\n\r\n{}",
    "an unknown transfer encoding": OK + b"Transfer-Encoding: zip\r\nContent-Length: 2\r\n\r\n{}",
    "a redirect to nowhere": b"HTTP/1.1 302 Found\r\nLocation: http://[::1\r\nContent-Length: 0\r\n\r\n",
    "a redirect in bytes that are no text": b"HTTP/1.1 302 Found\r\nLocation: \xff\xfe\r\nContent-Length: 0\r\n\r\n",
    "a cookie of any bytes": OK + b"Set-Cookie: \xff=\x01; expires=never; max-age=x\r\nContent-Length: 2\r\n\r\n{}",
    "a date that is none": OK + b"Date: yesterday\r\nContent-Length: 2\r\n\r\n{}",
    "a wish in bytes beyond ASCII": OK + "x-acs-retry-after: ²٣\r\nContent-Length: 2\r\n\r\n{}".encode(),
    "no content with content": b"HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n{}",
    "not modified": b"HTTP/1.1 304 Not Modified\r\n\r\n",
    "a body that is no text": OK + b"Content-Length: 3\r\n\r\n\xff\xfe\x00",
    "HTTP/0.9": b"<html></html>",
    "chunk extensions": CHUNKED + b"2;x=" + b"y" * 1_000 + b"\r\n{}\r\n0\r\n\r\n",
    "chunks of megabytes": CHUNKED + b"FFFFFF\r\n" + b"x" * 6_000_000,
    "many tiny chunks": CHUNKED + b"1\r\n \r\n" * 100_000,
}
ANSWERS = {**NO_HTTP, **ODD}

# Random combinations of pieces of answers
lines = st.sampled_from(
    [OK, b"HTTP/1.1 400 Bad\r\n", b"HTTP/1.0 503\r\n", b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 304 \r\n", b"HTTP/"]
)
headers = st.sampled_from(
    [
        b"Content-Length: 2\r\n",
        b"Content-Length: -1\r\n",
        b"Content-Length: 1e3\r\n",
        b"Content-Length: 99999999999999999999\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: gzip, chunked\r\n",
        b"Connection: close\r\n",
        b"Content-Encoding: br\r\n",
        b"Location: http://[\r\n",
        b"Set-Cookie: a=b; Domain=\x80\r\n",
        b"ETag: \xff\r\n",
        b"ETag: a\r\n b\r\n",
        b"Last-Modified: 1\r\n",
        b"x-oss-hash-crc64ecma: abc\r\n",
        b"x-oss-request-id: \x00\r\n",
        b"x-acs-retry-after: 9\r\n",
        b"Date: 0\r\n",
        b"\xe9: \xe9\r\n",
        b": \r\n",
    ]
)
bodies = st.sampled_from(
    [
        b"\r\n{}",
        b'\r\n{"RefreshTaskId": 1e999}',
        b'\r\n{"Code": "\\ud800", "Message": ["x"]}',
        b"\r\n<Message><MessageId>1</MessageId></Message>",
        b"\r\n<Error><Code>\xff</Code><Message>&#0;</Message></Error>",
        b"\r\n-5\r\n",
        b"\r\nzz\r\n",
        b"\r\n2\r\n{}\r\n",
        b"\r\n0\r\n\r\n",
        b"\r\n[[[[",
    ]
)
put_together = st.builds(
    lambda line, several, body, cut: (line + b"".join(several) + body)[: cut or None],
    lines,
    st.lists(headers, max_size=5),
    bodies | st.binary(max_size=40),
    st.sampled_from([0, 0, 0, 5, 20, 40]),
)
any_answers = put_together | st.binary(max_size=200)
many = settings(
    deadline=None,
    derandomize=True,
    max_examples=3 * settings().max_examples // 2,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("worlds")


def ask(url: str, seconds: float = 5) -> Any:
    return Session().send(lambda: Request("POST", f"{url}/", {}, b"body"), seconds)


def patient(world: World) -> None:
    """Make each wait as long as possible: if the clock did not move, the function would retry forever."""
    world.jitter = lambda _low, high: high


def accounted(world: World, count: int) -> None:
    """Check that every item is refreshed, in a queue, or in the log as unaccounted."""
    summary = world.line("summary")
    lost = sum(line["event"] == "unaccounted" for line in world.lines)
    assert summary["urls"] == count
    assert summary["refreshed"] + summary["deferred"] + summary["dead_lettered"] + lost == count


@pytest.mark.parametrize("answer", NO_HTTP.values(), ids=NO_HTTP)
def test_an_answer_that_is_not_http_is_a_failed_connection(answer: bytes) -> None:
    with raw_peer(lambda _: answer) as url, pytest.raises(ConnectionFailed):
        ask(url)


@pytest.mark.parametrize("answer", ODD.values(), ids=ODD)
def test_an_unusual_answer_is_an_answer_or_a_failed_connection(answer: bytes) -> None:
    with raw_peer(lambda _: answer) as url, suppress(ConnectionFailed):
        assert len(ask(url).body) < 5_000_000


@given(any_answers)
@many
def test_any_bytes_are_an_answer_or_a_failed_connection(answer: bytes) -> None:
    with raw_peer(lambda _: answer) as url, suppress(ConnectionFailed):
        ask(url)


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_the_item_is_accounted_for_after_any_answer_of_the_cdn(world: World, answer: bytes) -> None:
    patient(world)
    with raw_peer(lambda _: answer) as world.environ["CDN_ENDPOINT"]:
        world.invoke(event(record()))
    accounted(world, 1)


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_the_item_is_accounted_for_after_any_answer_of_smq(world: World, answer: bytes) -> None:
    world.cdn.faults = always(Refusal(400, "SystemBusy"))
    with raw_peer(lambda _: answer) as world.environ["SMQ_ENDPOINT"], pytest.raises(Unaccounted):
        world.invoke(event(record()))
    accounted(world, 1)


@given(any_answers)
@many
def test_every_item_is_accounted_for_after_random_bytes_from_the_cdn(folder: Path, answer: bytes) -> None:
    with a_world(folder) as world, raw_peer(lambda _: answer) as world.environ["CDN_ENDPOINT"]:
        patient(world)
        with suppress(Unaccounted):
            world.invoke(objects(3))
        accounted(world, 3)


@given(any_answers)
@many
def test_every_item_is_accounted_for_after_random_bytes_from_smq(folder: Path, answer: bytes) -> None:
    with a_world(folder) as world, raw_peer(lambda _: answer) as world.environ["SMQ_ENDPOINT"]:
        world.cdn.faults = always(Refusal(400, "SystemBusy"))
        with suppress(Unaccounted):
            world.invoke(objects(3))
        accounted(world, 3)


# The configuration in OSS


GOOD = yaml.safe_dump({"sites": [SITE]}).encode()


def from_oss(*several: bytes, body: bytes = GOOD) -> bytes:
    """An answer like OSS's, with these headers."""
    lines = b"".join(header + b"\r\n" for header in (b"Content-Length: %d" % len(body), *several))
    return OK + lines + b"\r\n" + body


SPOILT = {
    "a date that is none": from_oss(b"Last-Modified: yesterday"),
    "a checksum that is no number": from_oss(b"x-oss-hash-crc64ecma: abc"),
    "a checksum that is wrong": from_oss(b"x-oss-hash-crc64ecma: 1"),
    "a checksum beyond any number": from_oss(b"x-oss-hash-crc64ecma: " + b"9" * 5_000),
    "a length that is no number": from_oss().replace(b"Length: ", b"Length: x"),
    "a page of somebody else": from_oss(body=b"<html><body>Please log in</body></html>"),
    "an error that is not OSS's": b"HTTP/1.1 403 Forbidden\r\nContent-Length: 6\r\n\r\n\xff\xfe\x00<a>",
    "a redirect": b"HTTP/1.1 302 Found\r\nLocation: http://[\r\nContent-Length: 0\r\n\r\n",
    "an error without a code": b"HTTP/1.1 500 Oops\r\nContent-Length: 15\r\n\r\n<Error></Error>",
    "half an error": b"HTTP/1.1 500 Oops\r\nContent-Length: 12\r\n\r\n<Error><Code",
}


@pytest.mark.parametrize("answer", {**SPOILT, **ANSWERS}.values(), ids={**SPOILT, **ANSWERS})
def test_the_last_good_configuration_stays_after_a_broken_answer_of_oss(world: World, answer: bytes) -> None:
    answers = [from_oss(b'ETag: "1"'), answer]
    with raw_peer(lambda _: answers[0]) as endpoint:
        world.environ |= {"REFRESH_CONFIG": WHERE, "OSS_ENDPOINT": endpoint}
        assert world.invoke(event(record()))["refreshed"] == 1
        answers.pop(0)
        world.clock.advance(61)
        assert world.invoke(event(record()))["refreshed"] == 1
    kept = [line["level"] for line in world.lines if line["event"] == "configuration_kept"]
    assert kept == ([] if b" 304 " in answer else ["WARNING"])


@pytest.mark.parametrize("answer", {**SPOILT, **ANSWERS}.values(), ids={**SPOILT, **ANSWERS})
def test_a_broken_first_answer_of_oss_is_a_configuration_error(world: World, answer: bytes) -> None:
    with raw_peer(lambda _: answer) as endpoint:
        world.environ |= {"REFRESH_CONFIG": WHERE, "OSS_ENDPOINT": endpoint}
        with pytest.raises(ConfigurationError, match=r"^.+: .+: .+: .+$"):
            world.invoke(event(record()))
    assert world.cdn.calls == []


@given(any_answers)
@example(from_oss(b"ETag: a\r\n b"))
@many
def test_after_any_answer_of_oss_the_last_good_configuration_is_used(folder: Path, answer: bytes) -> None:
    answers = [from_oss(b'ETag: "1"'), answer, answer]
    with a_world(folder) as world, raw_peer(lambda _: answers.pop(0)) as endpoint:
        world.environ |= {"REFRESH_CONFIG": WHERE, "OSS_ENDPOINT": endpoint}
        world.deploy()
        while answers:
            assert world.invoke(event(record()))["refreshed"] == 1
            world.clock.advance(61)


@pytest.mark.parametrize("tag", [b"a\r\n b", b"\xff", b"x" * 1_000, b'"1" "2"', b""])
def test_an_etag_that_cannot_be_sent_back_does_not_stop_later_changes(world: World, tag: bytes) -> None:
    changed = yaml.safe_dump({"sites": [{**SITE, "exclude": ["*"]}]}).encode()
    answers = [from_oss(b"ETag: " + tag), from_oss(b'ETag: "2"', body=changed)]
    with raw_peer(lambda _: answers.pop(0)) as endpoint:
        world.environ |= {"REFRESH_CONFIG": WHERE, "OSS_ENDPOINT": endpoint}
        assert world.invoke(event(record()))["refreshed"] == 1
        world.clock.advance(61)
        assert world.invoke(event(record()))["ignored"] == {"excluded": 1}
