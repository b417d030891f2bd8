"""Directories that may be refreshed, as a forest in preorder, and what prices make of it.

`best[i]` is the least weight from directory `i` on: pass it by, or take it and go on behind its subtree. So one pass
over the forest finds the best choice at given prices, however many directories there are.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple


class Prices(NamedTuple):
    """What a change that is covered saves, and what a directory costs, in objects of collateral."""

    change: float
    directory: float


class Choice(NamedTuple):
    """Some directories, none inside another, in order; the changes below them, and what refreshing them expires."""

    taken: tuple[int, ...]
    changed: int
    collateral: float


class Forest(NamedTuple):
    """Directories in preorder. `changed` and `collateral` count what lies below; `end` is where the subtree ends."""

    changed: Sequence[int]
    collateral: Sequence[float]
    end: Sequence[int]

    def roots(self) -> Iterator[int]:
        """The directories that lie in no other."""
        at = 0
        while at < len(self.end):
            yield at
            at = self.end[at]

    def only(self, keep: Sequence[int]) -> "Forest":
        """The forest of some of the directories, given in order."""
        before = [0] * (len(self.end) + 1)  # how many are kept before each
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
        """What some directories are worth."""
        return Choice(tuple(taken), sum(self.changed[at] for at in taken), sum(self.collateral[at] for at in taken))

    def weights(self, prices: Prices) -> list[float]:
        """What taking each directory costs at these prices; less than nothing where it is worth it."""
        change, directory = prices
        return [
            collateral - change * changed + directory
            for collateral, changed in zip(self.collateral, self.changed, strict=True)
        ]

    def least(self, weights: Sequence[float]) -> list[float]:
        """The least weight that can be had from each directory on, and 0 behind the last."""
        best = [0.0] * (len(self.end) + 1)
        least = 0.0
        for at in range(len(self.end) - 1, -1, -1):
            taken = weights[at] + best[self.end[at]]
            if taken < least:  # noqa: PLR1730 - min() takes half of the time of the whole search
                least = taken
            best[at] = least
        return best

    def until(self, weights: Sequence[float]) -> list[float]:
        """The least weight that can be had before each directory, given that none above it is taken."""
        best = [0.0] * (len(self.end) + 1)
        for at, weight in enumerate(weights):
            here = best[at]
            best[at + 1] = min(best[at + 1], here)
            behind = self.end[at]
            best[behind] = min(best[behind], here + weight)
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
