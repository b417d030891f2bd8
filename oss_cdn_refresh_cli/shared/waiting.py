"""The time for which a service may be silent, and the line on stderr that names the service."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from oss_cdn_refresh_cli.shared.output import visible

SECONDS = 10.0  # of silence of any service, by default; --timeout of every command
LONGEST = 3_600.0  # seconds; sockets and the SDKs, which count milliseconds, have limits
SAID_AFTER = 2.0  # seconds of silence

_said: set[tuple[str, str]] = set()
_lock = threading.Lock()


def begin() -> None:
    """Begin a run of the command, in which each service is named at most once."""
    _said.clear()


@contextmanager
def waiting(service: str, endpoint: str, after: float | None = None) -> Iterator[None]:
    """Name the service on stderr if the block takes longer than `after` seconds (default: `SAID_AFTER`).

    service: as people call it; endpoint: a base URL, a host, or "".
    """
    host = urlsplit(endpoint).netloc or endpoint
    if (service, host) in _said:
        yield
        return
    timer = threading.Timer(SAID_AFTER if after is None else after, _say, (service, host))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _say(service: str, host: str) -> None:
    with _lock:
        first = (service, host) not in _said
        _said.add((service, host))
    if first:
        where = f" at {host}" if host else ""
        sys.stderr.write(visible(f"Note: waiting for {service}{where} …") + "\n")
        sys.stderr.flush()
