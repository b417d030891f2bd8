"""Connections of the standard library's HTTP client whose time is bounded for a whole answer, not for each read.

`requests` and `urllib3` take longer to import than all the rest of the function: see `make bench`, "cold start".
"""

import io
import math
import selectors
import socket
import ssl
from collections.abc import Callable
from http.client import HTTP_PORT, HTTPS_PORT, HTTPConnection
from typing import Any


class Connection(HTTPConnection):
    """A connection to a host, over TLS where a context is given; `monotonic` is the clock, in seconds."""

    sock: Any  # a `_BoundedSocket` while it is connected, else None

    def __init__(self, host: str, port: int | None, tls: ssl.SSLContext | None, monotonic: Callable[[], float]) -> None:
        self.default_port = HTTPS_PORT if tls else HTTP_PORT  # the Host header leaves it out
        super().__init__(host, port or self.default_port)
        self._tls = tls
        self._monotonic = monotonic

    def __del__(self) -> None:
        self.close()  # as `requests` does: a session that nobody closed leaves no open sockets

    def open(self, seconds: float) -> None:
        """Connect where it is not connected; connecting, TLS and later sending may take so many seconds each."""
        self.timeout = seconds
        if self.sock is None:
            self.connect()
        self.sock.settimeout(seconds)

    def connect(self) -> None:
        """Connect, shake hands, and verify the host's certificate."""
        super().connect()
        if self._tls:
            self.sock = self._tls.wrap_socket(self.sock, server_hostname=self.host.rstrip("."))
        self.sock = _BoundedSocket(self.sock, self._monotonic)

    def answer_within(self, seconds: float) -> None:
        """Let the next answer be there, as a whole, in so many seconds."""
        self.sock.until = self._monotonic() + seconds

    def usable(self) -> bool:
        """Whether a kept connection can take a request: the peer neither closed it nor sent what nobody asked for."""
        if self.sock is None or (self._tls and self.sock.pending()):
            return False
        with selectors.DefaultSelector() as selector:
            selector.register(self.sock, selectors.EVENT_READ)
            return not selector.select(0)


class _BoundedSocket:
    """A socket with a moment, in `monotonic` seconds, at which what is read has to be there."""

    def __init__(self, sock: socket.socket, monotonic: Callable[[], float]) -> None:
        self._sock = sock
        self._monotonic = monotonic
        self.until = math.inf

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    def makefile(self, *_: Any, **__: Any) -> io.BufferedReader:
        return io.BufferedReader(_Stream(self, self._sock.makefile("rb", buffering=0)))

    def shorten_timeout(self) -> None:
        """Leave to the next read the time that is left for all of them."""
        left = self.until - self._monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        self._sock.settimeout(left)


class _Stream(io.RawIOBase):
    """The bytes that come from a `_BoundedSocket`."""

    def __init__(self, owner: _BoundedSocket, raw: Any) -> None:
        self._owner = owner
        self._raw = raw

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._owner.shorten_timeout()
        count: int | None = self._raw.readinto(buffer)
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()
