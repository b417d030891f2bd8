"""Two commands or two functions measured in turn, A B A B …, and the ratio of their medians."""

import statistics
import time
from collections.abc import Callable
from typing import NamedTuple

Measure = Callable[[], float]


class Result(NamedTuple):
    """One line of the report: a ratio, and the most that it may be."""

    name: str
    ratio: float
    limit: float
    detail: str = ""

    @property
    def ok(self) -> bool:
        """Whether the limit holds."""
        return self.ratio <= self.limit

    def __str__(self) -> str:
        return f"{self.name:<32} {self.ratio:6.2f} {self.limit:6.2f} {'ok' if self.ok else 'FAIL'}"


def in_turn(runs: int, *measures: Measure) -> list[float]:
    """The median of each measure over so many rounds, after a round that does not count."""
    rounds = [[measure() for measure in measures] for _ in range(runs + 1)]
    return [statistics.median(column) for column in zip(*rounds[1:], strict=True)]


def cpu_seconds(act: Callable[[], object], times: int) -> float:
    """What one of so many rounds takes of the processor."""
    began = time.thread_time()
    for _ in range(times):
        act()
    return (time.thread_time() - began) / times
