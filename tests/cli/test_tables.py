"""A table is laid out for the width of its terminal."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from oss_cdn_refresh_cli.shared.tables import Cell, Column, Kind, lines, middle

WHOLE = (Kind.ID, Kind.REASON, Kind.TIME, Kind.FIGURE)
URL = "https://www.example.com/a/directory/with/a/long/name/picture.jpg"


def texts(columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int | None) -> list[str]:
    """The lines of a table as texts."""
    cells = [[Cell(text) for text in row] for row in rows]
    return ["".join(cell.text for cell in line) for line in lines(columns, cells, width)]


def test_a_url_is_shortened_in_the_middle() -> None:
    assert middle("https://www.example.com/a.jpg", 20) == "https://ww…com/a.jpg"


@pytest.mark.parametrize("width", range(1, 30))
def test_a_shortened_text_with_wide_characters_fits(width: int) -> None:
    assert cell_len(middle("产品图片/蓝色自行车.jpg", width)) <= width


def test_a_table_that_fits_is_not_shortened() -> None:
    assert texts([Column("url", kind=Kind.URL)], [[URL]], len(URL)) == ["url", URL]


def test_without_a_terminal_each_row_is_one_whole_line() -> None:
    columns = [Column("url", kind=Kind.URL), Column("why"), Column("source", spare=True)]
    assert texts(columns, [[URL * 9, "a b " * 99 + "c", "s"]], None)[1:] == [f"{URL * 9}  {'a b ' * 99}c  s"]


def test_a_text_is_wrapped_between_words() -> None:
    assert texts([Column("id", kind=Kind.ID), Column("why")], [["1", "other bytes than the bucket has"]], 26) == [
        "id  why",
        "1   other bytes than the",
        "    bucket has",
    ]


def test_columns_that_do_not_fit_are_on_a_second_line() -> None:
    columns = [Column("id", kind=Kind.ID), Column("reason", kind=Kind.REASON)]
    assert texts(columns, [["1" * 30, "Throttling"]], 40) == ["id", "  reason", "1" * 30, "  Throttling"]


def test_a_spare_column_without_room_is_left_out() -> None:
    columns = [Column("id", kind=Kind.ID), Column("source", kind=Kind.ID, spare=True)]
    assert texts(columns, [["1" * 30, "function"]], 36) == ["id", "1" * 30]


def test_figures_are_aligned_to_the_right_of_wide_characters() -> None:
    columns = [Column("name"), Column("items", figures=True)]
    assert texts(columns, [["中文", "5"], ["abcd", "10"]], 80) == ["name  items", "中文      5", "abcd     10"]


def test_a_value_wider_than_the_terminal_is_continued() -> None:
    assert texts([Column("", kind=Kind.REASON)], [["x" * 25]], 20) == ["x" * 20, "x" * 5]


WORDS = st.text("ab 中/", max_size=30)
TABLES = st.lists(st.tuples(st.sampled_from(Kind), st.booleans()), min_size=1, max_size=6).flatmap(
    lambda kinds: st.tuples(
        st.just([Column(f"c{number}", kind=kind, spare=spare) for number, (kind, spare) in enumerate(kinds)]),
        st.lists(st.lists(WORDS, min_size=len(kinds), max_size=len(kinds)), min_size=1, max_size=4),
    )
)


@given(TABLES, st.integers(20, 120))
def test_no_line_is_wider_than_the_terminal(table: tuple[list[Column], list[list[str]]], width: int) -> None:
    assert [line for line in texts(*table, width) if cell_len(line) > width] == []


@given(TABLES, st.integers(62, 120))
def test_ids_reasons_times_and_figures_are_whole(table: tuple[list[Column], list[list[str]]], width: int) -> None:
    columns, rows = table
    shown = texts(columns, rows, width)
    whole = [
        text
        for row in rows
        for text, column in zip(row, columns, strict=True)
        if column.kind in WHOLE and not column.spare
    ]
    assert [text for text in whole if not any(text.rstrip() in line for line in shown)] == []
