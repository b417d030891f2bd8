"""The directories that may be refreshed, as a forest in preorder, and the best choice at given prices.

`best[i]` is the least weight of a choice among the directories from `i` on: either without `i`, or with `i` and the
directories after its subtree. So one pass over the forest finds the best choice.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple


class Prices(NamedTuple):
    """How much a covered change is worth, and how much a directory costs, both in objects of collateral."""

    change: float
    directory: float


class Choice(NamedTuple):
    """Some directories, none inside another, in order, with the changes below them and their collateral."""

    taken: tuple[int, ...]
    changed: int
    collateral: float


class Forest(NamedTuple):
    """Directories in preorder, each with the changed and unchanged URLs below it, and the end of its subtree."""

    changed: Sequence[int]
    collateral: Sequence[float]
    end: Sequence[int]

    def roots(self) -> Iterator[int]:
        """The directories that are not inside another one."""
        at = 0
        while at < len(self.end):
            yield at
            at = self.end[at]

    def only(self, keep: Sequence[int]) -> "Forest":
        """The forest of the directories in `keep`, which is in order."""
        before = [0] * (len(self.end) + 1)  # how many directories before each one are kept
        kept = iter([*keep, len(self.end)])
        following, count = next(kept), 0
        for at in range(len(before)):
            before[at] = count
            if at == following and count < len(keep):
                following, count = next(kept), count + 1
        return Forest(
            [self.changed[at] for at in keep],
            [self.collateral[at] for at in keep],
            [before[self.end[at]] for at in keep],
        )

    def choice(self, taken: Sequence[int]) -> Choice:
        """The choice of these directories, with its changes and its collateral."""
        return Choice(tuple(taken), sum(self.changed[at] for at in taken), sum(self.collateral[at] for at in taken))

    def weights(self, prices: Prices) -> list[float]:
        """The weight of each directory at these prices: its cost minus its worth, negative if it pays off."""
        change, directory = prices
        return [
            collateral - change * changed + directory
            for collateral, changed in zip(self.collateral, self.changed, strict=True)
        ]

    def least(self, weights: Sequence[float]) -> list[float]:
        """The least weight of a choice among the directories from each one on, and 0 after the last."""
        best = [0.0] * (len(self.end) + 1)
        least = 0.0
        for at in range(len(self.end) - 1, -1, -1):
            taken = weights[at] + best[self.end[at]]
            if taken < least:  # noqa: PLR1730 - min() would take half of the time of the whole search
                least = taken
            best[at] = least
        return best

    def until(self, weights: Sequence[float]) -> list[float]:
        """The least weight of a choice among the directories before each one, without any directory above it."""
        best = [0.0] * (len(self.end) + 1)
        for at, weight in enumerate(weights):
            here = best[at]
            best[at + 1] = min(best[at + 1], here)
            end = self.end[at]
            best[end] = min(best[end], here + weight)
        return best

    def best(self, prices: Prices) -> Choice:
        """The choice of the least weight at these prices."""
        least = self.least(self.weights(prices))
        taken: list[int] = []
        at = 0
        while at < len(self.end):
            if least[at] < least[at + 1]:
                taken.append(at)
                at = self.end[at]
            else:
                at += 1
        return self.choice(taken)
