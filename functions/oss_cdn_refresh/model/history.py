"""Histories: what an item has been through before, in this invocation and in earlier ones."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

HISTORY_LENGTH = 10  # refusals that an item remembers

KEPT_FIELDS = 100  # unknown fields of messages that a merged item keeps: nobody sends more, and merging stays quick

NOTHING_KEPT: Mapping[str, Any] = MappingProxyType({})

_Item = TypeVar("_Item")


class History(NamedTuple):
    """What an item has been through. Times are epoch seconds.

    changed_at, changed_last: the earliest and the latest change of the item, None where no event told a time.
    force: whether copies are deleted instead of revalidated. A File always is; a directory that replaces it is not.
    refusals: the last ones, oldest first, as they stand in messages.
    kept: the fields of a message that we do not know.
    """

    first_seen: float
    changed_at: float | None = None
    changed_last: float | None = None
    attempts: int = 0
    force: bool = False
    refusals: tuple[Mapping[str, Any], ...] = ()
    kept: Mapping[str, Any] = NOTHING_KEPT

    @property
    def deferred_before(self) -> bool:
        """Whether the item was in the backlog before."""
        return bool(self.refusals) or self.attempts > 0

    def turn(self, midnight: float) -> int:
        """Its place where not everything can be sent: 0 never deferred, 1 deferred today, 2 on an earlier day.

        midnight: when the quotas' day began, in epoch seconds.
        """
        return self.deferred_before + (self.deferred_before and self.first_seen < midnight)

    def merged(self, other: "History") -> "History":
        """One history for two reasons to refresh the same item: the earliest first_seen and the most attempts count."""
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
        )


def distinct(histories: Iterable[History]) -> dict[int, History]:
    """Each history once, by its `id`. Thousands of items share one: what it alone decides is decided once for them."""
    return {id(history): history for history in histories}


def deferred_before(items: Mapping[_Item, History]) -> list[_Item]:
    """The items that were in the backlog before."""
    late = {number for number, history in distinct(items.values()).items() if history.deferred_before}
    return [item for item, history in items.items() if id(history) in late] if late else []
