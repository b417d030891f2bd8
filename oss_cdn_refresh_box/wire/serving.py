"""What every stand-in is built on: a threaded HTTP/1.1 server on loopback, over http or https.

A stand-in is a function from `Request` to `Response`, or to one of the disturbances by which a real network
differs from a promise: `Reset`, `Silence`, `Drip`. Connections are kept alive and counted.
"""

import contextlib
import os
import socket
import ssl
import struct
import sys
import threading
import time
from collections.abc import Callable, Mapping
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from oss_cdn_refresh_box.wire import bodies
from oss_cdn_refresh_box.wire.closing import Closing

EMPTY: Mapping[str, str] = {}
HANDSHAKE = b"\x16"  # the first byte of a TLS connection: RFC 8446, ContentType
SILENCE_AT_MOST = 60.0  # seconds; a forgotten silent connection does not outlive its test by more


class Request(NamedTuple):
    """One request as it came over the wire: nothing decoded, nothing normalised."""

    method: str
    path: str  # raw, percent-encoding kept, without the query
    query: str  # raw, without "?"
    headers: Message
    body: bytes
    connection: int  # the number of the TCP connection, counted by the server from 1

    @property
    def parameters(self) -> dict[str, str]:
        """The query's parameters, decoded."""
        return dict(parse_qsl(self.query, keep_blank_values=True))

    @property
    def form(self) -> dict[str, str]:
        """The form body's parameters, decoded."""
        return dict(parse_qsl(self.body.decode(errors="replace"), keep_blank_values=True))


class Response(NamedTuple):
    """One answer; `Content-Length` is added, and the machine's `Date` unless the stand-in gives its own clock's."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = EMPTY


class Reset(NamedTuple):
    """The connection is cut (TCP RST) without an answer."""


class Silence(NamedTuple):
    """No answer, the connection stays open for so long, then it is cut."""

    seconds: float = SILENCE_AT_MOST


class Drip(NamedTuple):
    """The answer comes a byte at a time, so slowly that no single read times out."""

    response: Response
    seconds_per_byte: float = 0.05


Reply = Response | Reset | Silence | Drip
App = Callable[[Request], Reply]
Watcher = Callable[[Request, Reply], None]


class Server(Closing):
    """An `App` behind a port of 127.0.0.1; use it as a context manager.

    connections: counts the TCP connections accepted so far.
    watchers: are called with each request and its reply, before the reply is sent.
    port: 0 takes a free one; OSError if it is in use.
    plain: answer http on the port of https, too. The first byte of a connection tells the two apart.
    """

    def __init__(
        self, app: App, *, tls: ssl.SSLContext | None = None, name: str = "stand-in", port: int = 0, plain: bool = False
    ) -> None:
        self._app = app
        self.watchers: list[Watcher] = []
        self._open: set[socket.socket] = set()
        self._closed = threading.Event()
        self.connections = 0
        self._http = _Listener(self, tls, port, plain=plain)
        self._thread = threading.Thread(target=self._accept, name=name, daemon=True)
        self._thread.start()
        self.port: int = self._http.server_address[1]
        self.url = f"{'https' if tls and not plain else 'http'}://127.0.0.1:{self.port}"

    @property
    def closed(self) -> bool:
        """Whether it takes no connections any more."""
        return self._closed.is_set()

    def close(self) -> None:
        """Stop listening and cut every open connection."""
        self._closed.set()
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._http.server_port)):
            self._thread.join()  # the connection wakes the thread: polling for the end would cost each test its poll
        self._http.server_close()
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while not self._closed.is_set():
            self._http.handle_request()


class StandIn(Closing):
    """A service behind a `Server` of its own. Subclasses call this constructor last: it begins to listen."""

    def __init__(self, app: App, *, tls: ssl.SSLContext | None, name: str, port: int = 0, plain: bool = False) -> None:
        self._server = Server(app, tls=tls, name=name, port=port, plain=plain)
        self.url = self._server.url
        self.watchers = self._server.watchers

    @property
    def connections(self) -> int:
        """The TCP connections so far."""
        return self._server.connections

    def close(self) -> None:
        """Stop listening and cut every open connection."""
        self._server.close()


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, server: Server, tls: ssl.SSLContext | None, port: int, *, plain: bool) -> None:
        self.owner = server
        self.numbers: dict[Any, int] = {}  # the connections not yet taken over by their threads, by client address
        self._tls = tls
        self._plain = plain
        super().__init__(("127.0.0.1", port), _Handler)

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Shake hands in the connection's own thread: a silent client must not stop the others."""
        if self._tls is None or (self._plain and request.recv(1, socket.MSG_PEEK) != HANDSHAKE):
            super().finish_request(request, client_address)
            return
        with self._tls.wrap_socket(request, server_side=True) as wrapped:
            super().finish_request(wrapped, client_address)

    def verify_request(self, request: Any, client_address: Any) -> bool:  # noqa: ARG002 - the base class's signature
        """Refuse what connects after the end: the connection that wakes the thread."""
        return not self.owner.closed

    def process_request(self, request: Any, client_address: Any) -> None:
        self.owner.connections += 1
        self.numbers[client_address] = self.owner.connections
        super().process_request(request, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news; a fault of the stand-in's own is shown."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else an answer in two writes waits 40 ms for a delayed acknowledgement
    wbufsize = -1
    server: _Listener

    def setup(self) -> None:
        super().setup()
        self._number = self.server.numbers.pop(self.client_address)
        self.server.owner._open.add(self.connection)  # noqa: SLF001 - the two are one thing

    def finish(self) -> None:
        self.server.owner._open.discard(self.connection)  # noqa: SLF001 - as above
        with contextlib.suppress(OSError):
            super().finish()

    def _serve(self) -> None:
        target = self.requestline.split()[1]  # not self.path: the base class makes "/" of "//" at its beginning
        path, _, query = target.partition("?")
        try:
            body = bodies.read(self.rfile, self.headers)
        except ValueError:
            self.send_error(400, "the length of the body is no number")
            return
        request = Request(self.command, path, query, self.headers, body, self._number)
        reply = self.server.owner._app(request)  # noqa: SLF001 - as above
        for watcher in self.server.owner.watchers:
            watcher(request, reply)
        match reply:
            case Response():
                self._send(reply)
            case Drip(response, pause):
                self._drip(response, pause)
            case Reset():
                self._cut()
            case Silence(seconds):
                self.server.owner._closed.wait(min(seconds, SILENCE_AT_MOST))  # noqa: SLF001 - as above
                self._cut()

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = do_OPTIONS = do_PATCH = _serve  # noqa: N815 - names of the base class's protocol

    def _send(self, response: Response) -> None:
        self.send_response_only(response.status)
        for name, value in {"Date": self.date_time_string(), **response.headers}.items():
            self.send_header(name, value)
        if not any(name.lower() == "content-length" for name in response.headers):
            self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)
        self.wfile.flush()

    def _drip(self, response: Response, pause: float) -> None:
        head = f"HTTP/1.1 {response.status} -\r\nContent-Length: {len(response.body)}\r\n\r\n".encode()
        for byte in head + response.body:
            if self.server.owner._closed.is_set():  # noqa: SLF001 - as above
                break
            self.connection.sendall(bytes([byte]))
            time.sleep(pause)
        self.close_connection = True

    def _cut(self) -> None:
        self.close_connection = True
        _reset(self.connection)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Nothing: the stand-ins keep records of their own."""


def _reset(connection: socket.socket) -> None:
    """Close with RST instead of FIN: what is left of a crashed peer.

    Detached first: the streams made from the socket would hold it open.
    """
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(connection.detach())
