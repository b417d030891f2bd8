"""Counts the summaries of the invocations by the hour and in sum, as the queries of infra/sls do.

refreshed.sql, confirmed.sql and collateral.sql add up fields; lag.sql and fresh.sql take the median of the newest
change of each invocation, and the 95th percentile and the longest of the oldest one.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from oss_cdn_refresh_cli.reporting.lines import Line
from oss_cdn_refresh_cli.reporting.values import hour, maybe, stamp, text, whole

ADDED = {  # a figure of the report, and its field of the line `summary`
    "changes": ("changes",),
    "urls": ("urls",),
    "refreshed": ("refreshed",),
    "deferred": ("deferred",),
    "dead_lettered": ("dead_lettered",),
    "unreadable": ("unreadable",),
    "requests": ("requests",),
    "replaced": ("collapsed",),
    "collateral": ("collateral",),
    "confirmed": ("confirmations", "complete"),
    "failed": ("confirmations", "failed"),
    "given_up": ("confirmations", "given_up"),
    "preloaded": ("preloaded",),
    "preload_skipped": ("preload_skipped",),
}
LATE = 300  # seconds: the alarm `lag` fires where the median is above (infra/sls/queries/late.sql)
UNCONFIRMED = 30  # minutes: the alarm `unconfirmed` fires where an item has waited so long (unconfirmed.sql)


class Times:
    """The times from changes to something: of the newest and of the oldest change of each invocation, in ms."""

    def __init__(self) -> None:
        self._newest: list[int] = []
        self._oldest: list[int] = []

    def add(self, line: Line, name: str) -> None:
        """Take the times of a line."""
        for which, known in (("newest", self._newest), ("oldest", self._oldest)):
            value = maybe(line.fields, name, which)
            if value is not None:
                known.append(value)

    def document(self) -> dict[str, float | None]:
        """Seconds; None where nothing happened."""
        return {
            "median_seconds": _seconds(percentile(self._newest, 0.5)),
            "p95_seconds": _seconds(percentile(self._oldest, 0.95)),
            "longest_seconds": _seconds(max(self._oldest, default=None)),
        }


class Period:
    """The figures of an hour, or of the whole time."""

    def __init__(self) -> None:
        self.invocations = 0
        self.refusals: Counter[str] = Counter()
        self._added: Counter[str] = Counter()
        self._lag, self._fresh = Times(), Times()
        self._waiting: int | None = None

    def add(self, line: Line) -> None:
        """Take a line."""
        if line.event == "refused":
            self.refusals[text(line.fields, "code")] += 1
        if line.event != "summary":
            return
        self.invocations += 1
        for name, path in ADDED.items():
            self._added[name] += whole(line.fields, *path)
        self._lag.add(line, "lag_ms")
        self._fresh.add(line, "fresh_ms")
        waiting = maybe(line.fields, "waiting_ms")
        if waiting is not None:
            self._waiting = max(self._waiting or 0, waiting)

    def document(self) -> dict[str, Any]:
        """The figures by name."""
        ended = sum(self._added[name] for name in ("confirmed", "failed", "given_up"))
        return {
            "invocations": self.invocations,
            **{name: self._added[name] for name in ADDED},
            "confirmed_percent": 100 * self._added["confirmed"] / ended if ended else None,
            "lag": self._lag.document(),
            "fresh": self._fresh.document(),
            "unconfirmed_minutes": None if self._waiting is None else self._waiting // 60_000,
            "refused": dict(self.refusals.most_common()),
        }


class Hours:
    """The figures of each hour with lines, and of the whole time."""

    def __init__(self) -> None:
        self._hours: dict[int, Period] = {}
        self._sum = Period()

    def add(self, line: Line) -> None:
        """Take a line."""
        for period in (self._hours.setdefault(hour(line.at), Period()), self._sum):
            period.add(line)

    def document(self) -> dict[str, Any]:
        """The hours in order, and the sum."""
        hours = [{"hour": stamp(at), **period.document()} for at, period in sorted(self._hours.items())]
        return {"sum": self._sum.document(), "hours": hours}


def percentile(values: Sequence[int], share: float) -> float | None:
    """The percentile, interpolated between the two nearest values; None without a value."""
    if not values:
        return None
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = ordered[int(place)]
    return below + (ordered[min(int(place) + 1, len(ordered) - 1)] - below) * (place % 1)


def _seconds(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1_000
