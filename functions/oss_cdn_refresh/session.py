"""The way out: one pooled HTTP session an instance, for the CDN and for SMQ.

- One TLS context for all connections: `requests` would load the CA bundle again for each new one, 45 ms every time.
- A read timeout bounds the whole answer, not each piece of it: a peer that drips cannot hold the function.
- Nothing is repeated inside the HTTP library: every try is signed anew. Only a connection that was kept from an earlier
  call and turns out to be dead (a frozen instance wakes up to that) is tried once more at once.
"""

import io
import os
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import requests
from certifi import where
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, Timeout
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from oss_cdn_refresh.errors import ConnectionFailed

CONNECT_SECONDS = 3.0
CONNECT_SHARE = 0.3  # of the time, each for connecting, for TLS and for sending
READ_SECONDS = 10.0  # a call with 1,000 URLs takes a second or two
USER_AGENT = "oss-cdn-refresh"
PIECE_BYTES = 65_536
ANSWER_BYTES = 4_194_304  # no answer of the two APIs comes near; what is longer is not theirs


class Request(NamedTuple):
    """One signed request."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


class Answer(NamedTuple):
    """What came back, whatever it is. Header names are case-insensitive."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Session:
    """Sends requests over pooled connections, one at a time."""

    def __init__(self) -> None:
        self._http = requests.Session()
        self._http.trust_env = False  # a .netrc would replace our Authorization header
        self._http.mount("http://", _Adapter(None))
        self._tls: ssl.SSLContext | None = None
        self._kept: set[str] = set()

    def prepare(self, url: str) -> None:
        """Load what the first call to this URL would have to load: the CA bundle, for https."""
        if url.startswith("https:") and self._tls is None:
            self._tls = tls_context()
            self._http.mount("https://", _Adapter(self._tls))

    def send(self, sign: Callable[[], Request], seconds: float, most_bytes: int = ANSWER_BYTES) -> Answer:
        """Send what `sign` makes, and return the answer; `seconds` bound the whole of it.

        A body of more than so many bytes is cut off soon behind them.

        :raises ConnectionFailed: no whole answer came in time.
        """
        until = time.monotonic() + seconds
        try:
            return self._once(sign(), until, most_bytes)
        except ConnectionFailed as failure:
            if not failure.reused or failure.reason == "Timeout":
                raise
        return self._once(sign(), until, most_bytes)

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    def _once(self, request: Request, until: float, most_bytes: int) -> Answer:
        self.prepare(request.url)
        peer = urlsplit(request.url).netloc
        reused = peer in self._kept
        self._kept.discard(peer)
        left = max(0.05, until - time.monotonic())
        try:
            with self._http.send(
                _prepared(request),
                timeout=_timeout(left),
                allow_redirects=False,
                stream=True,
            ) as response:
                body = _read(response, most_bytes)
        except (requests.RequestException, HTTPError, OSError) as error:
            timed_out = isinstance(error, requests.Timeout) or "timed out" in str(error)
            raise ConnectionFailed(
                "Timeout" if timed_out else "ConnectionLost", f"{peer}: {_shown(error)}", reused=reused
            ) from error
        self._kept.add(peer)
        return Answer(response.status_code, response.headers, body)


def _timeout(seconds: float) -> Any:
    """So many seconds for everything; `requests` takes urllib3's own object, though its types do not say so."""
    return Timeout(seconds, min(CONNECT_SECONDS, seconds * CONNECT_SHARE), min(READ_SECONDS, seconds))


def _read(response: requests.Response, most_bytes: int) -> bytes:
    """The whole body, or the beginning of one that is longer."""
    body = bytearray()
    for piece in response.raw.stream(PIECE_BYTES):
        body += piece
        if len(body) > most_bytes:
            break
    return bytes(body)


def _prepared(request: Request) -> requests.PreparedRequest:
    """Ready to be sent as it was signed: the session's own preparation costs a quarter of a TLS handshake more."""
    prepared = requests.PreparedRequest()
    prepared.prepare_method(request.method)
    prepared.url = request.url
    prepared.prepare_headers(
        {
            "accept-encoding": "identity",
            "content-length": str(len(request.body)),
            "user-agent": USER_AGENT,
            **request.headers,
        }
    )
    prepared.prepare_cookies({})
    prepared.body = request.body
    return prepared


def _shown(error: Exception) -> str:
    """What happened, without the request: that carries a signature."""
    inner = error.args[0] if error.args else error
    inner = getattr(inner, "reason", inner)
    return f"{type(inner).__name__ if isinstance(inner, Exception) else type(error).__name__}: {inner}"[:300]


def tls_context() -> ssl.SSLContext:
    """Trusts what the environment names, as `requests` would, else its own bundle."""
    named = (os.environ.get(name) for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"))
    bundle = Path(next(filter(None, named), None) or where())
    if bundle.is_dir():
        return ssl.create_default_context(capath=str(bundle))
    return ssl.create_default_context(cafile=str(bundle))


class _Adapter(HTTPAdapter):
    """Hands the one TLS context to its connections, and bounds whole answers."""

    def __init__(self, tls: ssl.SSLContext | None) -> None:
        self._tls = tls
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, ssl_context=self._tls, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Nothing: the context verifies, and naming a bundle here would load it again for every connection."""


class _Connection(HTTPConnection):
    def connect(self) -> None:
        super().connect()
        self.sock = _WholeAnswer(self.sock)


class _TlsConnection(HTTPSConnection):
    def connect(self) -> None:
        super().connect()
        self.sock = _WholeAnswer(self.sock)


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class _WholeAnswer:
    """A socket whose timeout, once set, runs over all that is read, not anew over each piece."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._until: float | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    def settimeout(self, seconds: float | None) -> None:
        self._until = None if seconds is None else time.monotonic() + seconds
        self._sock.settimeout(seconds)

    def makefile(self, *_: Any, **__: Any) -> io.BufferedReader:
        return io.BufferedReader(_Stream(self, self._sock.makefile("rb", buffering=0)))

    def shrink_timeout(self) -> None:
        """Leave to the next read what is left for all of them."""
        if self._until is not None:
            left = self._until - time.monotonic()
            if left <= 0:
                raise TimeoutError("timed out")
            self._sock.settimeout(left)


class _Stream(io.RawIOBase):
    """What is read from a `_WholeAnswer`."""

    def __init__(self, owner: _WholeAnswer, raw: Any) -> None:
        self._owner = owner
        self._raw = raw

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._owner.shrink_timeout()
        count: int | None = self._raw.readinto(buffer)
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()
