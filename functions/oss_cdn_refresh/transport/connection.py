"""HTTP connections of the standard library with a time limit for the whole answer, not only for each read.

Importing `requests` and `urllib3` takes longer than importing the rest of the function: see `make bench`, "cold start".
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
    """A connection to a host, over TLS if `tls` is given; `monotonic` is the clock, in seconds."""

    sock: Any  # a `_BoundedSocket` while connected, else None

    def __init__(self, host: str, port: int | None, tls: ssl.SSLContext | None, monotonic: Callable[[], float]) -> None:
        self.default_port = HTTPS_PORT if tls else HTTP_PORT  # the Host header omits the default port
        super().__init__(host, port or self.default_port)
        self._tls = tls
        self._monotonic = monotonic

    def __del__(self) -> None:
        self.close()  # as in `requests`: a session that was not closed leaves no open sockets

    def open(self, seconds: float) -> None:
        """Connect, unless connected. Connecting, the TLS handshake and sending may each take this many seconds."""
        self.timeout = seconds
        if self.sock is None:
            self.connect()
        self.sock.settimeout(seconds)

    def connect(self) -> None:
        """Connect; over TLS, do the handshake and verify the host's certificate."""
        super().connect()
        if self._tls:
            self.sock = self._tls.wrap_socket(self.sock, server_hostname=self.host.rstrip("."))
        self.sock = _BoundedSocket(self.sock, self._monotonic)

    def answer_within(self, seconds: float) -> None:
        """Set the time limit, in seconds, for the whole next answer."""
        self.sock.until = self._monotonic() + seconds

    def usable(self) -> bool:
        """Whether a kept connection can send a request: the peer has not closed it, and has sent no further bytes."""
        if self.sock is None or (self._tls and self.sock.pending()):
            return False
        with selectors.DefaultSelector() as selector:
            selector.register(self.sock, selectors.EVENT_READ)
            return not selector.select(0)


class _BoundedSocket:
    """A socket with a time limit for all reads: `until`, in `monotonic` seconds."""

    def __init__(self, sock: socket.socket, monotonic: Callable[[], float]) -> None:
        self._sock = sock
        self._monotonic = monotonic
        self.until = math.inf

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    def makefile(self, *_: Any, **__: Any) -> io.BufferedReader:
        return io.BufferedReader(_Stream(self, self._sock.makefile("rb", buffering=0)))

    def shorten_timeout(self) -> None:
        """Limit the next read to the time that is left for all reads."""
        left = self.until - self._monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        self._sock.settimeout(left)


class _Stream(io.RawIOBase):
    """The bytes that a `_BoundedSocket` receives."""

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
