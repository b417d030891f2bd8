"""Groups lines by some of their fields and counts them, as `GROUP BY` does in the queries of infra/sls."""

from collections.abc import Callable, Mapping
from typing import Any

from oss_cdn_refresh_cli.reporting.lines import Line
from oss_cdn_refresh_cli.reporting.values import maybe, target, text, whole

Read = Callable[[Line], Any]


def _text(name: str) -> Read:
    return lambda line: text(line.fields, name)


def _target(line: Line) -> str:
    return target(line.fields)


def _description(line: Line) -> str:
    """The status and the description, in the product's words; refresh-failed.sql joins them likewise."""
    return f"{text(line.fields, 'status')} {text(line.fields, 'message')}"


def _event(line: Line) -> str:
    return line.event


class Tally:
    """A table: one row for each group of lines.

    counted: the name of the figure. `items` adds up that field, any other name counts the lines.
    """

    def __init__(self, events: tuple[str, ...], by: Mapping[str, Read], counted: str = "items") -> None:
        self._events = events
        self._by = by
        self._counted = counted
        self._groups: dict[tuple[Any, ...], int] = {}
        self._oldest: dict[tuple[Any, ...], int] = {}

    def add(self, line: Line) -> None:
        """Take a line."""
        if line.event not in self._events:
            return
        group = tuple(read(line) for read in self._by.values())
        count = whole(line.fields, "items") if self._counted == "items" else 1
        self._groups[group] = self._groups.get(group, 0) + count
        oldest = maybe(line.fields, "oldest_ms")
        if oldest is not None:
            self._oldest[group] = max(self._oldest.get(group, 0), oldest)

    def document(self) -> list[dict[str, Any]]:
        """The rows, the largest first."""
        ordered = sorted(self._groups.items(), key=lambda entry: (-entry[1], entry[0]))
        return [
            {
                **dict(zip(self._by, group, strict=True)),
                self._counted: count,
                **({"oldest_minutes": self._oldest[group] / 60_000} if group in self._oldest else {}),
            }
            for group, count in ordered
        ]


def tallies() -> dict[str, Tally]:
    """The tables of the report, by their names in the document."""
    remedy = {"target": _target, "code": _text("code"), "remedy": _text("remedy")}
    return {
        "refused": Tally(("refused",), {"target": _target, "code": _text("code"), "means": _text("means")}, "calls"),
        "deferred": Tally(("deferred",), {"reason": _text("reason")}),
        "dead_letters": Tally(("dead_lettered",), {"reason": _text("reason")}),
        "refresh_failed": Tally(("refresh_failed",), {"target": _target, "description": _description}),
        "unconfirmed": Tally(("unconfirmed",), {"reason": _text("reason")}),
        "unaccounted": Tally(("unaccounted",), {"reason": _text("reason")}, "lines"),
        "product_refusals": Tally(
            ("account_refused", "request_refused", "confirmation_unavailable"), {"event": _event, **remedy}, "lines"
        ),
    }
