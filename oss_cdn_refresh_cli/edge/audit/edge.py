"""Requests URLs from the edge as a browser would, headers only: one kept connection a domain, one request at a time.

A request is a HEAD, or a GET of one byte if the edge refuses HEAD. A URL is sent exactly as it is spelled, and no
redirect is followed.
Sources: RFC 9110, "HEAD", "Range", "ETag", "Last-Modified"; curl, `--connect-to`.
"""

import ssl
from collections.abc import Callable, Mapping
from enum import Enum
from http import HTTPStatus
from http.client import HTTPException
from math import inf
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import urlsplit

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, NewConnectionError
from urllib3.exceptions import TimeoutError as TimedOut

from oss_cdn_refresh.model.effects import Effects
from oss_cdn_refresh.transport.session import USER_AGENT
from oss_cdn_refresh.transport.tls import tls_context
from oss_cdn_refresh_cli.edge.audit.answers import Seen, number, read
from oss_cdn_refresh_cli.edge.audit.headers import joined
from oss_cdn_refresh_cli.shared.waiting import waiting

HEAD_REFUSED = (  # by servers without HEAD, and by rules that allow only GET
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.METHOD_NOT_ALLOWED,
    HTTPStatus.NOT_IMPLEMENTED,
)
BUSY = (  # transient
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
)
NO_ANSWER = (HTTPError, HTTPException, OSError)
TRIES = 3  # of a request with a BUSY answer or a broken connection; a timeout is not retried
FIRST_PAUSE = 0.5  # seconds before the second try, doubled with the next
LONGEST_PAUSE = 30.0  # seconds, whatever Retry-After says
SILENT = 3  # timeouts or broken connections in a row after which a domain is given up
NO_HEADERS: Mapping[str, str] = MappingProxyType({})
RATE = 100.0  # requests a second: a page of a website is as many at once
SMALL = 65_536  # bytes; a body of this size is read, so that its connection can be used again


class How(Enum):
    """The kinds of requests: a method and a Range."""

    HEAD = ("HEAD", "")
    ONE_BYTE = ("GET", "bytes=0-0")
    WHOLE = ("GET", "")  # only the head is read; for an empty object, which has no first byte


class NotAsked(NamedTuple):
    """The edge gave no answer, with the reason."""

    why: str


class Address(NamedTuple):
    """A host and a port to connect to."""

    host: str
    port: int


class RequestRate:
    """A rate limit: waits before each request, so that they are evenly spaced."""

    def __init__(self, effects: Effects, per_second: float) -> None:
        self._effects = effects
        self._apart = 1 / per_second  # seconds
        self._next = effects.monotonic()

    def __call__(self) -> None:
        """Wait until the next request may go out."""
        now = self._effects.monotonic()
        if now < self._next:
            self._effects.sleep(self._next - now)
        self._next = max(now, self._next) + self._apart


class Edge:
    """The edge of all domains; use it as a context manager.

    seconds: the limit of connecting, and of each wait for a part of an answer. pace: called before each request.
    connect_to: replaces the address of every domain. added: headers of each request. until: no pause before another
    try ends later, by the monotonic clock.
    headers: those of the latest answer.
    """

    def __init__(
        self,
        effects: Effects,
        pace: Callable[[], None],
        *,
        seconds: float,
        connect_to: Address | None = None,
        added: Mapping[str, str] = NO_HEADERS,
        until: float = inf,
    ) -> None:
        self._effects = effects
        self._pace = pace
        self._seconds = seconds
        self._connect_to = connect_to
        self._added = added
        self._until = until
        self.headers: Mapping[str, str] = NO_HEADERS
        self._tls: ssl.SSLContext | None = None
        self._connections: dict[str, HTTPConnection] = {}
        self._used: set[str] = set()  # hosts whose connection has answered before
        self._without_head: set[str] = set()
        self._silent: dict[str, int] = {}

    def __enter__(self) -> "Edge":
        return self

    def __exit__(self, *_: object) -> None:
        """Close all connections."""
        for connection in self._connections.values():
            connection.close()

    def ask(self, url: str, how: How = How.HEAD) -> Seen | NotAsked:
        """The edge's answer for a URL."""
        host = urlsplit(url).netloc
        if self._silent.get(host, 0) >= SILENT:
            return NotAsked(f"not asked: {host} gave no answer {SILENT} times in a row")
        if how is How.HEAD and host not in self._without_head:
            seen = self._tried(How.HEAD, url, host)
            if isinstance(seen, NotAsked) or seen.status not in HEAD_REFUSED:
                return seen
        seen = self._tried(How.ONE_BYTE, url, host)
        if isinstance(seen, Seen) and seen.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            seen = self._tried(How.WHOLE, url, host)
        if how is How.HEAD and isinstance(seen, Seen) and seen.status not in HEAD_REFUSED:
            self._without_head.add(host)
        return seen

    def _tried(self, how: How, url: str, host: str) -> Seen | NotAsked:
        result: Seen | NotAsked = NotAsked("")
        pause = FIRST_PAUSE
        for tries in range(TRIES):
            if tries and not self._paused(min(pause, LONGEST_PAUSE)):
                break
            pause = FIRST_PAUSE * 2**tries
            try:
                result, retry_after = self._once(how, url, host)
            except NO_ANSWER as error:
                late = _timed_out(error)
                result = NotAsked(f"no answer in {self._seconds:g} s" if late else f"no answer: {_shown(error)}")
                if late or isinstance(error, ssl.SSLError):
                    break
                continue
            if result.status not in BUSY:
                break
            pause = max(pause, retry_after)
        silent = isinstance(result, NotAsked)
        self._silent[host] = self._silent.get(host, 0) + 1 if silent else 0
        return result

    def _paused(self, seconds: float) -> bool:
        """Pause before another try, unless that takes too long."""
        if self._effects.monotonic() + seconds > self._until:
            return False
        self._effects.sleep(seconds)
        return True

    def _once(self, how: How, url: str, host: str) -> tuple[Seen, float]:
        """One request: the answer and its Retry-After. It is repeated at once if a kept connection is dead."""
        kept = host in self._used
        try:
            return self._exchange(how, url, host)
        except NO_ANSWER as error:
            self._drop(host)
            if not kept or _timed_out(error):
                raise
        return self._once(how, url, host)

    def _exchange(self, how: How, url: str, host: str) -> tuple[Seen, float]:
        self._pace()
        connection = self._connection(host, url.partition("://")[0])
        target = url.partition("://")[2][len(host) :]
        own = {"Host": host, "Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": f"{USER_AGENT} audit"}
        headers = joined(own, self._added)
        method, span = how.value
        if span:
            headers["Range"] = span
        with waiting("the edge", host):
            connection.request(method, target, headers=headers, preload_content=False, decode_content=False)
            response = connection.getresponse()
        self.headers = answered = response.headers
        size = number(answered.get("Content-Length", ""))
        if how is How.HEAD or (size is not None and size <= SMALL):
            response.read()
            self._used.add(host)
        else:
            self._drop(host)
        return read(response.status, answered), number(answered.get("Retry-After", "")) or 0

    def _connection(self, host: str, scheme: str) -> HTTPConnection:
        if host not in self._connections:
            address = self._connect_to or Address(host, 443 if scheme == "https" else 80)
            if scheme == "https":
                self._tls = self._tls or tls_context()
                self._connections[host] = HTTPSConnection(
                    *address, timeout=self._seconds, ssl_context=self._tls, server_hostname=host
                )
            else:
                self._connections[host] = HTTPConnection(*address, timeout=self._seconds)
        return self._connections[host]

    def _drop(self, host: str) -> None:
        self._used.discard(host)
        connection = self._connections.pop(host, None)
        if connection is not None:
            connection.close()


def address(text: str) -> Address:
    """`HOST:PORT`, an IPv6 address in brackets.

    :raises ValueError: the text is no address.
    """
    host, _, port = text.rpartition(":")
    bare = host.removeprefix("[").removesuffix("]")
    if not bare or (":" in bare) != host.startswith("[") or not (port.isascii() and port.isdecimal()):
        raise ValueError(text)
    if not 0 < int(port) <= 65_535 or any(character in "/@? " for character in bare):  # noqa: PLR2004 - TCP's
        raise ValueError(text)
    return Address(bare, int(port))


def _timed_out(error: Exception) -> bool:
    """Whether the time limit was reached; urllib3 calls a refused connection a timeout too."""
    return isinstance(error, (TimedOut, TimeoutError)) and not isinstance(error, NewConnectionError)


def _shown(error: Exception) -> str:
    """The message of an error, in one line."""
    inner = error.__cause__ if isinstance(error, HTTPError) and error.__cause__ else error
    what = getattr(inner, "strerror", None) or str(inner) or type(inner).__name__
    return " ".join(str(what).split())[:200]
