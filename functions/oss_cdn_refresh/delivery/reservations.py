"""Capacity of a domain's future minutes, kept for the items that were deferred to them."""

from typing import NamedTuple

LATE = 60.0  # seconds after which nobody waits for it any more: a batch takes 15 to fill, and some to be pulled


class Reservation(NamedTuple):
    """Room for so many items at a moment; `earlier` are those that were first seen before today."""

    due: float
    earlier: bool
    items: int


class Reservations:
    """Those of one domain, in the order in which they are due; moments are `monotonic` seconds."""

    def __init__(self) -> None:
        self._reservations: list[Reservation] = []

    def make(self, due: float, count: int, *, earlier: bool) -> None:
        """Promise room."""
        self._reservations.append(Reservation(due, earlier, count))
        self._reservations.sort()

    def keep(self, now: float, count: int, *, earlier: bool) -> None:
        """Forget promises to so many items, as they are here, and to those that are late."""
        left: list[Reservation] = []
        for promise in self._reservations:
            here = min(count, promise.items) if promise.earlier is earlier else 0
            count -= here
            if promise.items > here and promise.due > now - LATE:
                left.append(promise._replace(items=promise.items - here))
        self._reservations = left

    def until(self, moment: float, *, after: float, earlier: bool) -> int:
        """For how many items there has to be room in between, `earlier` ones too or only today's."""
        return sum(
            promise.items
            for promise in self._reservations
            if after < promise.due <= moment and (earlier or not promise.earlier)
        )
