"""The HTTP transport to the CDN, SMQ and OSS: it sends requests and keeps the connections of an instance.

- All connections share one TLS context.
- A read timeout limits the whole answer, not each piece of it: a peer that sends slowly cannot block the function.
- This module does not retry: each attempt needs a new signature. The only exception: if a kept connection has died
  (usual after an instance was frozen), the request is sent once more on a new connection.
- A peer may send any bytes. Every error that the HTTP library raises on them becomes a `ConnectionFailed`, and the
  connection is closed: the rest of a broken answer is never read as the next answer.
- Proxies and `.netrc` of the environment are ignored: they would change a signed request.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from http.client import HTTPException, HTTPResponse, IncompleteRead
from typing import TYPE_CHECKING, NamedTuple, cast
from urllib.parse import SplitResult, urlsplit

from oss_cdn_refresh.model.errors import ConnectionFailed
from oss_cdn_refresh.transport.connection import Connection
from oss_cdn_refresh.transport.tls import tls_context

if TYPE_CHECKING:
    import ssl

CONNECT_SECONDS = 3.0
CONNECT_SHARE = 0.3  # of the time: at most this for connecting, for TLS, and for sending
READ_SECONDS = 10.0  # a call with 1,000 URLs takes one or two seconds
LEAST_SECONDS = 0.05  # the time of a request if hardly any time is left
USER_AGENT = "oss-cdn-refresh"
PIECE_BYTES = 65_536
ANSWER_BYTES = 4_194_304  # the answers of the APIs are much shorter
FINAL_STATUS = 200  # HTTP; a 1xx status announces another answer, which this module does not support
SHOWN = 300  # characters of an error; the rest is cut off

# The HTTP library raises these if an answer is not HTTP: a ValueError for a negative chunk size or undecodable text, an
# AssertionError from `http.client`. An OSError comes from the network or from TLS.
_BROKEN = (HTTPException, OSError, ValueError, AssertionError)


class Request(NamedTuple):
    """One signed request."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


class Answer(NamedTuple):
    """The answer to a request, with any status. Header names are case-insensitive."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Session:
    """Sends requests, one at a time, over one connection to each peer; `monotonic` is the clock, in seconds."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._tls: ssl.SSLContext | None = None
        self._kept: dict[tuple[str, str], Connection] = {}  # by scheme and host with port

    def prepare(self, *urls: str) -> None:
        """Load the trusted certificates before the first call, if one of these base URLs is https.

        :raises ConfigurationError: the environment names a CA bundle that cannot be used.
        """
        if self._tls is None and any(urlsplit(url).scheme == "https" for url in urls):
            self._tls = tls_context()

    def send(self, sign: Callable[[], Request], seconds: float, most_bytes: int = ANSWER_BYTES) -> Answer:
        """Send the request that `sign` makes, and return the answer. All of this may take `seconds`.

        A body of more than `most_bytes` is cut off soon after that length.

        :raises ConnectionFailed: no complete answer came in time, or the answer is not HTTP.
        :raises ConfigurationError: the environment names a CA bundle that cannot be used.
        """
        until = self._monotonic() + seconds
        try:
            return self._once(sign(), until, most_bytes)
        except ConnectionFailed as failure:
            if not failure.reused or failure.reason == "Timeout":
                raise
        return self._once(sign(), until, most_bytes)

    def close(self) -> None:
        """Close all connections."""
        while self._kept:
            self._kept.popitem()[1].close()

    def _once(self, request: Request, until: float, most_bytes: int) -> Answer:
        self.prepare(request.url)
        url = urlsplit(request.url)
        peer = url.scheme, url.netloc
        connection = self._kept.pop(peer, None)
        if connection and not connection.usable():
            connection.close()
            connection = None
        reused = connection is not None
        try:
            connection = connection or self._connection(url)
            answer = self._exchange(connection, request, url, until, most_bytes)
        except _BROKEN as error:
            if connection:
                connection.close()
            reason = "Timeout" if isinstance(error, TimeoutError) else "ConnectionLost"
            what = " ".join(str(error).split())[:SHOWN]  # one line, even where it quotes an answer
            raise ConnectionFailed(reason, f"{url.netloc}: {type(error).__name__}: {what}", reused=reused) from error
        if connection.sock:
            self._kept[peer] = connection
        return answer

    def _connection(self, url: SplitResult) -> Connection:
        if not url.hostname:
            raise ValueError("the URL has no host")
        tls = self._tls if url.scheme == "https" else None
        return Connection(url.hostname, url.port, tls, self._monotonic)

    def _exchange(
        self, connection: Connection, request: Request, url: SplitResult, until: float, most_bytes: int
    ) -> Answer:
        """Send a request, and read its answer; of an answer longer than `most_bytes`, only the beginning."""
        left = max(LEAST_SECONDS, until - self._monotonic())
        connection.open(min(CONNECT_SECONDS, left * CONNECT_SHARE))
        target = f"{url.path or '/'}?{url.query}" if url.query else url.path or "/"
        with suppress(BrokenPipeError, ConnectionResetError):  # a peer may answer before it has read the whole request
            connection.request(request.method, target, request.body, {"user-agent": USER_AGENT, **request.headers})
        left = max(LEAST_SECONDS, until - self._monotonic())
        connection.answer_within(min(READ_SECONDS, left))
        with connection.getresponse() as response:
            body = _body(response, most_bytes)
            if not response.isclosed():
                connection.close()  # else the rest of this answer would be read as the next answer
        return Answer(response.status, cast("Mapping[str, str]", response.headers), body)


def _body(response: HTTPResponse, most_bytes: int) -> bytes:
    """The body of an answer; of a long body, a little more than `most_bytes`."""
    if response.status < FINAL_STATUS:
        raise HTTPException(f"status {response.status} is no answer to a request")
    if len(set(response.headers.get_all("content-length", []))) > 1:
        raise HTTPException("two lengths in one answer")
    body = bytearray()
    while len(body) <= most_bytes:
        piece = response.read(PIECE_BYTES)
        if not piece:
            if response.length:  # `read` with a size does not check that the body is complete
                raise IncompleteRead(bytes(body), response.length)
            break
        body += piece
    return bytes(body)
