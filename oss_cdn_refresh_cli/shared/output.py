"""What a command shows: tables and sentences for people, or one JSON document for scripts.

Keys, payloads and messages are untrusted input: nothing in them is taken for markup, and no control character of them
reaches a terminal.
"""

import json
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO

from oss_cdn_refresh.events.message_format import dumped

if TYPE_CHECKING:  # rich is imported when something is shown
    from rich.console import Console

WIDE = 100_000  # columns of what is no terminal: a file or a pipe gets every line whole
INVISIBLE = frozenset(
    {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
)  # categories of Unicode that steer a terminal, or cannot be seen


class Column(NamedTuple):
    """A column's heading; figures stand to the right."""

    name: str
    figures: bool = False


class Output:
    """Where a command writes. With `json`, only the document gets onto stdout."""

    def __init__(self, *, json: bool) -> None:
        self.json = json

    def document(self, value: Any) -> None:
        """The one JSON document, where it was asked for. Once a command, as the last thing."""
        if self.json:
            sys.stdout.write(pretty(value, ascii_only=True) + "\n")

    def say(self, sentence: str = "") -> None:
        """A sentence for people."""
        if not self.json:
            self._console(sys.stdout).print(_text(sentence))

    def next_step(self, sentence: str) -> None:
        """What to do next, in a line of its own at the end."""
        if not self.json:
            self._console(sys.stdout).print(_text(f"→ {sentence}", "bold"))

    def table(self, columns: Sequence[Column | str], rows: Iterable[Sequence[object]]) -> None:
        """Rows for people, aligned; None is an empty cell. Nothing where there are no rows."""
        lines = [[_text("" if cell is None else str(cell)) for cell in row] for row in rows]
        if self.json or not lines:
            return
        from rich.table import Table  # noqa: PLC0415 - see above

        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
        for column in (Column(column) if isinstance(column, str) else column for column in columns):
            table.add_column(column.name, justify="right" if column.figures else "left", overflow="fold")
        for line in lines:
            table.add_row(*line)
        self._console(sys.stdout).print(table)

    def fields(self, values: Mapping[str, object]) -> None:
        """Names and values for people, one a line; those that are None are left out."""
        width = max(map(len, values), default=0)
        for name, value in values.items():
            if value is not None:
                self.say(f"{name:<{width}}  {value}")

    def draw(self, renderable: Any) -> None:
        """Something of rich, for people. Untrusted texts in it are `rich.text.Text` of what `visible` gave."""
        if not self.json:
            self._console(sys.stdout).print(renderable)

    def warn(self, sentence: str) -> None:
        """A line on stderr that is no error."""
        sys.stderr.write(visible(f"Note: {sentence}") + "\n")

    def complain(self, sentence: str) -> None:
        """An error that does not end the command, in one line on stderr."""
        complain(sentence)

    @contextmanager
    def progress(self, what: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
        """A bar on stderr, only on a terminal; gives a function that moves it on by so many steps."""
        if self.json or not sys.stderr.isatty():
            yield lambda _steps: None
            return
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415 - see above

        console = self._console(sys.stderr)
        columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, console=console, transient=True) as progress:
            task = progress.add_task(visible(what), total=total)
            yield lambda steps: progress.advance(task, steps)

    def _console(self, stream: TextIO) -> "Console":
        from rich.console import Console  # noqa: PLC0415 - see above

        return Console(file=stream, width=None if stream.isatty() else WIDE, soft_wrap=False, highlight=False)


def complain(sentence: str) -> None:
    """An error, in one line on stderr."""
    sys.stderr.write(visible(f"Error: {' '.join(sentence.split())}") + "\n")


def visible(text: str) -> str:
    r"""A text without characters that steer a terminal or hide in it: they are written as `\x1b` or `\u202e`."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        character.encode("unicode_escape").decode() if unicodedata.category(character) in INVISIBLE else character
        for character in text
    )


def pretty(value: Any, *, ascii_only: bool = False) -> str:
    """JSON for eyes, in one line where it is nested too deeply for that."""
    try:
        return json.dumps(value, indent=2, ensure_ascii=ascii_only)
    except RecursionError:
        return dumped(value)


def counted(count: int, what: str) -> str:
    """`1 message`, `2 messages`."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def shortened(text: str, most: int = 80) -> str:
    """The beginning of a long text, for a table."""
    return text if len(text) <= most else text[: most - 1] + "…"


def _text(text: str, style: str = "") -> Any:
    from rich.text import Text  # noqa: PLC0415 - see above

    return Text(visible(text), style=style)
