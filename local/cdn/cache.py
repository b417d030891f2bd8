"""The copies in an edge's cache, and the effect of a refresh on them.

    refresh                     affected copies                                effect
    ──────────────────────────  ─────────────────────────────────────────────  ─────────────────────
    File                        that URL, character for character              deleted
    Directory                   every URL that begins with it                  expired; Force: deleted
    IgnoreParams                that URL with any query or none                expired; Force: deleted

An expired copy is fresh again when the origin answers 304. http and https share an entry, so keys have no scheme:
`www.example.com/a.jpg?v=1`.
"""

import threading
from typing import NamedTuple

from local.cdn.refresh import Refresh
from local.clock import Clock
from local.wire.serving import Response


class Copy(NamedTuple):
    """A cached answer of the origin; the edge asks the origin again before it serves an expired one."""

    answer: Response
    expired: bool = False


class Cache:
    """Copies by key. A refresh takes effect `delay` seconds, by the clock, after it was accepted."""

    def __init__(self, clock: Clock, delay: float) -> None:
        self.delay = delay
        self._clock = clock
        self._copies: dict[str, Copy] = {}
        self._waiting: list[tuple[float, Refresh]] = []
        self._epoch = 0
        self._lock = threading.Lock()

    def get(self, key: str) -> tuple[Copy | None, int]:
        """The copy, and the epoch of this look-up, which `put` takes together with the origin's answer."""
        with self._lock:
            self._settle()
            return self._copies.get(key), self._epoch

    def put(self, key: str, answer: Response, epoch: int) -> None:
        """Cache an answer, unless a refresh has taken effect since the look-up: the answer may be the old one."""
        with self._lock:
            self._settle()
            if epoch == self._epoch:
                self._copies[key] = Copy(answer)

    def refresh(self, refresh: Refresh) -> None:
        """Schedule a refresh that was accepted now."""
        with self._lock:
            self._waiting.append((self._clock.now() + self.delay, refresh))

    def _settle(self) -> None:
        now = self._clock.now()
        for due, refresh in self._waiting:
            if due <= now:
                self._epoch += 1
                self._apply(refresh)
        self._waiting = [(due, refresh) for due, refresh in self._waiting if due > now]

    def _apply(self, refresh: Refresh) -> None:
        for key in self._affected(refresh):
            if refresh.force or refresh.object_type == "File":
                del self._copies[key]
            else:
                self._copies[key] = self._copies[key]._replace(expired=True)

    def _affected(self, refresh: Refresh) -> list[str]:
        submitted = {url.partition("://")[2] for url in refresh.urls}
        match refresh.object_type:
            case "Directory":
                return [key for key in self._copies if key.startswith(tuple(submitted))]
            case "IgnoreParams":
                bare = {url.partition("?")[0] for url in submitted}
                return [key for key in self._copies if key.partition("?")[0] in bare]
            case _:
                return [key for key in self._copies if key in submitted]
