"""Lays a table out for the width of a terminal. A command only says what each column is.

An id, a reason, a time and a figure are shown whole, on one line. A URL or an object key is shortened in the middle,
and a text is wrapped between words. Where not even that makes the columns fit, each row takes two lines or more, and
spare columns that would take a line of their own are left out. Only a value that is wider than the whole terminal is
continued on the next line. Widths are in cells of the terminal: a Chinese character takes two.
"""

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from itertools import zip_longest
from typing import NamedTuple

GAP = 2  # cells between two columns
INDENT = 2  # cells before the further lines of a row
LEAST_OF_A_URL = 32  # cells: enough for the host and the end of most URLs
LEAST_OF_A_TEXT = 20  # cells: enough for two or three words …
LONGEST_WORD = 40  # … and for the longest word, such as a domain, if that has at most so many cells


class Kind(Enum):
    """What the cells of a column are."""

    ID = "id"
    REASON = "reason"
    TIME = "time"
    URL = "url"
    FIGURE = "figure"
    TEXT = "text"


class Column(NamedTuple):
    """A column's heading and kind. `figures` is short for `Kind.FIGURE`: whole numbers, aligned to the right.

    spare: the column may be left out where there is no room for it.
    """

    name: str
    figures: bool = False
    kind: Kind = Kind.TEXT
    spare: bool = False

    @property
    def meaning(self) -> Kind:
        """The kind of its cells."""
        return Kind.FIGURE if self.figures else self.kind


class Cell(NamedTuple):
    """A text of a table, with a style of rich such as "red"."""

    text: str
    style: str = ""


class _Place(NamedTuple):
    """The place of a column in the line of a row."""

    column: int
    width: int
    kind: Kind


Line = list[Cell]
"""A line of a table; its cells follow each other without a gap."""


def lines(columns: Sequence[Column], rows: Sequence[Sequence[Cell]], width: int | None) -> Iterator[Line]:
    """The lines of a table with its headings, none wider than `width`; None is a file or a pipe, where all is whole."""
    heading = [Cell(column.name, "bold") for column in columns]
    texts = [[cell.text for cell in column] for column in zip(heading, *rows, strict=True)]
    groups = [_natural(columns, texts)] if width is None else _groups(columns, texts, width)
    for row in ([heading] if any(column.name for column in columns) else []) + list(rows):
        for number, group in enumerate(groups):
            yield from _lines(row, group, INDENT if number else 0, heading=row is heading)


def middle(text: str, width: int) -> str:
    """The beginning and the end of a text, as much as fits into so many cells."""
    if _cells(text) <= width:
        return text
    end = _beginning(text[::-1], (width - 1) // 2)[::-1]
    return _beginning(text, width - 1 - _cells(end)) + "…" + end


def _natural(columns: Sequence[Column], texts: Sequence[Sequence[str]]) -> list[_Place]:
    """The places of the columns in one line, as wide as their texts."""
    return [_Place(number, max(map(_cells, texts[number])), column.meaning) for number, column in enumerate(columns)]


def _groups(columns: Sequence[Column], texts: Sequence[Sequence[str]], width: int) -> list[list[_Place]]:
    """The places of the columns, by the lines of a row: each column is in the first line that holds its least width."""
    groups: list[list[_Place]] = []
    natural = _natural(columns, texts)
    for place in sorted(natural, key=lambda place: columns[place.column].spare):
        column = columns[place.column]
        least = max(_cells(column.name), min(place.width, _least(place, texts[place.column])))
        group = next((group for number, group in enumerate(groups) if _rest(group, number, width) >= least), None)
        if group is None and (not column.spare or not groups):
            groups.append([])
            group = groups[-1]
        if group is not None:
            group.append(place._replace(width=min(least, width - INDENT * (group is not groups[0]))))
    widths = [place.width for place in natural]
    return [
        _widened(sorted(group, key=lambda place: place.column), widths, width - (INDENT if number else 0))
        for number, group in enumerate(groups)
    ]


def _rest(group: Sequence[_Place], number: int, width: int) -> int:
    """How many cells are free in a line of a row for a further column; `number` is that of the line."""
    return width - (INDENT if number else 0) - sum(place.width + GAP for place in group)


def _least(place: _Place, texts: Iterable[str]) -> int:
    """How many cells a column needs: a URL and a text can do with less than their whole length."""
    if place.kind is Kind.URL:
        return LEAST_OF_A_URL
    if place.kind is Kind.TEXT:
        longest = max((_cells(word) for text in texts for word in text.split(" ")), default=0)
        return max(LEAST_OF_A_TEXT, min(longest, LONGEST_WORD))
    return place.width


def _widened(group: Sequence[_Place], natural: Sequence[int], width: int) -> list[_Place]:
    """The places with the rest of the line given to the columns that need it, the same to each."""
    widths = {place.column: place.width for place in group}
    rest = width - sum(widths.values()) - GAP * (len(group) - 1)
    while rest > 0 and (narrow := [column for column in widths if widths[column] < natural[column]]):
        for column in narrow:
            more = min(natural[column] - widths[column], max(1, rest // len(narrow)), rest)
            widths[column] += more
            rest -= more
    return [place._replace(width=widths[place.column]) for place in group]


def _lines(row: Sequence[Cell], group: Sequence[_Place], indent: int, *, heading: bool) -> Iterator[Line]:
    """The lines of one row that hold the columns of a group."""
    parts = [_parts(row[place.column].text, place, heading=heading) for place in group]
    for line in zip_longest(*parts, fillvalue=""):
        cells = [Cell(" " * indent)] if indent else []
        for place, text in zip(group, line, strict=True):
            fill = " " * (place.width - _cells(text))
            right = place.kind is Kind.FIGURE
            cells += [
                Cell(fill if right else ""),
                Cell(text, row[place.column].style),
                Cell("" if right else fill),
                Cell(" " * GAP),
            ]
        while cells and not cells[-1].text.strip():
            cells.pop()
        yield cells


def _parts(text: str, place: _Place, *, heading: bool) -> list[str]:
    """A cell's text, in one line or, if it is not to be shortened, in several lines."""
    if _cells(text) <= place.width:
        return [text]
    if place.kind is Kind.URL and not heading:
        return [middle(text, place.width)]
    return list(_wrapped(text, place.width, words=place.kind is Kind.TEXT))


def _wrapped(text: str, width: int, *, words: bool) -> Iterator[str]:
    """A text in lines, broken between words if possible."""
    while _cells(text) > width:
        line = _beginning(text, width) or text[0]
        space = line.rfind(" ") if words and text[len(line) : len(line) + 1] != " " else -1
        line = line[: space + 1] if space > 0 else line
        yield line.rstrip(" ") if words else line
        text = text[len(line) :].lstrip(" ") if words else text[len(line) :]
    if text:
        yield text


def _beginning(text: str, width: int) -> str:
    """As much of the beginning of a text as fits."""
    if text.isascii():
        return text[:width]
    room = width
    for index, character in enumerate(text):
        room -= _cells(character)
        if room < 0:
            return text[:index]
    return text


def _cells(text: str) -> int:
    if text.isascii():
        return len(text)
    from rich.cells import cell_len  # noqa: PLC0415 - rich is imported when something is shown

    return cell_len(text)
