"""Lists the directories that the planner chose, with the unchanged URLs that they expire (lines `collapsed`).

A line has the collateral of all its directories together, so only lines with the same directories are added up. The
chart of the collateral counts the summaries instead, which say what was accepted.
"""

from typing import Any, NamedTuple

from oss_cdn_refresh_cli.reporting.lines import Line
from oss_cdn_refresh_cli.reporting.values import target, texts, whole


class _Chosen(NamedTuple):
    plans: int = 0
    items: int = 0
    collateral: int = 0
    estimated: bool = False
    cut: bool = False


class Directories:
    """The directories of each plan."""

    def __init__(self) -> None:
        self._plans: dict[tuple[str, tuple[str, ...]], _Chosen] = {}

    def add(self, line: Line) -> None:
        """Take a line."""
        if line.event != "collapsed":
            return
        group = (target(line.fields), tuple(texts(line.fields, "directories")))
        before = self._plans.get(group, _Chosen())
        self._plans[group] = _Chosen(
            before.plans + 1,
            before.items + whole(line.fields, "items"),
            before.collateral + whole(line.fields, "collateral"),
            estimated=before.estimated or line.fields.get("estimated") is True,
            cut=before.cut or line.fields.get("shortened") is True,
        )

    def document(self) -> list[dict[str, Any]]:
        """One row for each group of directories, those with the most collateral first."""
        ordered = sorted(self._plans.items(), key=lambda entry: (-entry[1].collateral, entry[0]))
        return [
            {"target": product, "directories": list(chosen), **plan._asdict()} for (product, chosen), plan in ordered
        ]
