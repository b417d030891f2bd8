"""The summary of an invocation: what the handler returns, and the one log line that is always written."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from oss_cdn_refresh.logs import Log
from oss_cdn_refresh.model.item import Item, Trail
from oss_cdn_refresh.model.outcome import BATCHED, Fate, Outcome


class Summary:
    """Figures that are counted from outcomes; docs/operating.md, "What the handler returns", says what each means."""

    def __init__(self) -> None:
        self.changes = 0
        self.ignored: Counter[str] = Counter()
        self.urls = 0
        self.unreadable = 0
        self.requests = 0
        self.task_ids: list[str] = []
        self._fates: Counter[Fate] = Counter()
        self._collapsed = 0
        self._collateral = 0.0
        self._newest: float | None = None
        self._oldest: float | None = None

    def count(self, outcomes: Iterable[Outcome]) -> None:
        """Count outcomes that came true."""
        for outcome in outcomes:
            self._fates[outcome.fate] += len(outcome.items)

    def accepted(self, trails: Iterable[Trail], now: float) -> None:
        """Note how long after their changes items were accepted; a clock that is behind makes that 0."""
        for trail in trails:
            if trail.changed_at is None or trail.changed_last is None:
                continue
            newest, oldest = max(0.0, now - trail.changed_last), max(0.0, now - trail.changed_at)
            self._newest = newest if self._newest is None else min(self._newest, newest)
            self._oldest = oldest if self._oldest is None else max(self._oldest, oldest)

    def collapsed(self, items: int, collateral: float) -> None:
        """Note how many items directories that were accepted stood for, and what those expired besides."""
        self._collapsed += items
        self._collateral += collateral

    def collapse(self) -> dict[str, int]:
        """The same for the log."""
        return {"collapsed": self._collapsed, "collateral": round(self._collateral)}

    def fields(self) -> dict[str, Any]:
        """What the handler returns."""
        return {
            "changes": self.changes,
            "ignored": dict(self.ignored),
            "urls": self.urls,
            **{fate.value: self._fates[fate] for fate in Fate},
            "unreadable": self.unreadable,
            "requests": self.requests,
            "task_ids": self.task_ids,
        }

    def lag_ms(self) -> dict[str, int | None]:
        """Milliseconds from event time to acceptance, of the newest and of the oldest change; None where unknown."""
        return {"newest": _milliseconds(self._newest), "oldest": _milliseconds(self._oldest)}


def report(outcomes: Iterable[Outcome], trails: Mapping[Item, Trail], log: Log, now: float) -> None:
    """Log one line for each reason why items were not refreshed; `now` is in epoch seconds."""
    by_reason: dict[tuple[Fate, str, str], list[Item]] = {}
    for outcome in outcomes:
        if outcome.fate is not Fate.REFRESHED:
            by_reason.setdefault((outcome.fate, outcome.reason, outcome.message), []).extend(outcome.items)
    for (fate, reason, message), items in by_reason.items():
        as_intended = log.info if reason == BATCHED else log.warning
        write = log.error if fate is Fate.DEAD_LETTERED else as_intended
        write(
            fate.value,
            reason=reason,
            message=message,
            items=len(items),
            oldest_ms=oldest_ms((trails[item] for item in items), now),
            urls=[item.url for item in items],
        )


def oldest_ms(trails: Iterable[Trail], now: float) -> int | None:
    """Milliseconds since the oldest change that items stand for; None where no event told a time."""
    changes = [trail.changed_at for trail in trails if trail.changed_at is not None]
    return _milliseconds(max(0.0, now - min(changes)) if changes else None)


def _milliseconds(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * 1000)
