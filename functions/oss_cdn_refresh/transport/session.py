"""The HTTP transport: one pooled session an instance, for the CDN, SMQ and OSS.

- One TLS context for all connections: `requests` would load the CA bundle again for each new one, 45 ms every time.
- A read timeout bounds the whole answer, not each piece of it: a peer that drips cannot hold the function.
- Nothing is repeated inside the HTTP library: every try is signed anew. Only a connection that was kept from an earlier
  call and turns out to be dead (a frozen instance wakes up to that) is tried once more at once.
- A peer may send any bytes. Every error that the HTTP library raises on them becomes a `ConnectionFailed`, and the
  connection is closed: the rest of a broken answer is never read as the next answer.
"""

import time
from collections.abc import Callable, Mapping
from http.client import HTTPException
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import requests
from urllib3 import Timeout
from urllib3.exceptions import HTTPError

from oss_cdn_refresh.model.errors import ConnectionFailed
from oss_cdn_refresh.transport.adapter import Adapter
from oss_cdn_refresh.transport.tls import tls_context

CONNECT_SECONDS = 3.0
CONNECT_SHARE = 0.3  # of the time, each for connecting, for TLS and for sending
READ_SECONDS = 10.0  # a call with 1,000 URLs takes a second or two
USER_AGENT = "oss-cdn-refresh"
PIECE_BYTES = 65_536
ANSWER_BYTES = 4_194_304  # no answer of the two APIs comes near; what is longer is not theirs
FINAL_STATUS = 200  # HTTP; 1xx announces another answer, which nobody here waits for

# The errors of the HTTP libraries for an answer that is not HTTP. `urllib3` wraps most of them; a negative chunk size
# and text that cannot be decoded raise a ValueError, and `http.client` uses assertions.
_BROKEN = (requests.RequestException, HTTPError, HTTPException, OSError, ValueError, AssertionError)


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
        # Adapters without a `requests.Session`: that class reads .netrc, keeps cookies, and for an answer with
        # `Location` reads the whole body and parses the URL, even when redirects are switched off.
        self._plain = Adapter(None)
        self._secure: Adapter | None = None
        self._kept: set[str] = set()

    def prepare(self, *urls: str) -> None:
        """Load the CA bundle now, if one of these base URLs is https, instead of in the first call.

        :raises ConfigurationError: the environment names a CA bundle that cannot be used.
        """
        if self._secure is None and any(url.startswith("https:") for url in urls):
            self._secure = Adapter(tls_context())

    def send(self, sign: Callable[[], Request], seconds: float, most_bytes: int = ANSWER_BYTES) -> Answer:
        """Send the request that `sign` makes, and return the answer; `seconds` bound the whole exchange.

        A body of more than `most_bytes` is cut off soon after that length.

        :raises ConnectionFailed: no whole answer came in time, or none that is HTTP.
        :raises ConfigurationError: the environment names a CA bundle that cannot be used.
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
        self._plain.close()
        if self._secure:
            self._secure.close()

    def _once(self, request: Request, until: float, most_bytes: int) -> Answer:
        self.prepare(request.url)
        peer = urlsplit(request.url).netloc
        reused = peer in self._kept
        self._kept.discard(peer)
        left = max(0.05, until - time.monotonic())
        adapter = self._secure if self._secure and request.url.startswith("https:") else self._plain
        try:
            answer = _received(adapter, _prepared(request), _timeout(left), most_bytes)
        except _BROKEN as error:
            timed_out = isinstance(error, requests.Timeout) or "timed out" in str(error)
            raise ConnectionFailed(
                "Timeout" if timed_out else "ConnectionLost", f"{peer}: {_shown(error)}", reused=reused
            ) from error
        self._kept.add(peer)
        return answer


def _received(adapter: Adapter, request: requests.PreparedRequest, timeout: Any, most_bytes: int) -> Answer:
    """Send a request, and read its whole answer, or the beginning of one that is longer."""
    response = adapter.send(request, stream=True, timeout=timeout).raw
    whole = False
    try:
        body = bytearray()
        for piece in response.stream(PIECE_BYTES):
            body += piece
            if len(body) > most_bytes:
                break
        else:
            whole = response.status >= FINAL_STATUS
    finally:
        if not whole:
            response.close()  # with its connection, whose further bytes are no answer to the next request
        response.release_conn()
    if response.status < FINAL_STATUS:
        raise HTTPException(f"status {response.status} is no answer to a request")
    return Answer(response.status, response.headers, bytes(body))


def _timeout(seconds: float) -> Any:
    """So many seconds for everything; `requests` takes urllib3's own object, though its types do not say so."""
    return Timeout(seconds, min(CONNECT_SECONDS, seconds * CONNECT_SHARE), min(READ_SECONDS, seconds))


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
    prepared.body = request.body
    return prepared


def _shown(error: Exception) -> str:
    """What happened, without the request: that carries a signature."""
    inner = error.args[0] if error.args else error
    inner = getattr(inner, "reason", inner)
    return f"{type(inner).__name__ if isinstance(inner, Exception) else type(error).__name__}: {inner}"[:300]
