"""Tables of the page."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from oss_cdn_refresh_cli.reporting.page.markup import Markup, element, joined
from oss_cdn_refresh_cli.reporting.page.spelling import number
from oss_cdn_refresh_cli.reporting.page.texts import Texts

ROWS = 50  # of a table; `--json` has all
CHARACTERS = 300  # of a cell

Row = Mapping[str, Any]


class Column(NamedTuple):
    """A column: its heading, and the field of a row or a function of the row."""

    heading: str
    read: str | Callable[[Row], object]
    figure: bool = False


def table(caption: str, columns: Sequence[Column], rows: Sequence[Row], texts: Texts, *, wide: bool = True) -> Markup:
    """A table, or the word for none. wide: a phone shows each row as a block of lines."""
    if not rows:
        return joined([element("p", f"{caption}: {texts.none}", class_="note")] if caption else [])
    head = element("tr", joined(element("th", column.heading, **_class(column)) for column in columns))
    body = joined(element("tr", joined(_cells(columns, row))) for row in rows[:ROWS])
    more = len(rows) - ROWS
    return joined(
        [
            element(
                "table",
                element("caption", caption) if caption else None,
                element("thead", head),
                element("tbody", body),
                class_="long" if wide else "short",
            ),
            element("p", texts.more.format(count=more), class_="note") if more > 0 else None,
        ]
    )


def _cells(columns: Iterable[Column], row: Row) -> Iterable[Markup]:
    for column in columns:
        value = column.read(row) if callable(column.read) else row.get(column.read)
        shown = number(value) if isinstance(value, int) else "–" if value in (None, "") else str(value)
        cut = shown if len(shown) <= CHARACTERS else f"{shown[: CHARACTERS - 1]}…"
        yield element("td", cut, data_label=column.heading, **_class(column))


def _class(column: Column) -> dict[str, str]:
    return {"class_": "figure"} if column.figure else {}
