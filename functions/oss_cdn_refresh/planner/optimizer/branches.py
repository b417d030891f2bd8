"""Branch and bound: searches a forest for the choice of directories with the least collateral."""

from bisect import bisect_right
from operator import itemgetter
from typing import NamedTuple

from oss_cdn_refresh.planner.optimizer.forest import Forest, Prices


class _State(NamedTuple):
    """A partial choice: directories up to some position of the forest.

    missing: the changes that are still to cover. key: the weight of the choice at the prices; with the least weight of
    the remaining directories, it is a lower bound of the collateral. chain: the chosen directories, the last one first.
    """

    collateral: float
    missing: int
    taken: int
    key: float
    chain: "tuple[int, object] | None"


class Branches:
    """The search for a choice with less collateral than a limit.

    complete: whether the last search dropped no state. work: the number of states that it examined.
    """

    def __init__(self, forest: Forest, prices: Prices, changes: int, directories: int, limit: float) -> None:
        self._forest = forest
        self._prices = prices
        self._changes = changes
        self._directories = directories
        self._limit = limit
        self.complete = True
        self.work = 0

    def best(self, width: int) -> list[int] | None:
        """The best choice that is found with at most `width` partial choices at each directory, or None."""
        forest, prices = self._forest, self._prices
        weights = forest.weights(prices)
        after = forest.least(weights)
        level = prices.change * self._changes - prices.directory * self._directories
        limit, found = self._limit, None
        reached: list[list[_State]] = [[] for _ in range(len(forest.end) + 1)]
        reached[0].append(_State(0.0, self._changes, 0, level, None))
        for at, end in enumerate(forest.end):
            most = limit - after[at]
            states = _undominated([state for state in reached[at] if state.key < most])
            reached[at] = []
            if len(states) > width:
                self.complete = False
                states = self._kept(states, width)
            self.work += 1 + len(states)
            reached[at + 1] += states
            collateral, changed, weight = forest.collateral[at], forest.changed[at], weights[at]
            most = limit - after[end]
            for state in states:
                cost = state.collateral + collateral
                if cost >= limit or state.taken == self._directories:
                    continue
                if state.missing <= changed:
                    limit, found = cost, (at, state.chain)
                elif state.key + weight < most:
                    reached[end].append(
                        _State(cost, state.missing - changed, state.taken + 1, state.key + weight, (at, state.chain))
                    )
        return None if found is None else _unchained(found)

    def _kept(self, states: list[_State], width: int) -> list[_State]:
        """At most `width` states: half of them the best ones, the others the best ones for each number of changes."""
        half = width // 2
        ordered = sorted(states, key=_key)
        steps: dict[int, _State] = {}
        for state in ordered[half:]:
            steps.setdefault((state.missing * half // self._changes), state)
        return ordered[:half] + list(steps.values())


_progress = itemgetter(0, 1, 2)


def _key(state: _State) -> float:
    return state.key


def _undominated(states: list[_State]) -> list[_State]:
    """The states without those that another state equals or beats in missing changes, directories and collateral."""
    if len(states) < 2:  # noqa: PLR2004 - a single state has no competitor
        return states
    kept: list[_State] = []
    taken: list[int] = []  # numbers of directories among the kept states, rising …
    missing: list[int] = []  # … and for each number the fewest missing changes, falling
    for state in sorted(states, key=_progress):
        at = bisect_right(taken, state.taken)
        if at and missing[at - 1] <= state.missing:
            continue
        kept.append(state)
        end = at
        while end < len(missing) and missing[end] >= state.missing:
            end += 1
        start = at - 1 if at and taken[at - 1] == state.taken else at
        taken[start:end], missing[start:end] = [state.taken], [state.missing]
    return kept


def _unchained(chain: object) -> list[int]:
    taken: list[int] = []
    while isinstance(chain, tuple):
        at, chain = chain
        taken.append(at)
    return taken[::-1]
