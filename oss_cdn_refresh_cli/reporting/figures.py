"""The figures of a report, by the definitions of the dashboard: what `--json` prints and what the page shows."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from oss_cdn_refresh_cli.reporting.directories import Directories
from oss_cdn_refresh_cli.reporting.hours import LATE, UNCONFIRMED, Hours
from oss_cdn_refresh_cli.reporting.lines import Line
from oss_cdn_refresh_cli.reporting.prefixes import Prefixes
from oss_cdn_refresh_cli.reporting.quota import Forecasts, QuotaUsed
from oss_cdn_refresh_cli.reporting.remedies import remedy
from oss_cdn_refresh_cli.reporting.tally import tallies
from oss_cdn_refresh_cli.reporting.values import stamp

Document = Mapping[str, Any]


class _Part(Protocol):
    def add(self, line: Line) -> None:
        """Take a line."""

    def document(self) -> Any:
        """The figures."""


def figures(lines: Iterable[Line], language: str) -> dict[str, Any]:
    """The figures of some lines; times are in UTC. language: of the remedies, `en` or `zh`."""
    hours = Hours()
    parts: dict[str, _Part] = {
        "quota_used": QuotaUsed(),
        "quota_forecast": Forecasts(),
        "directories": Directories(),
        "prefixes": Prefixes(),
        **tallies(),
    }
    first, last = None, 0
    for line in lines:
        first = line.at if first is None else min(first, line.at)
        last = max(last, line.at)
        hours.add(line)
        for part in parts.values():
            part.add(line)
    found = {name: part.document() for name, part in parts.items()}
    for row in found["dead_letters"]:
        row["remedy"] = remedy(row["reason"], language)
    return {
        "from": None if first is None else stamp(first),
        "until": None if first is None else stamp(last),
        "late_seconds": LATE,
        "unconfirmed_minutes": UNCONFIRMED,
        **hours.document(),
        **found,
    }
