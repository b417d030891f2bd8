"""The hours of the charts: without gaps, in UTC+8, and at most those of a week."""

from collections.abc import Iterable, Mapping
from typing import Any

from oss_cdn_refresh.model.quota import HOUR
from oss_cdn_refresh_cli.reporting.page.charts import Mark
from oss_cdn_refresh_cli.reporting.values import CHINA, china_day, epoch, in_china, stamp

FEWEST, MOST = 12, 168  # hours


class Axis:
    """The hours of the charts. marks: their labels. all: whether the charts show every hour of the figures."""

    def __init__(self, hours: Iterable[Mapping[str, Any]]) -> None:
        self._hours = {epoch(row["hour"]): row for row in hours}
        last, first = max(self._hours), min(self._hours)
        count = max(FEWEST, min(MOST, (last - first) // HOUR + 1))
        self._shown = range(last - (count - 1) * HOUR, last + 1, HOUR)
        self.all = first >= self._shown[0]
        self.marks = [_mark(at) for at in self._shown]

    def of(self, *path: str) -> list[float | None]:
        """A figure of each hour, by its path in the hour; a count is 0 in an hour without lines."""
        return [_value(self._hours.get(at), path) for at in self._shown]

    def since_reset(self, rows: Iterable[Mapping[str, Any]], target: str, name: str) -> list[float | None]:
        """A sum since 00:00 in UTC+8, which stays until it grows or the next day begins."""
        known = {epoch(row["hour"]): row[name] for row in rows if row["target"] == target}
        day, today = None, 0
        sums: list[float | None] = []
        for at in range(min(known, default=0), self._shown[-1] + 1, HOUR) if known else self._shown:
            if china_day(at) != day:
                day, today = china_day(at), 0
            today = known.get(at, today)
            if at >= self._shown[0]:
                sums.append(today)
        return [0] * (len(self._shown) - len(sums)) + sums


def _value(row: Mapping[str, Any] | None, path: tuple[str, ...]) -> float | None:
    value: Any = row
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return 0 if value is None and not path[-1].endswith("_seconds") else value


def _mark(at: int) -> Mark:
    moment = in_china(stamp(at))
    return Mark(f"{moment:%m-%d}" if (at + CHINA) % (24 * HOUR) == 0 else f"{moment:%H}", not moment.hour)
