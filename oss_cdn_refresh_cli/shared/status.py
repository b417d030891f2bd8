"""Says on stderr what a command waits for: on a terminal in a line that is renewed in place, elsewhere in lines."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from oss_cdn_refresh_cli.shared.output import visible

WIDTH = 240  # columns of a plain line
NAMED = 3  # URLs in a line
LEAST = 24  # columns for a URL, so that it can still be recognised
MINUTE, HOUR = 60, 3_600


@contextmanager
def status(line: Callable[[int], str], *, in_place: bool) -> Iterator[Callable[[], None]]:
    """Show a line during the block; yields a function to call when what it says has changed.

    line: makes the line for a number of columns; on a terminal another thread calls it, each second. in_place: whether
    the line is renewed in place if stderr is a terminal.
    """
    if not in_place or not sys.stderr.isatty():
        yield lambda: _write(line(WIDTH))
        return
    from rich.console import Console  # noqa: PLC0415 - imported when something is shown
    from rich.live import Live  # noqa: PLC0415 - likewise
    from rich.text import Text  # noqa: PLC0415 - likewise

    console = Console(file=sys.stderr, highlight=False)

    def shown() -> Text:
        return Text(visible(line(console.width)), no_wrap=True, overflow="ellipsis")

    with Live(console=console, get_renderable=shown, transient=True, refresh_per_second=1) as live:
        yield live.refresh


def named(urls: Sequence[str], count: int, columns: int) -> str:
    """Some of the first of `count` URLs, each shortened in the middle, and how many more, in so many columns."""
    rest = columns - len(f" and {count} more")
    shown = urls[: max(1, min(NAMED, rest // (LEAST + len(", "))))]
    room = rest // max(1, len(shown)) - len(", ")
    text = ", ".join(shortened_in_the_middle(url, max(LEAST, room)) for url in shown)
    return f"{text} and {count - len(shown)} more" if count > len(shown) else text


def shortened_in_the_middle(text: str, most: int) -> str:
    """The beginning and the end of a long text."""
    if len(text) <= most:
        return text
    end = (most - 1) // 2
    return f"{text[: most - 1 - end]}…{text[len(text) - end :]}"


def duration(seconds: float) -> str:
    """`5 s`, `14 min 50 s`, `2 h 3 min`."""
    whole = max(0, round(seconds))
    if whole < MINUTE:
        return f"{whole} s"
    if whole < HOUR:
        return f"{whole // MINUTE} min {whole % MINUTE} s"
    return f"{whole // HOUR} h {whole % HOUR // MINUTE} min"


def _write(line: str) -> None:
    sys.stderr.write(visible(line) + "\n")
    sys.stderr.flush()
