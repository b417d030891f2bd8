"""The pace of one instance: how many calls a second, and how much of each domain's minute is used up.

The API counts an account's calls a second: each instance keeps to the share that its deployment gives it. It counts a
domain's URLs a minute: what exceeds that is not sent to be refused, it waits for a later minute.
"""

import math
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping

from oss_cdn_refresh.delivery.reservations import Reservations
from oss_cdn_refresh.model.history import History, distinct
from oss_cdn_refresh.model.item import DIRECTORY, Item
from oss_cdn_refresh.model.limits import MINUTE, SECOND, Limits

SOON = 2.0  # seconds that are worth waiting for: a deferred item comes back a minute later
PACE = "Pace"  # the reason of items that are deferred here

_Lane = tuple[str, bool]  # a domain, and whether it is about directories: they have a limit of their own
_Turn = tuple[bool, bool]  # whether first seen before today, and whether new: they come in this order


class RateLimit:
    """What was sent lately and is to come soon, by `monotonic` seconds; kept as long as the instance lives."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._sent: dict[_Lane, deque[tuple[float, int]]] = {}
        self._reservations: dict[_Lane, Reservations] = {}
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

    def until_room(self, items: Iterable[Item], limits: Limits) -> float:
        """Seconds until a minute that is too full for its items has room; 0 where there is none soon, or enough now.

        Items that were deferred for a minute can come back some milliseconds before it is over.
        """
        soon = 0.0
        for lane, count in Counter(map(_lane, items)).items() if self._sent else ():
            if count > _limit(lane, limits) - self._in_this_minute(lane):
                free = self._sent[lane][0][0] + MINUTE - self._monotonic() if self._sent.get(lane) else 0.0
                soon = max(soon, free if free <= SOON else 0.0)
        return soon

    def loads(self, items: Mapping[Item, History], limits: Limits, midnight: float) -> dict[int, list[Item]]:
        """Items by the minutes that they have to wait: 0 for what fits into this one, n for the n-th load after.

        Items that were deferred to this minute come first. Items that have to wait go behind those deferred before.
        Items that were first seen before `midnight`, in epoch seconds, leave the reservations of today's items free.
        """
        turn_of = {number: _turn(history, midnight) for number, history in distinct(items.values()).items()}
        lanes: dict[_Lane, dict[_Turn, list[Item]]] = {}
        for item, history in items.items():
            lanes.setdefault(_lane(item), {}).setdefault(turn_of[id(history)], []).append(item)
        loads: dict[int, list[Item]] = {}
        for lane, turns in lanes.items():
            taken = self._in_this_minute(lane)
            for turn in sorted(turns):
                shares = self._shares(lane, turn, len(turns[turn]), _limit(lane, limits), taken)
                start = 0
                for wait, count in shares.items():
                    loads.setdefault(wait, []).extend(turns[turn][start : start + count])
                    start += count
                taken += shares.get(0, 0)
        return loads

    def sent(self, items: Iterable[Item]) -> None:
        """Take note of items that were, or may have been, accepted."""
        now = self._monotonic()
        for lane, count in Counter(map(_lane, items)).items():
            self._sent.setdefault(lane, deque()).append((now, count))

    def _shares(self, lane: _Lane, turn: _Turn, left: int, limit: int, taken: int) -> dict[int, int]:
        """How many of the items of one turn go in which minute; what has to wait is promised its room."""
        earlier, new = turn
        now, reservations = self._monotonic(), self._reservations.setdefault(lane, Reservations())
        reservations.keep(now, 0 if new else left, earlier=earlier)
        shares: dict[int, int] = {}
        wait = 0
        while left > 0:
            until = now + max(wait, 1) * MINUTE
            after = until - MINUTE if wait else -math.inf
            behind = earlier or (new and wait > 0)
            others = reservations.until(until, after=after, earlier=earlier and new and wait > 0) if behind else 0
            share = min(left, max(0, limit - others - (0 if wait else taken)))
            if share:
                shares[wait] = share
                if wait:
                    reservations.make(until, share, earlier=earlier)
            left -= share
            wait += 1
        return shares

    def _in_this_minute(self, lane: _Lane) -> int:
        sent = self._sent.get(lane, deque())
        while sent and sent[0][0] <= self._monotonic() - MINUTE:
            sent.popleft()
        return sum(count for _, count in sent)


def _limit(lane: _Lane, limits: Limits) -> int:
    return limits.directories_per_minute_per_domain if lane[1] else limits.urls_per_minute_per_domain


def _lane(item: Item) -> _Lane:
    return item.domain, item[0] == DIRECTORY


def _turn(history: History, midnight: float) -> _Turn:
    new = not (history.refusals and history.refusals[-1].get("reason") == PACE)
    return history.first_seen < midnight, new
