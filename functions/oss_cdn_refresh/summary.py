"""The result of an invocation: its summary, which the handler returns and always logs, and how each item ended."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from oss_cdn_refresh.logs import Log
from oss_cdn_refresh.model.history import History, distinct
from oss_cdn_refresh.model.item import Item
from oss_cdn_refresh.model.outcome import BATCHED, Outcome, Result

CONFIRMATIONS = ("complete", "failed", "waiting", "given_up")  # what was seen of the URLs of earlier calls


class _Delays:
    """How much later than their changes items got somewhere: of the newest change, and of the oldest."""

    def __init__(self) -> None:
        self._newest: float | None = None
        self._oldest: float | None = None

    def add(self, changed_at: float | None, changed_last: float | None, now: float) -> None:
        """Count items by their earliest and latest change; a clock that is behind makes their delay 0."""
        if changed_at is None or changed_last is None:
            return
        newest, oldest = max(0.0, now - changed_last), max(0.0, now - changed_at)
        self._newest = newest if self._newest is None else min(self._newest, newest)
        self._oldest = oldest if self._oldest is None else max(self._oldest, oldest)

    def milliseconds(self) -> dict[str, int | None]:
        """Both, in milliseconds; None where no event told a time."""
        return {"newest": _milliseconds(self._newest), "oldest": _milliseconds(self._oldest)}


class Summary:
    """Figures that are counted from outcomes; docs/operating.md, "What the handler returns", says what each means."""

    def __init__(self) -> None:
        self.changes = 0
        self.ignored: Counter[str] = Counter()
        self.urls = 0
        self.unreadable = 0
        self.requests = 0
        self.task_ids: list[str] = []
        self.confirmations: Counter[str] = Counter()
        self.preloaded = 0
        self.preload_skipped = 0
        self._lag, self._fresh = _Delays(), _Delays()
        self._waiting: float | None = None
        self._results: Counter[Result] = Counter()
        self._collapsed = 0
        self._collateral = 0.0

    def count(self, outcomes: Iterable[Outcome]) -> None:
        """Count outcomes that came true."""
        for outcome in outcomes:
            self._results[outcome.result] += len(outcome.items)

    def accepted(self, histories: Iterable[History], now: float) -> None:
        """Note how long after their changes items were accepted."""
        for history in distinct(histories).values():
            self._lag.add(history.changed_at, history.changed_last, now)

    def collapsed(self, items: int, collateral: float) -> None:
        """Count the items that accepted directories replaced, and the collateral of these directories."""
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
            **{result.value: self._results[result] for result in Result},
            "unreadable": self.unreadable,
            "requests": self.requests,
            "confirmations": {seen: self.confirmations[seen] for seen in CONFIRMATIONS},
            "preloaded": self.preloaded,
            "preload_skipped": self.preload_skipped,
            "task_ids": self.task_ids,  # last, because it may be long: see logs.py
        }

    def complete(self, changed_at: float | None, changed_last: float | None, now: float) -> None:
        """Note how long after their changes items were seen complete."""
        self._fresh.add(changed_at, changed_last, now)

    def waiting(self, seconds: float) -> None:
        """Note how long ago items that are still not confirmed were accepted."""
        self._waiting = seconds if self._waiting is None else max(self._waiting, seconds)

    def waiting_ms(self) -> int | None:
        """Milliseconds since the acceptance of the oldest items that are not confirmed yet; None where none are."""
        return _milliseconds(self._waiting)

    def fresh_ms(self) -> dict[str, int | None]:
        """Milliseconds from event time to the look that saw the task complete, of the newest and the oldest change."""
        return self._fresh.milliseconds()

    def lag_ms(self) -> dict[str, int | None]:
        """Milliseconds from event time to acceptance, of the newest and of the oldest change; None where unknown."""
        return self._lag.milliseconds()


def report(outcomes: Iterable[Outcome], histories: Mapping[Item, History], log: Log, now: float) -> None:
    """Log one line for each reason why items were not refreshed; `now` is in epoch seconds."""
    by_reason: dict[tuple[Result, str, str], list[Item]] = {}
    for outcome in outcomes:
        if outcome.result is not Result.REFRESHED:
            by_reason.setdefault((outcome.result, outcome.reason, outcome.message), []).extend(outcome.items)
    for (result, reason, message), items in by_reason.items():
        as_intended = log.info if reason == BATCHED else log.warning
        write = log.error if result is Result.DEAD_LETTERED else as_intended
        write(
            result.value,
            reason=reason,
            message=message,
            items=len(items),
            oldest_ms=oldest_ms((histories[item] for item in items), now),
            urls=[item.url for item in items],
        )


def oldest_ms(histories: Iterable[History], now: float) -> int | None:
    """Milliseconds since the oldest change of the items; None where no event told a time."""
    changes = [history.changed_at for history in histories if history.changed_at is not None]
    return _milliseconds(max(0.0, now - min(changes)) if changes else None)


def _milliseconds(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * 1000)
