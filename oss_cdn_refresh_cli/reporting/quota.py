"""Adds up the quota that the functions used since the last reset, as quota-used.sql and quota-forecast.sql do."""

from collections import Counter
from typing import Any

from oss_cdn_refresh.model.item import DIRECTORY, FILE, IGNORE_PARAMS
from oss_cdn_refresh_cli.reporting.lines import Line
from oss_cdn_refresh_cli.reporting.values import china_day, hour, maybe, stamp, target, text, whole

COLUMNS = {FILE: "urls_today", DIRECTORY: "directories_today", IGNORE_PARAMS: "ignore_params_today"}


class QuotaUsed:
    """Items that each product accepted, by the hour; 00:00 in UTC+8 begins a new day's quota."""

    def __init__(self) -> None:
        self._used: dict[tuple[str, int], Counter[str]] = {}

    def add(self, line: Line) -> None:
        """Take a line."""
        if line.event == "accepted":
            used = self._used.setdefault((target(line.fields), hour(line.at)), Counter())
            used[text(line.fields, "object_type")] += whole(line.fields, "items")

    def document(self) -> list[dict[str, Any]]:
        """The sums since the reset, in each hour in which a product accepted something."""
        rows = []
        today: Counter[str] = Counter()
        before: tuple[str, int] | None = None
        for (product, at), used in sorted(self._used.items()):
            if before != (product, china_day(at)):
                before, today = (product, china_day(at)), Counter()
            today += used
            rows.append({"hour": stamp(at), "target": product, **{name: today[kind] for kind, name in COLUMNS.items()}})
        return rows


class Forecasts:
    """The warnings that a day's quota does not suffice: the one with most missing items of each product and type."""

    def __init__(self) -> None:
        self._worst: dict[tuple[str, str], Line] = {}

    def add(self, line: Line) -> None:
        """Take a line."""
        if line.event == "quota_forecast":
            group = (target(line.fields), text(line.fields, "object_type"))
            worst = self._worst.get(group)
            if worst is None or whole(worst.fields, "short") < whole(line.fields, "short"):
                self._worst[group] = line

    def document(self) -> list[dict[str, Any]]:
        """One row for each product and object type."""
        return [
            {
                "at": stamp(line.at),
                "target": product,
                "object_type": kind,
                **{name: maybe(line.fields, name) for name in ("left", "needed", "short", "days")},
                "done_by": text(line.fields, "done_by") or None,
            }
            for (product, kind), line in sorted(self._worst.items())
        ]
