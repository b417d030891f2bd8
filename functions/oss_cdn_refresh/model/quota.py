"""The day's quotas as one instance knows them: what the CDN said last, less what was sent since.

The quotas belong to the account, so the figures may be too high where others refresh too. They are asked for where
that can make a difference: a single change does not, thousands do.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import NamedTuple

from oss_cdn_refresh.model.item import ObjectType
from oss_cdn_refresh.model.limits import MINUTE, RESET_OFFSET_HOURS

HOUR, DAY = 3_600, 86_400  # seconds
FRESH_SECONDS = MINUTE  # for which an answer is cached …
MATTERS = 100  # … until so many items were sent, or are to be sent: 1 % of a day's URLs, or all of its directories


def midnight(at: float) -> float:
    """When the quotas' day of a moment began, in epoch seconds."""
    return at - (at + RESET_OFFSET_HOURS * HOUR) % DAY


class Allowance(NamedTuple):
    """One quota of the day: what is left, and what a day has; None where the CDN does not tell."""

    left: int | None
    of_a_day: int | None = None


class Quota:
    """Kept as long as the instance lives, by `monotonic` seconds; a new day of the quotas makes it forget."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._midnight = 0.0
        self._told: Mapping[ObjectType, Allowance] = {}
        self._told_at: float | None = None
        self._sent: Counter[ObjectType] = Counter()

    def begin(self, midnight: float) -> None:
        """Forget what was said of another day; `midnight` is when today began, in epoch seconds."""
        if midnight != self._midnight:
            self._midnight, self._told, self._told_at = midnight, {}, None
            self._sent.clear()

    def worth_asking(self, wanted: Mapping[ObjectType, int]) -> bool:
        """Whether an answer may change what becomes of so many items of each type."""
        fresh = self._told_at is not None and self._monotonic() - self._told_at < FRESH_SECONDS
        short = any((left := self.left(kind)) is not None and left < count for kind, count in wanted.items())
        return not fresh and (short or sum(wanted.values()) + self._sent.total() >= MATTERS)

    def told(self, allowances: Mapping[ObjectType, Allowance]) -> None:
        """Take note of the CDN's answer."""
        self._told, self._told_at = allowances, self._monotonic()
        self._sent.clear()

    def sent(self, object_type: ObjectType, count: int) -> None:
        """Take note of items that were, or may have been, accepted."""
        self._sent[object_type] += count

    def used_up(self, object_type: ObjectType) -> None:
        """Take note that nothing is left, whatever was said."""
        self._told = {**self._told, object_type: Allowance(self._sent[object_type], self.of_a_day(object_type))}

    def left(self, object_type: ObjectType) -> int | None:
        """How many items may still be sent today, as far as that is known."""
        allowance = self._told.get(object_type)
        if allowance is None or allowance.left is None:
            return None
        return max(0, allowance.left - self._sent[object_type])

    def of_a_day(self, object_type: ObjectType) -> int | None:
        """How many a day has."""
        allowance = self._told.get(object_type)
        return allowance.of_a_day if allowance else None
