"""The changed URLs to refresh, grouped by the directory that may replace them and by importance.

A member of a group is a URL or an item. This module never reads it, so that a million items need no copies.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from oss_cdn_refresh.planner.optimizer.tree import parent_of

Group = tuple[str, int]  # the URL of the directory, "" if none may replace the URLs; and the importance


class Needs(NamedTuple):
    """Distinct URLs by directory and importance; 0 is the most important."""

    urls: Mapping[Group, Sequence[Any]]

    def __len__(self) -> int:
        """How many URLs there are."""
        return sum(map(len, self.urls.values()))

    @property
    def importances(self) -> list[int]:
        """The distinct importances, the highest first."""
        return sorted({importance for _, importance in self.urls})

    def counts(self, importance: int | None = None) -> dict[str, int]:
        """How many URLs, of one importance or of all, lie directly in each directory that may replace them."""
        counts: dict[str, int] = {}
        for (directory, rank), urls in self.urls.items():
            if directory and importance in (None, rank):
                counts[directory] = counts.get(directory, 0) + len(urls)
        return counts

    def outside(self, directories: Collection[str]) -> "Needs":
        """The URLs that none of these directories covers."""
        if not directories:
            return self
        return Needs({group: urls for group, urls in self.urls.items() if not covering(group[0], directories)})

    def inside(self, directories: Collection[str]) -> "Needs":
        """The URLs that one of these directories covers."""
        return Needs({group: urls for group, urls in self.urls.items() if covering(group[0], directories)})

    def without(self, others: "Needs") -> "Needs":
        """The URLs that are not in `others`."""
        if not others.urls:
            return self
        gone = {group: frozenset(urls) for group, urls in others.urls.items()}
        return Needs(
            {
                group: [url for url in urls if url not in gone[group]] if group in gone else urls
                for group, urls in self.urls.items()
            }
        )

    def outermost(self) -> "Needs":
        """The groups whose directory is not inside the directory of another group. For needs of Directory items."""
        names = {directory for directory, _ in self.urls}
        return Needs({group: urls for group, urls in self.urls.items() if not covering(parent_of(group[0]), names)})

    def first(self, count: int) -> "Needs":
        """The `count` most important URLs."""
        chosen: dict[Group, Sequence[Any]] = {}
        for group in self._in_order():
            chosen[group] = self.urls[group][:count]
            count = max(0, count - len(chosen[group]))
        return Needs({group: urls for group, urls in chosen.items() if urls})

    def after(self, count: int) -> "Needs":
        """All URLs but the `count` most important ones."""
        left: dict[Group, Sequence[Any]] = {}
        for group in self._in_order():
            left[group] = self.urls[group][count:]
            count = max(0, count - len(self.urls[group]))
        return Needs({group: urls for group, urls in left.items() if urls})

    def all(self) -> list[Any]:
        """The URLs, the most important first."""
        return [url for group in self._in_order() for url in self.urls[group]]

    def joined(self, other: "Needs") -> "Needs":
        """The URLs of both."""
        both = dict(self.urls)
        for group, urls in other.urls.items():
            both[group] = [*both[group], *urls] if group in both else urls
        return Needs(both)

    def _in_order(self) -> Iterable[Group]:
        return sorted(self.urls, key=lambda group: group[1])


NOTHING = Needs({})


def covering(directory: str, among: Collection[str]) -> str:
    """The deepest of some directories that is equal to this one or above it; "" if there is none."""
    while directory and directory not in among:
        directory = parent_of(directory)
    return directory
