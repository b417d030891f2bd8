"""One movable clock for every stand-in: a test passes midnight without waiting for it."""

import threading
import time


class Clock:
    """Seconds since the epoch: the machine's time plus all advances.

    With `start` the clock stands still at that moment and moves only by `advance` and `sleep`. A lenient clock is for
    clients of another process, which sign with the machine's time and do not know that this clock was moved.
    """

    def __init__(self, start: float | None = None, *, lenient: bool = False) -> None:
        self._frozen = start
        self._lenient = lenient
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

    def skew(self, moment: float) -> float:
        """By how many seconds a moment differs from the clock, or, if it is lenient, from the machine's nearer time."""
        differences = [abs(moment - self.now()), abs(moment - time.time())]
        return min(differences) if self._lenient else differences[0]

    def advance(self, seconds: float) -> None:
        """Move the clock forwards."""
        with self._lock:
            self._moved += seconds

    sleep = advance
