"""A progress bar on stderr, with its rate and a note. It imports much of rich: few commands need it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

if TYPE_CHECKING:
    from oss_cdn_refresh_cli.shared.output import Step

SLOW = 10  # steps a second: a slower rate is shown with a digit after the point


@contextmanager
def bar(console: Console, what: str, total: int | None) -> Iterator["Step"]:
    """Show a bar; yields a function that advances it."""
    texts = [TextColumn(f"{{task.{name}}}", markup=False) for name in ("description", "fields[rate]", "fields[note]")]
    columns = (texts[0], BarColumn(), MofNCompleteColumn(), *texts[1:])
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(what, total=total, rate="", note="")
        began, done = time.monotonic(), 0

        def step(steps: int, note: str = "") -> None:
            nonlocal done
            done += steps
            shown: dict[str, Any] = {"note": note} if note else {}
            progress.update(task, advance=steps, rate=rate(done, time.monotonic() - began), **shown)

        yield step


def rate(done: int, seconds: float) -> str:
    """How many steps a second were done, such as `97/s`; "" in the first moments."""
    if not done or seconds <= 0:
        return ""
    each = done / seconds
    return f"{each:.1f}/s" if each < SLOW else f"{each:,.0f}/s"
