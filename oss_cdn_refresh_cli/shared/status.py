"""Says on stderr what a command waits for: on a terminal in lines that are renewed in place, else in single ones."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from oss_cdn_refresh_cli.shared.output import visible
from oss_cdn_refresh_cli.shared.tables import middle

LONGEST = 80  # cells of a URL without a terminal


class State(NamedTuple):
    """A sentence, some of the first URLs that it is about, and the number of all of them."""

    sentence: str
    urls: Sequence[str] = ()
    total: int = 0


@contextmanager
def status(state: Callable[[], State], *, in_place: bool) -> Iterator[Callable[[], None]]:
    """Show a state during the block; yields a function to call when the state has changed.

    state: on a terminal another thread calls it, each second. in_place: whether a terminal shows the state in place.
    """
    if not in_place or not sys.stderr.isatty():
        yield lambda: _write(line(state()))
        return
    from rich.console import Console  # noqa: PLC0415 - imported when something is shown
    from rich.live import Live  # noqa: PLC0415 - likewise
    from rich.text import Text  # noqa: PLC0415 - likewise

    console = Console(file=sys.stderr, highlight=False)

    def shown() -> Text:
        return Text("\n".join(lines(state(), console.width)), no_wrap=True, overflow="ellipsis")

    with Live(console=console, get_renderable=shown, transient=True, refresh_per_second=1) as live:
        yield live.refresh


def line(state: State) -> str:
    """The state in one line."""
    urls = ", ".join(middle(visible(url), LONGEST) for url in state.urls)
    return f"{state.sentence}: {urls}{_more(state)}" if urls else state.sentence


def lines(state: State, columns: int) -> list[str]:
    """The state in lines that fit so many columns: each URL in one of its own."""
    urls = [f"  {middle(visible(url), columns - len('  '))}" for url in state.urls]
    more = [f" {_more(state)}"] if _more(state) else []
    return [f"{state.sentence}:" if urls else state.sentence, *urls, *more]


def _more(state: State) -> str:
    return f" and {state.total - len(state.urls):,} more" if state.total > len(state.urls) else ""


def _write(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
