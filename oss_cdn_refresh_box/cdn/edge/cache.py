"""The copies in an edge's cache, and the effect of a refresh on them.

    refresh                     affected copies                                effect
    ──────────────────────────  ─────────────────────────────────────────────  ─────────────────────
    File                        that URL, character for character              deleted
    Directory                   every URL that begins with it                  expired; Force: deleted
    IgnoreParams                that URL with any query or none                expired; Force: deleted

An expired copy is fresh again when the origin answers 304. When a refresh loses its effect, because its task fails, the
old copies are back. http and https share an entry, so keys have no scheme: `www.example.com/a.jpg?v=1`.
"""

import threading
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from math import inf
from typing import NamedTuple

from oss_cdn_refresh_box.cdn.edge.behaviour import Behaviour
from oss_cdn_refresh_box.cdn.refresh import Refresh
from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.wire.serving import Response


class Copy(NamedTuple):
    """A cached answer of the origin; the edge asks the origin again before it serves an expired one."""

    answer: Response
    expired: bool = False


class Cache:
    """Copies by key; what changes them takes effect at its own time. `behaviour` decides what no document says."""

    def __init__(self, clock: Clock) -> None:
        self.behaviour = Behaviour()
        self._clock = clock
        self._copies: dict[str, Copy] = {}
        self._changes: list[tuple[float, Callable[[], None]]] = []  # still to come, each with its time
        self._wanted: set[str] = set()
        self._epoch = 0
        self._lock = threading.Lock()

    def get(self, key: str) -> tuple[Copy | None, int]:
        """The copy, and the epoch of this look-up, which `put` takes together with the origin's answer."""
        with self._lock:
            self._settle()
            return self._copies.get(self.behaviour.key(key)), self._epoch

    def put(self, key: str, answer: Response, epoch: int) -> None:
        """Cache an answer, unless a refresh has taken effect since the look-up: the answer may be the old one."""
        with self._lock:
            self._settle()
            if epoch == self._epoch:
                self._copies[self.behaviour.key(key)] = Copy(answer)

    def refresh(self, refresh: Refresh, begins: float, ends: float = inf) -> None:
        """Schedule a refresh, from when until when it has an effect, in seconds since the epoch."""
        before: dict[str, Copy] = {}
        with self._lock:
            self._changes.append((begins, partial(self._apply, refresh, before)))
            if ends < inf:
                self._changes.append((ends, partial(self._restore, before)))

    def preload(self, keys: Iterable[str], begins: float) -> None:
        """Schedule the preload of some keys."""
        with self._lock:
            self._changes.append((begins, partial(self._want, list(keys))))

    def wanted(self) -> list[str]:
        """The keys whose preload is due and that have no fresh copy; each is told once."""
        with self._lock:
            self._settle()
            wanted = sorted(self._wanted)
            self._wanted.clear()
            return wanted

    def _settle(self) -> None:
        """Make every change that is due, in the order of their times."""
        now = self._clock.now()
        due = sorted((change for change in self._changes if change[0] <= now), key=lambda change: change[0])
        self._changes = [change for change in self._changes if change[0] > now]
        for _at, change in due:
            change()

    def _apply(self, refresh: Refresh, before: dict[str, Copy]) -> None:
        self._epoch += 1
        for key in self._affected(refresh, self._copies):
            before[key] = self._copies[key]
            if refresh.force or refresh.object_type == "File":
                del self._copies[key]
            else:
                self._copies[key] = self._copies[key]._replace(expired=True)
        self._wanted.difference_update(self._affected(refresh, self._wanted))

    def _restore(self, before: Mapping[str, Copy]) -> None:
        self._epoch += 1
        self._copies.update(before)

    def _want(self, keys: Iterable[str]) -> None:
        self._wanted.update(key for key in keys if key not in self._copies or self._copies[key].expired)

    def _affected(self, refresh: Refresh, keys: Iterable[str]) -> list[str]:
        submitted = {self.behaviour.key(url.partition("://")[2]) for url in refresh.urls}
        match refresh.object_type:
            case "Directory":
                return [key for key in keys if key.startswith(tuple(submitted))]
            case "IgnoreParams":
                bare = {url.partition("?")[0] for url in submitted}
                return [key for key in keys if key.partition("?")[0] in bare]
            case _:
                return [key for key in keys if key in submitted]
