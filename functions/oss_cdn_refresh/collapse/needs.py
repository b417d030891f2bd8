"""What has to be refreshed: changed URLs, by the directory that could stand for them and by their importance."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from oss_cdn_refresh.collapse.tree import upwards

Where = tuple[str, int]  # the URL of a directory, "" where no directory may stand for the URLs, and the importance


class Needs(NamedTuple):
    """Distinct URLs by directory and importance; 0 is the most important."""

    urls: Mapping[Where, Sequence[str]]

    def __len__(self) -> int:
        """How many URLs there are."""
        return sum(map(len, self.urls.values()))

    @property
    def importances(self) -> list[int]:
        """Those that there are, the highest first."""
        return sorted({importance for _, importance in self.urls})

    def counts(self, importance: int | None = None) -> dict[str, int]:
        """How many of them lie directly in each directory that may stand for them."""
        counts: dict[str, int] = {}
        for (directory, rank), urls in self.urls.items():
            if directory and importance in (None, rank):
                counts[directory] = counts.get(directory, 0) + len(urls)
        return counts

    def outside(self, directories: Collection[str]) -> "Needs":
        """Those that none of these directories covers."""
        if not directories:
            return self
        return Needs({where: urls for where, urls in self.urls.items() if not covered(where[0], directories)})

    def inside(self, directories: Collection[str]) -> "Needs":
        """Those that one of these directories covers."""
        return Needs({where: urls for where, urls in self.urls.items() if covered(where[0], directories)})

    def first(self, count: int) -> "Needs":
        """The most important ones, so many."""
        chosen: dict[Where, Sequence[str]] = {}
        for where in self._in_order():
            chosen[where] = self.urls[where][:count]
            count -= len(chosen[where])
        return Needs(chosen)

    def after(self, count: int) -> Iterator[str]:
        """All but the most important ones."""
        return islice((url for where in self._in_order() for url in self.urls[where]), count, None)

    def joined(self, other: "Needs") -> "Needs":
        """These and others, which lie elsewhere."""
        return Needs({**self.urls, **other.urls})

    def _in_order(self) -> Iterable[Where]:
        return sorted(self.urls, key=lambda where: where[1])


def covered(directory: str, by: Collection[str]) -> bool:
    """Whether one of some directories is this one or lies above it."""
    return bool(directory) and any(each in by for each in upwards(directory))
