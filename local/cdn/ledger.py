"""The account's books: calls a second, items a minute and domain, items a day."""

from collections import Counter, defaultdict, deque

from local.account.errors import refused
from local.cdn.limits import Limits, Quota
from local.cdn.refresh import Refresh, domain
from local.clock import Clock

DAY = 24 * 3600
UTC_PLUS_8 = 8 * 3600  # the quotas of the day come back at midnight there


class Ledger:
    """Counts what was accepted; nothing that is refused is counted."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._calls: defaultdict[str, _Window] = defaultdict(lambda: _Window(1))
        self._minutes: defaultdict[tuple[str, str], _Window] = defaultdict(lambda: _Window(60))
        self._today = -1
        self._used: Counter[str] = Counter()

    def call(self, action: str, at_most: int) -> None:
        """Count a call of `action`; refused when the last second has seen `at_most` of them."""
        now = self._clock.now()
        if self._calls[action].sum(now) >= at_most:
            raise refused("Throttling.User")
        self._calls[action].add(now, 1)

    def spend(self, refresh: Refresh, limits: Limits, quota: Quota) -> None:
        """Count a refresh, all of it or, where a quota does not suffice, nothing."""
        now = self._clock.now()
        if len(refresh.urls) > self.remaining(quota)[refresh.object_type]:
            raise refused("QuotaExceeded.Refresh", refresh.object_type)
        paces = {"File": limits.urls_per_minute_per_domain, "Directory": limits.directories_per_minute_per_domain}
        items = Counter(map(domain, refresh.urls))
        if pace := paces.get(refresh.object_type):
            for name, count in items.items():
                if self._minutes[refresh.object_type, name].sum(now) + count > pace:
                    raise refused("QuotaPerMinuteExceeded.Refresh", name)
        for name, count in items.items():
            self._minutes[refresh.object_type, name].add(now, count)
        self._used[refresh.object_type] += len(refresh.urls)

    def remaining(self, quota: Quota) -> dict[str, int]:
        """What is left of the day's quota for each object type, never below zero."""
        today = int((self._clock.now() + UTC_PLUS_8) // DAY)
        if today != self._today:
            self._today = today
            self._used.clear()
        given = {"File": quota.urls, "Directory": quota.directories, "IgnoreParams": quota.ignore_params}
        return {name: max(0, figure - self._used[name]) for name, figure in given.items()}


class _Window:
    """A sliding window: what was counted within the last `seconds`."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._entries: deque[tuple[float, int]] = deque()

    def add(self, now: float, count: int) -> None:
        self._entries.append((now, count))

    def sum(self, now: float) -> int:
        while self._entries and self._entries[0][0] <= now - self._seconds:
            self._entries.popleft()
        return sum(count for _at, count in self._entries)
