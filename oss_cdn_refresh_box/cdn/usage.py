"""What an account has used: calls a second, and anything else within a sliding window or since midnight."""

from collections import Counter, defaultdict, deque
from collections.abc import Hashable

from oss_cdn_refresh_box.account.errors import refused
from oss_cdn_refresh_box.clock import Clock

DAY = 24 * 3600
UTC_PLUS_8 = 8 * 3600  # seconds; the day's quotas are reset at midnight there


class Window:
    """A sliding window: the counts of the last `seconds`."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._entries: deque[tuple[float, int]] = deque()

    def add(self, now: float, count: int) -> None:
        """Count so many at this moment."""
        self._entries.append((now, count))

    def sum(self, now: float) -> int:
        """The sum of the counts within the window that ends at this moment."""
        while self._entries and self._entries[0][0] <= now - self._seconds:
            self._entries.popleft()
        return sum(count for _at, count in self._entries)


class Rate:
    """Counts the calls of each action, and refuses with `code` those that are too many within a second."""

    def __init__(self, clock: Clock, code: str) -> None:
        self._clock = clock
        self._code = code
        self._calls: defaultdict[str, Window] = defaultdict(lambda: Window(1))

    def call(self, action: str, at_most: float) -> None:
        """Count a call of `action`; refused after `at_most` calls within a second."""
        now = self._clock.now()
        if self._calls[action].sum(now) >= at_most:
            raise refused(self._code)
        self._calls[action].add(now, 1)


class Today:
    """Counts what was used since midnight, by any key. `zone`: midnight there, in seconds east of UTC; UTC+8."""

    def __init__(self, clock: Clock) -> None:
        self.zone = UTC_PLUS_8
        self._clock = clock
        self._day = -1
        self._used: Counter[Hashable] = Counter()

    def add(self, key: Hashable, count: int) -> None:
        """Count so many."""
        self._settle()
        self._used[key] += count

    def used(self, key: Hashable) -> int:
        """How many were used today."""
        self._settle()
        return self._used[key]

    def begins(self) -> float:
        """When today began, in seconds since the epoch."""
        return (self._clock.now() + self.zone) // DAY * DAY - self.zone

    def _settle(self) -> None:
        day = int((self._clock.now() + self.zone) // DAY)
        if day != self._day:
            self._day = day
            self._used.clear()
