"""The output of the demo: steps, tables of visits, evidence, and claims that are checked before they are printed."""

import time
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, NamedTuple

from rich.box import ROUNDED
from rich.console import Console
from rich.table import Table
from rich.text import Text

from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.demo.site import DOMAIN, SITE

UTC_PLUS_8 = timezone(timedelta(hours=8))
EVENING = 20  # o'clock there: a few hours before the day's quotas are reset
LABEL, URL, SERVED = 13, 26, 27  # columns


class Failed(Exception):
    """A claim that does not hold."""

    def __init__(self, claim: str, expected: Any, found: Any) -> None:
        super().__init__(claim)
        self.claim, self.expected, self.found = claim, expected, found


class Seen(NamedTuple):
    """What a visitor got: the X-Cache header and the body."""

    cache: str
    body: str

    def __str__(self) -> str:
        return f"{self.cache:<4} {self.body}"


class Column(NamedTuple):
    """Visits of several URLs at one moment, with a title and a colour."""

    title: str
    style: str
    seen: Mapping[str, Seen]


class Stage:
    """Writes to a console, and counts the claims that held."""

    def __init__(self, console: Console, clock: Clock) -> None:
        self.claims = 0
        self._console = console
        self._clock = clock
        self._steps = 0
        self._began, self._real = clock.now(), time.monotonic()

    def opening(self, title: str, subtitle: str) -> None:
        """Print the title."""
        self._console.print(Text(title, "bold"))
        self._console.print(Text(subtitle, "dim"))

    def step(self, title: str) -> None:
        """Begin another step."""
        self._steps += 1
        moment = f"{clock_time(self._clock.now())} UTC+8"
        line = Table.grid(expand=True)
        line.add_column(ratio=1)
        line.add_column(justify="right")
        line.add_row(Text(f"{self._steps}  {title}", "bold"), Text(moment, "dim"))
        self._console.print()
        self._console.print(line)

    def visits(self, *columns: Column) -> None:
        """Print what visitors were served, a row for each URL."""
        table = Table(box=None, padding=(0, 1, 0, 0), header_style="dim", show_edge=False)
        table.add_column(f"   GET {DOMAIN}", min_width=URL)
        for column in columns:
            table.add_column(column.title, min_width=SERVED)
        for url in columns[0].seen:
            served = [Text(str(column.seen[url]), column.style) for column in columns]
            if len({text.plain for text in served}) == 1:
                served = [Text(text.plain, "dim") for text in served]
            table.add_row(Text(f"   {url.removeprefix(SITE).removeprefix('https://')}"), *served)
        self._console.print(table)

    def note(self, label: str, text: str) -> None:
        """Print a piece of evidence."""
        self._console.print(Text.assemble("   ", (f"{label:<{LABEL}}", "dim"), text))

    def expect(self, claim: str, expected: Any, found: Any) -> None:
        """Print a claim.

        Raises:
            Failed: the claim does not hold.

        """
        if expected != found:
            raise Failed(claim, expected, found)
        self.claims += 1
        self._console.print(Text.assemble(("   ✓ ", "green"), claim))

    def totals(self, titles: tuple[str, ...], rows: Mapping[str, tuple[str, ...]]) -> None:
        """Print the last table."""
        table = Table(box=ROUNDED, header_style="dim", border_style="dim")
        table.add_column("")
        for title in titles:
            table.add_column(title)
        for name, values in rows.items():
            table.add_row(Text(name, "bold"), *map(Text, values))
        self._console.print()
        self._console.print(table)

    def closing(self) -> None:
        """Print that all claims held."""
        real = time.monotonic() - self._real
        passed = span(self._clock.now() - self._began)
        text = f"All of it happened: {self.claims} claims checked in {real:.1f} s ({passed} by the cloud's clock)."
        self._console.print(Text(text, "bold green"))

    def fail(self, failed: Failed) -> None:
        """Print the claim that did not hold."""
        self._console.print(Text(f"   ✗ {failed.claim}", "bold red"))
        self.note("expected", str(failed.expected))
        self.note("found", str(failed.found))


def evening() -> Clock:
    """A clock that runs on from the next evening in UTC+8."""
    clock = Clock()
    now = datetime.fromtimestamp(clock.now(), UTC_PLUS_8)
    begin = now.replace(hour=EVENING, minute=0, second=0, microsecond=0)
    clock.advance((begin - now).total_seconds() % timedelta(days=1).total_seconds())
    return clock


def clock_time(moment: float) -> str:
    """Time of day in UTC+8."""
    return datetime.fromtimestamp(moment, UTC_PLUS_8).strftime("%H:%M:%S")


def count(number: int, noun: str) -> str:
    """`1 URL`, `2 URLs`."""
    return f"{number} {noun}" + ("" if number == 1 else "s")


def span(seconds: float) -> str:
    """`4 h 11 min`."""
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60:02} min"
