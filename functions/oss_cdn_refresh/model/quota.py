"""The daily quotas of a target as one instance knows them: the last answer, minus the items that were sent since.

The quotas belong to the account or to its site, so the figures are too high if somebody else refreshes too. The
instance asks for the quotas only if the answer can change the result: for thousands of items, not for a single change.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import NamedTuple

from oss_cdn_refresh.model.item import ObjectType
from oss_cdn_refresh.model.limits import MINUTE, RESET_OFFSET_HOURS

HOUR, DAY = 3_600, 86_400  # seconds
FRESH_SECONDS = MINUTE  # how long an answer is cached …
MATTERS = 100  # … and the number of items that makes asking worth a call: 1 % of a day's URLs, all of its directories


def midnight(at: float) -> float:
    """When the quotas' day that contains a moment began; both in epoch seconds."""
    return at - (at + RESET_OFFSET_HOURS * HOUR) % DAY


class Allowance(NamedTuple):
    """One daily quota: how many items are left today, and how many a day has; None if the CDN's answer omits it."""

    left: int | None
    of_a_day: int | None = None


class Quota:
    """The quotas of one target, kept until the next day of the quotas begins. `monotonic` is a clock in seconds."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._midnight = 0.0
        self._answer: Mapping[ObjectType, Allowance] = {}
        self._answered_at: float | None = None
        self._sent: Counter[ObjectType] = Counter()

    def begin(self, midnight: float) -> None:
        """Forget the figures of an earlier day. `midnight` is when today began, in epoch seconds."""
        if midnight != self._midnight:
            self._midnight, self._answer, self._answered_at = midnight, {}, None
            self._sent.clear()

    def worth_asking(self, wanted: Mapping[ObjectType, int]) -> bool:
        """Whether the CDN's answer may change the result for this many items of each type."""
        fresh = self._answered_at is not None and self._monotonic() - self._answered_at < FRESH_SECONDS
        short = any((left := self.left(kind)) is not None and left < count for kind, count in wanted.items())
        return not fresh and (short or sum(wanted.values()) + self._sent.total() >= MATTERS)

    def answered(self, allowances: Mapping[ObjectType, Allowance]) -> None:
        """Remember an answer of the product, which may be about some types; {} if it gave none."""
        self._answer = {**self._answer, **allowances} if allowances else {}
        self._answered_at = self._monotonic()
        for kind in allowances or tuple(self._sent):
            self._sent.pop(kind, None)

    def sent(self, object_type: ObjectType, count: int) -> None:
        """Count items that the CDN accepted, or may have accepted."""
        self._sent[object_type] += count

    def used_up(self, object_type: ObjectType) -> None:
        """Remember that nothing is left today, whatever the CDN's answer was."""
        self._answer = {**self._answer, object_type: Allowance(self._sent[object_type], self.of_a_day(object_type))}

    def left(self, object_type: ObjectType) -> int | None:
        """How many items may still be sent today; None if that is unknown."""
        allowance = self._answer.get(object_type)
        if allowance is None or allowance.left is None:
            return None
        return max(0, allowance.left - self._sent[object_type])

    def of_a_day(self, object_type: ObjectType) -> int | None:
        """How many items a whole day has; None if that is unknown."""
        allowance = self._answer.get(object_type)
        return allowance.of_a_day if allowance else None
