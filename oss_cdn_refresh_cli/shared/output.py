"""Writes the output of a command: tables and sentences for people, or one JSON document for scripts.

In a terminal each table fits its width (`tables`); in a file or a pipe nothing is shortened, and each row is one line.
Keys, payloads and messages are untrusted input: their markup has no effect, and their control characters do not reach
the terminal.
"""

import json
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol, TextIO

from oss_cdn_refresh_cli.shared import streams
from oss_cdn_refresh_cli.shared.tables import Cell, Column, Kind, lines

if TYPE_CHECKING:  # rich is imported when something is shown
    from rich.console import Console

WIDE = 100_000  # columns of a file or a pipe, so that no line is folded
INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})  # categories of control characters and invisible characters


__all__ = ["Cell", "Column", "Kind", "Output", "Step", "counted", "pretty", "shortened", "visible"]


class Step(Protocol):
    """Advances a progress bar by so many steps; `note` is shown beside the bar from then on, such as `3 stale`."""

    def __call__(self, steps: int, note: str = "", /) -> None:
        """Advance the bar."""


class Output:
    """The output of a command. With `json`, stdout gets the document only."""

    def __init__(self, *, json: bool) -> None:
        self.json = json
        self._one_line = False
        self._heading = ""  # of a block that has begun, and of which nothing is written yet

    def document(self, value: Any) -> None:
        """Write the JSON document if --json is given; once, at the end of a command."""
        if self.json:
            sys.stdout.write((_in_one_line(value) if self._one_line else pretty(value, ascii_only=True)) + "\n")

    def line_by_line(self) -> None:
        """Write each document in one line, because several follow."""
        self._one_line = True

    def begin_block(self, heading: str) -> None:
        """Begin a block of output, which replaces the block before in a terminal. It is cleared with the first line."""
        self._heading = heading

    @property
    def width(self) -> int | None:
        """How many columns the terminal has; None without a terminal."""
        return streams.terminal_width(sys.stdout)

    def say(self, sentence: str = "", style: str = "") -> None:
        """Write a sentence for people; `style` is one of rich, such as "red"."""
        if not self.json:
            self._people().print(_text(sentence, style))

    def next_step(self, sentence: str) -> None:
        """Write the next step for people, as the last line.

        A command in it with a long URL is left to the terminal to fold, so that a person can copy it whole.
        """
        whole = max(map(len, sentence.split(" "))) > (self.width or WIDE)
        if not self.json:
            self._people().print(
                _text(f"→ {sentence}", "bold"), no_wrap=whole, overflow="ignore" if whole else "fold", crop=not whole
            )

    def table(self, columns: Sequence[Column | str], rows: Iterable[Sequence[object]]) -> None:
        """Write an aligned table for people, unless it has no rows.

        A cell is a text, a whole number, None (empty), or a `Cell` with a style. A bare heading is a column of texts.
        """
        cells = [[_cell(cell) for cell in row] for row in rows]
        if self.json or not cells:
            return
        headed = [Column(column) if isinstance(column, str) else column for column in columns]
        console = self._people()
        for line in lines(headed, cells, self.width):
            text = _text("")
            for cell in line:
                text.append(cell.text, cell.style)
            console.print(text, no_wrap=True, overflow="ignore", crop=False)

    def fields(self, values: Mapping[str, object]) -> None:
        """Write names and values for people, one a line, without the values that are None."""
        width = max(map(len, values), default=0)
        for name, value in values.items():
            if value is not None:
                self.verbatim(f"{name:<{width}}  {value}")

    def verbatim(self, line: str) -> None:
        """Write a line that may be longer than the terminal, which then folds it: a person can copy it whole."""
        if not self.json:
            self._people().print(_text(line), no_wrap=True, overflow="ignore", crop=False)

    def draw(self, renderable: Any) -> None:
        """Write an object of rich for people; untrusted texts in it have to pass through `visible` and `Text`."""
        if not self.json:
            self._people().print(renderable)

    def warn(self, sentence: str) -> None:
        """Write a note to stderr."""
        if self._heading:
            self._people()
        sys.stderr.write(visible(f"Note: {sentence}") + "\n")

    @staticmethod
    def complain(sentence: str) -> None:
        """Write an error as one line on stderr."""
        sys.stderr.write(visible(f"Error: {' '.join(sentence.split())}") + "\n")

    @contextmanager
    def progress(self, what: str, total: int | None = None) -> Iterator[Step]:
        """Show a progress bar with its rate on stderr if it is a terminal; yields a function that advances the bar."""
        if self.json or not sys.stderr.isatty():
            yield lambda _steps, _note="": None
            return
        from oss_cdn_refresh_cli.shared.bars import bar  # noqa: PLC0415 - imported when something is shown

        with bar(self._console(sys.stderr), visible(what), total) as step:
            yield step

    def _people(self) -> "Console":
        """The console of stdout, with the heading of a block that has begun."""
        console, heading = self._console(sys.stdout), self._heading
        if heading and not self.json:
            self._heading = ""
            console.clear()  # in a terminal only
            console.print(_text(heading, "dim"))
            console.print()
        return console

    def _console(self, stream: TextIO) -> "Console":
        from rich.console import Console  # noqa: PLC0415 - imported when something is shown

        return Console(
            file=stream, width=streams.terminal_width(stream) or WIDE, soft_wrap=False, highlight=False, emoji=False
        )


def visible(text: str) -> str:
    r"""The text with its control and invisible characters as escapes, such as `\x1b` or `\u202e`."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        character.encode("unicode_escape").decode() if unicodedata.category(character) in INVISIBLE else character
        for character in text
    )


def pretty(value: Any, *, ascii_only: bool = False) -> str:
    """Indented JSON; in one line where it is nested too deeply."""
    try:
        return json.dumps(value, indent=2, ensure_ascii=ascii_only)
    except RecursionError:
        return _in_one_line(value)


def _in_one_line(value: Any) -> str:
    from oss_cdn_refresh.events.message_format import dumped  # noqa: PLC0415 - imported for few documents

    return dumped(value)


def counted(count: int, what: str) -> str:
    """`1 message`, `2,000 messages`, `1 directory`, `2 directories`."""
    if count == 1:
        return f"1 {what}"
    return f"{count:,} {what[:-1]}ies" if what.endswith("ry") else f"{count:,} {what}s"


def shortened(text: str, most: int = 80) -> str:
    """The beginning of a long text, for a table."""
    return text if len(text) <= most else text[: most - 1] + "…"


def _cell(value: object) -> Cell:
    """A value as a cell, without control characters; numbers have separators of thousands."""
    if isinstance(value, Cell):
        return value._replace(text=visible(value.text))
    if isinstance(value, int) and not isinstance(value, bool):
        return Cell(f"{value:,}")
    return Cell("" if value is None else visible(str(value)))


def _text(text: str, style: str = "") -> Any:
    from rich.text import Text  # noqa: PLC0415 - imported when something is shown

    return Text(visible(text), style=style)
