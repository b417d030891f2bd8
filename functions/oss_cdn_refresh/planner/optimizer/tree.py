"""Makes the forest of the directories of changed URLs, up to the roots of their domains, with their collateral."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

from oss_cdn_refresh.planner.optimizer.forest import Forest


class Tree(NamedTuple):
    """The URLs of the directories that may be refreshed, in preorder, and their forest."""

    urls: Sequence[str]
    forest: Forest

    def below(self, counts: Mapping[str, float]) -> list[float]:
        """For each directory, the sum of `counts` in it and below it."""
        names = sorted(counts)
        sums = [0, *accumulate(map(counts.__getitem__, names))]
        return [sums[end] - sums[start] for start, end in _ranges(self.urls, names)]


def tree(changed: Mapping[str, int], unchanged: Mapping[str, float], may: Callable[[str, float], bool]) -> Tree:
    """The tree of the directories that have changes in or below them and may be refreshed.

    changed, unchanged: how many changed and unchanged URLs lie directly in a directory, by its URL. may: whether a
    directory with this collateral may be refreshed.
    """
    urls = sorted(above(changed))
    every = Tree(urls, Forest((), (), [end for _, end in _ranges(urls, urls)]))
    forest = Forest([round(count) for count in every.below(changed)], every.below(unchanged), every.forest.end)
    keep = [at for at, url in enumerate(urls) if may(url, forest.collateral[at])]
    return Tree([urls[at] for at in keep], forest.only(keep))


def directory_of(url: str) -> str:
    """The URL of a URL's directory: the part up to the last `/` of its path."""
    path = url.partition("?")[0] if "?" in url else url
    return path[: path.rfind("/") + 1]


def parent_of(directory: str) -> str:
    """The directory above a directory; "" for the root of a domain."""
    cut = directory.rfind("/", 0, -1)
    return "" if cut < len("https://") else directory[: cut + 1]  # the host has at least one character


def upwards(directory: str) -> Iterator[str]:
    """A directory, then all directories above it up to the root of its domain."""
    while directory:
        yield directory
        directory = parent_of(directory)


def above(directories: Iterable[str]) -> set[str]:
    """The directories, and all directories above them."""
    found: set[str] = set()
    for each in directories:
        directory = each
        while directory and directory not in found:
            found.add(directory)
            directory = parent_of(directory)
    return found


def _ranges(directories: Iterable[str], names: Sequence[str]) -> Iterator[tuple[int, int]]:
    """For each directory, the range of the names in it and below it; `names` are sorted."""
    for directory in directories:
        start = bisect_left(names, directory)
        yield start, bisect_left(names, f"{directory[:-1]}0", start)  # the character after "/"
