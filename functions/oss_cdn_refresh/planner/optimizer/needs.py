"""What has to be refreshed: changed URLs, by the directory that could replace them and by their importance.

They are URLs or items: nothing here looks at them, and a million of them must not be made twice.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from oss_cdn_refresh.planner.optimizer.tree import parent_of

Where = tuple[str, int]  # the URL of a directory, "" where no directory may replace the URLs, and the importance


class Needs(NamedTuple):
    """Distinct URLs by directory and importance; 0 is the most important."""

    urls: Mapping[Where, Sequence[Any]]

    def __len__(self) -> int:
        """How many URLs there are."""
        return sum(map(len, self.urls.values()))

    @property
    def importances(self) -> list[int]:
        """Those that there are, the highest first."""
        return sorted({importance for _, importance in self.urls})

    def counts(self, importance: int | None = None) -> dict[str, int]:
        """How many of them lie directly in each directory that may replace them."""
        counts: dict[str, int] = {}
        for (directory, rank), urls in self.urls.items():
            if directory and importance in (None, rank):
                counts[directory] = counts.get(directory, 0) + len(urls)
        return counts

    def outside(self, directories: Collection[str]) -> "Needs":
        """Those that none of these directories covers."""
        if not directories:
            return self
        return Needs({where: urls for where, urls in self.urls.items() if not covering(where[0], directories)})

    def inside(self, directories: Collection[str]) -> "Needs":
        """Those that one of these directories covers."""
        return Needs({where: urls for where, urls in self.urls.items() if covering(where[0], directories)})

    def without(self, others: "Needs") -> "Needs":
        """Those that are not among others."""
        if not others.urls:
            return self
        gone = {where: frozenset(urls) for where, urls in others.urls.items()}
        return Needs(
            {
                where: [url for url in urls if url not in gone[where]] if where in gone else urls
                for where, urls in self.urls.items()
            }
        )

    def outermost(self) -> "Needs":
        """Of needs that are directories, those that no other one covers; the URLs are not looked at."""
        names = {directory for directory, _ in self.urls}
        return Needs({where: urls for where, urls in self.urls.items() if not covering(parent_of(where[0]), names)})

    def first(self, count: int) -> "Needs":
        """The most important ones, so many."""
        chosen: dict[Where, Sequence[Any]] = {}
        for where in self._in_order():
            chosen[where] = self.urls[where][:count]
            count = max(0, count - len(chosen[where]))
        return Needs({where: urls for where, urls in chosen.items() if urls})

    def after(self, count: int) -> "Needs":
        """All but the most important ones, so many."""
        left: dict[Where, Sequence[Any]] = {}
        for where in self._in_order():
            left[where] = self.urls[where][count:]
            count = max(0, count - len(self.urls[where]))
        return Needs({where: urls for where, urls in left.items() if urls})

    def all(self) -> list[Any]:
        """The URLs, the most important first."""
        return [url for where in self._in_order() for url in self.urls[where]]

    def joined(self, other: "Needs") -> "Needs":
        """These and others."""
        both = dict(self.urls)
        for where, urls in other.urls.items():
            both[where] = [*both[where], *urls] if where in both else urls
        return Needs(both)

    def _in_order(self) -> Iterable[Where]:
        return sorted(self.urls, key=lambda where: where[1])


NOTHING = Needs({})


def covering(directory: str, among: Collection[str]) -> str:
    """The nearest of some directories that is this one or lies above it; "" where none does."""
    while directory and directory not in among:
        directory = parent_of(directory)
    return directory
