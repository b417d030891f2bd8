"""One clock for every stand-in, which can be moved: a day's quota comes back without waiting for a day."""

import threading
import time


class Clock:
    """Wall time in seconds since the epoch: the machine's own, moved by what was advanced.

    With `start` it stands still at that moment instead and moves only by `advance` and `sleep`,
    so that a test decides every second of it.
    """

    def __init__(self, start: float | None = None) -> None:
        self._frozen = start
        self._moved = 0.0
        self._lock = threading.Lock()

    def now(self) -> float:
        """Seconds since the epoch."""
        with self._lock:
            return (time.time() if self._frozen is None else self._frozen) + self._moved

    @property
    def moved(self) -> float:
        """By how many seconds the clock was advanced so far."""
        with self._lock:
            return self._moved

    def advance(self, seconds: float) -> None:
        """Move the clock forwards."""
        with self._lock:
            self._moved += seconds

    sleep = advance
