"""The pace of one instance: how many calls a second, and how much of each domain's minute is used up.

The API counts an account's calls a second: each instance keeps to the share that its deployment gives it. It counts a
domain's URLs a minute: what exceeds that is not sent to be refused, it waits for a later minute.
"""

from collections import Counter, deque
from collections.abc import Callable, Container, Iterable

from oss_cdn_refresh.cdn.limits import DIRECTORIES_PER_MINUTE_PER_DOMAIN, MINUTE, SECOND
from oss_cdn_refresh.items import DIRECTORY, Item

SOON = 2.0  # seconds that are worth waiting for: whoever is put off comes back a minute later
LATE = 30.0  # seconds that a message may come back too late: 15 until a batch is complete, and some to pull it

_Lane = tuple[str, bool]  # a domain, and whether it is about directories: they have a limit of their own


class Pace:
    """What was sent lately and is to come soon, by `monotonic` seconds; kept as long as the instance lives."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._sent: dict[_Lane, deque[tuple[float, int]]] = {}
        self._promised: dict[_Lane, list[tuple[float, int]]] = {}
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

    def until_room(self, items: Iterable[Item], urls_per_minute: int) -> float:
        """Seconds until a minute that is too full for its items has room; 0 where there is none soon, or enough now.

        What was put off for a minute can come back some milliseconds before it is over.
        """
        soon = 0.0
        for lane, count in Counter(map(_lane, items)).items() if self._sent else ():
            if count > _limit(lane, urls_per_minute) - self._in_this_minute(lane):
                free = self._sent[lane][0][0] + MINUTE - self._monotonic() if self._sent.get(lane) else 0.0
                soon = max(soon, free if free <= SOON else 0.0)
        return soon

    def loads(
        self, items: Iterable[Item], urls_per_minute: int, earlier: Container[Item] = ()
    ) -> dict[int, list[Item]]:
        """Items by the minutes that they have to wait: 0 for what fits into this one, n for the n-th load after.

        `earlier` are those of an earlier day: they leave the room that today's have been promised, which come back a
        little later and would else find each minute taken.
        """
        lanes: dict[_Lane, tuple[list[Item], list[Item]]] = {}
        for item in items:
            lanes.setdefault(_lane(item), ([], []))[item in earlier].append(item)
        loads: dict[int, list[Item]] = {}
        for lane, (today, before) in lanes.items():
            limit = _limit(lane, urls_per_minute)
            room = max(0, limit - self._in_this_minute(lane))
            left = max(0, room - len(today) - self._promised_soon(lane))
            later = today[room:] + before[left:]
            if room and (today or left):
                loads.setdefault(0, []).extend(today[:room] + before[:left])
            for wait, start in enumerate(range(0, len(later), limit), 1):
                loads.setdefault(wait, []).extend(later[start : start + limit])
            self._promise(lane, range(len(today) - room, 0, -limit), limit)
        return loads

    def sent(self, items: Iterable[Item]) -> None:
        """Take note of items that were, or may have been, accepted."""
        now = self._monotonic()
        for lane, count in Counter(map(_lane, items)).items():
            self._sent.setdefault(lane, deque()).append((now, count))

    def _promise(self, lane: _Lane, left: Iterable[int], limit: int) -> None:
        """Take note of how many of today's come back in each of the next minutes; `left` counts down to the last."""
        promised = self._promised.setdefault(lane, [])
        now = self._monotonic()
        promised.extend((now + wait * MINUTE, min(count, limit)) for wait, count in enumerate(left, 1))

    def _promised_soon(self, lane: _Lane) -> int:
        """How many of today's come back within a minute."""
        now = self._monotonic()
        promised = [(due, count) for due, count in self._promised.get(lane, ()) if due > now - LATE]
        self._promised[lane] = promised
        return sum(count for due, count in promised if due <= now + MINUTE)

    def _in_this_minute(self, lane: _Lane) -> int:
        sent = self._sent.get(lane, deque())
        while sent and sent[0][0] <= self._monotonic() - MINUTE:
            sent.popleft()
        return sum(count for _, count in sent)


def _limit(lane: _Lane, urls_per_minute: int) -> int:
    return DIRECTORIES_PER_MINUTE_PER_DOMAIN if lane[1] else urls_per_minute


def _lane(item: Item) -> _Lane:
    return item.domain, item.type == DIRECTORY
