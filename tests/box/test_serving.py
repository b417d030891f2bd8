"""The stand-ins' HTTP server: what is not a whole request is none."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from certificates import certificate, trust

from oss_cdn_refresh.transport.session import Request as Sent
from oss_cdn_refresh.transport.session import Session
from oss_cdn_refresh_box.wire.serving import Request, Response, Server


class Seen(list[Request]):
    """The requests that arrived."""

    def __call__(self, request: Request) -> Response:
        """Answer with the body."""
        self.append(request)
        return Response(200, request.body)


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def server(seen: Seen) -> Iterator[Server]:
    with Server(seen) as server:
        yield server


def say(server: Server, *parts: bytes) -> bytes:
    """What the server answers until it closes the connection, or the client has nothing more to say."""
    answer = b""
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
        for part in parts:
            connection.sendall(part)
        connection.shutdown(socket.SHUT_WR)
        while more := connection.recv(65_536):
            answer += more
    return answer


HEAD = b"PUT /bucket/key HTTP/1.1\r\nHost: x\r\n"


def test_a_body_longer_than_its_length_is_cut_there(server: Server, seen: Seen) -> None:
    """What follows is read as the next request, and is none."""
    say(server, HEAD + b"Content-Length: 3\r\n\r\nabcdefgh\r\n")
    assert [request.body for request in seen] == [b"abc"]


def test_a_body_shorter_than_its_length_is_not_handled(server: Server, seen: Seen) -> None:
    assert say(server, HEAD + b"Content-Length: 30\r\n\r\nabc") == b""
    assert seen == []


def test_a_body_in_chunks_that_breaks_off_is_not_handled(server: Server, seen: Seen) -> None:
    assert say(server, HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab") == b""
    assert seen == []


@pytest.mark.parametrize("length", [b"-1", b"+3", b"1_0", b"abc", b"3.0", b"0x3", b"\xb2"])
def test_a_length_that_is_not_a_number_is_refused(server: Server, seen: Seen, length: bytes) -> None:
    assert say(server, HEAD + b"Content-Length: " + length + b"\r\n\r\nabc").startswith(b"HTTP/1.1 400 ")
    assert seen == []


@pytest.mark.parametrize("size", [b"-5", b"zz", b"", b"1_0"])
def test_a_chunk_whose_size_is_not_a_number_is_refused(server: Server, seen: Seen, size: bytes) -> None:
    head = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    assert say(server, head + size + b"\r\nabcde\r\n0\r\n\r\n").startswith(b"HTTP/1.1 400 ")
    assert seen == []


def test_a_body_in_chunks_is_put_together(server: Server, seen: Seen) -> None:
    chunks = b"3;name=value\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n"
    say(server, HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunks)
    assert [request.body for request in seen] == [b"abc0123456789"]


def test_a_client_that_expects_100_gets_100_continue(server: Server, seen: Seen) -> None:
    head = HEAD + b"Content-Length: 3\r\nExpect: 100-continue\r\n\r\n"
    answer = say(server, head, b"abc")
    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 ")
    assert [request.body for request in seen] == [b"abc"]


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS", "PATCH"])
def test_every_method_reaches_the_service(server: Server, seen: Seen, method: str) -> None:
    say(server, f"{method} / HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert [request.method for request in seen] == [method]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_answers_are_sent_without_nagles_algorithm(
    seen: Seen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    """With it, an answer in two writes waits 40 ms for the delayed acknowledgement of the first."""
    trusted, tls = certificate(tmp_path)
    trust(monkeypatch, trusted)
    with Server(seen, tls=tls if scheme == "https" else None) as server:
        session = Session()
        session.send(lambda: Sent("GET", f"{server.url}/", {}, b""), 5)
        (connection,) = server._open  # noqa: SLF001 - what the server does with its connections is seen nowhere else
        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1
