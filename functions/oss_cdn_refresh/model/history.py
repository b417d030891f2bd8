"""The history of an item: its attempts, the time when it was first seen, and why it was refused."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

HISTORY_LENGTH = 10  # the last refusals are kept

KEPT_FIELDS = 100  # unknown fields of messages that a merged history keeps; the bound keeps merging fast

NOTHING_KEPT: Mapping[str, Any] = MappingProxyType({})

_Item = TypeVar("_Item")


class History(NamedTuple):
    """The history of an item. Times are epoch seconds.

    changed_at, changed_last: the earliest and the latest change of the item, None if no event has a time.
    force: whether the CDN deletes its copies instead of revalidating them. It always deletes the copy of a File; for a
    directory that replaces the File, this flag asks for it.
    refusals: the last refusals, oldest first, in the format of our messages.
    resubmissions: how often the item was submitted again because its task had failed.
    preload: whether the last change wrote an object that may be preloaded.
    kept: the fields of a message that this version does not know.
    """

    first_seen: float
    changed_at: float | None = None
    changed_last: float | None = None
    attempts: int = 0
    force: bool = False
    refusals: tuple[Mapping[str, Any], ...] = ()
    kept: Mapping[str, Any] = NOTHING_KEPT
    resubmissions: int = 0
    preload: bool = False

    @property
    def deferred_before(self) -> bool:
        """Whether the item was in the backlog before."""
        return bool(self.refusals) or self.attempts > 0

    def turn(self, midnight: float) -> int:
        """The item's priority when not everything can be sent: 0 never deferred, 1 deferred today, 2 deferred earlier.

        midnight: when the day of the quotas began, in epoch seconds.
        """
        return self.deferred_before + (self.deferred_before and self.first_seen < midnight)

    def merged(self, other: "History") -> "History":
        """The common history of an item that occurs twice: the earliest first_seen and the highest attempts."""
        if self is other:
            return self
        changes = [time for time in (self.changed_at, other.changed_at) if time is not None]
        latest = [time for time in (self.changed_last, other.changed_last) if time is not None]
        refusals = {str(entry): entry for entry in (*self.refusals, *other.refusals)}.values()
        return History(
            first_seen=min(self.first_seen, other.first_seen),
            changed_at=min(changes, default=None),
            changed_last=max(latest, default=None),
            attempts=max(self.attempts, other.attempts),
            force=self.force or other.force,
            refusals=tuple(sorted(refusals, key=lambda entry: str(entry.get("at", ""))))[-HISTORY_LENGTH:],
            kept={**self.kept, **other.kept} if len(self.kept) < KEPT_FIELDS else self.kept,
            resubmissions=min(self.resubmissions, other.resubmissions),
            preload=other.preload if _later(other.changed_last, self.changed_last) else self.preload,
        )


def _later(one: float | None, other: float | None) -> bool:
    """Whether a change that was read after another one is not older; without a time, the order of reading decides."""
    return one is None or other is None or one >= other


def distinct(histories: Iterable[History]) -> dict[int, History]:
    """Each history once, by its `id`. Thousands of items share one: what it alone decides is decided once for them."""
    return {id(history): history for history in histories}


def deferred_before(items: Mapping[_Item, History]) -> list[_Item]:
    """The items that were in the backlog before."""
    late = {number for number, history in distinct(items.values()).items() if history.deferred_before}
    return [item for item, history in items.items() if id(history) in late] if late else []
