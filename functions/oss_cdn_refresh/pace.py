"""The pace of one instance: how many calls a second, and how much of each domain's minute is used up.

The API counts an account's calls a second: each instance keeps to the share that its deployment gives it. It counts a
domain's URLs a minute: what exceeds that is not sent to be refused, it waits for a later minute.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterable
from itertools import pairwise

from oss_cdn_refresh.cdn.limits import DIRECTORIES_PER_MINUTE_PER_DOMAIN, MINUTE, SECOND
from oss_cdn_refresh.items import DIRECTORY, Item

_Lane = tuple[str, bool]  # a domain, and whether it is about directories: they have a limit of their own


class Pace:
    """What was sent lately, by `monotonic` seconds; kept as long as the instance lives."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._sent: dict[_Lane, deque[tuple[float, int]]] = {}
        self._calls: deque[float] = deque()

    def until_next_call(self, calls_per_second: int) -> float:
        """Seconds until another call keeps to so many a second; 0 a second sets no bound."""
        if not calls_per_second or len(self._calls) < calls_per_second:
            return 0.0
        return max(0.0, self._calls[-calls_per_second] + SECOND - self._monotonic())

    def called(self) -> None:
        """Take note of a call that begins now."""
        now = self._monotonic()
        while self._calls and self._calls[0] <= now - SECOND:
            self._calls.popleft()
        self._calls.append(now)

    def loads(self, items: Iterable[Item], urls_per_minute: int) -> dict[int, list[Item]]:
        """Items by the minutes that they have to wait: 0 for what fits into this one, n for the n-th load after."""
        lanes: dict[_Lane, list[Item]] = {}
        for item in items:
            lanes.setdefault(_lane(item), []).append(item)
        loads: dict[int, list[Item]] = {}
        for lane, inside in lanes.items():
            limit = DIRECTORIES_PER_MINUTE_PER_DOMAIN if lane[1] else urls_per_minute
            room = max(0, limit - self._in_this_minute(lane))
            cuts = [0, *range(room, len(inside), limit), len(inside)]
            for wait, (start, end) in enumerate(pairwise(cuts)):
                if end > start:
                    loads.setdefault(wait, []).extend(inside[start:end])
        return loads

    def sent(self, items: Iterable[Item]) -> None:
        """Take note of items that were, or may have been, accepted."""
        now = self._monotonic()
        for lane, count in Counter(map(_lane, items)).items():
            self._sent.setdefault(lane, deque()).append((now, count))

    def _in_this_minute(self, lane: _Lane) -> int:
        sent = self._sent.get(lane, deque())
        while sent and sent[0][0] <= self._monotonic() - MINUTE:
            sent.popleft()
        return sum(count for _, count in sent)


def _lane(item: Item) -> _Lane:
    return item.domain, item.type == DIRECTORY
