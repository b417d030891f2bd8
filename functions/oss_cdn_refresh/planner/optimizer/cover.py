"""Chooses the directories that cover enough changes with the least collateral.

The problem: find at most N directories of a forest, none inside another, with at least M changes below them and the
least collateral. It is a knapsack problem on a forest with two constraints. Good prices (`prices`) give a lower bound
of the collateral, and exclude most directories from every better choice. The rest of the forest is small, and branch
and bound nearly always finds its optimum.

Source of the problem: Soldo, Argyraki, Markopoulou, "Optimal Source-Based Filtering of Malicious Traffic", IEEE/ACM ToN
2012 (cover a blacklist with N prefixes and the least collateral).
"""

from collections.abc import Sequence
from heapq import nlargest

from oss_cdn_refresh.planner.optimizer.branches import Branches
from oss_cdn_refresh.planner.optimizer.forest import Choice, Forest, Prices
from oss_cdn_refresh.planner.optimizer.prices import Search

WORK = 500_000  # states and directories that a search may examine; takes about a second
NARROW = 100  # states kept at each directory in the first search …
WIDER = 4  # … and the factor for the next search, if states were dropped
MARGIN = 0.002  # relative distance from the bound within which the first search looks …
FURTHER = 3  # … and the factor for the next search, if nothing was found
GOOD_ENOUGH = 0.001  # relative distance from the bound at which the search ends
MANY = 5_000  # directories; a search of more takes seconds, so it leaves out tiny directories …
TINY = 0.01  # … : even the allowed number of them would cover less than this share of the needed changes
A_DIRECTORY = 1e-5  # objects: of two choices with the same collateral, the one with fewer directories is better
EQUAL = 1e-7  # objects; a smaller difference comes from rounding


def most_changed(forest: Forest, directories: int, worth: Sequence[tuple[float, ...]] | None = None) -> list[int]:
    """The directories with the most changes, or with the highest `worth`, at any collateral; in order."""
    return sorted(nlargest(directories, forest.roots(), key=lambda at: worth[at] if worth else (forest.changed[at],)))


def cheapest(forest: Forest, changes: int, directories: int) -> tuple[int, ...] | None:
    """At most `directories` of the forest, in order, with at least `changes` changes and the least collateral.

    None if no choice covers enough changes.
    """
    if changes <= 0:
        return ()
    if forest.choice(most_changed(forest, directories)).changed < changes:
        return None
    names = _worth_taking(forest)
    if len(names) > MANY:
        names = [at for at in names if forest.changed[at] * directories >= TINY * changes]
    small = forest.only(names)
    small = small._replace(collateral=[cost + A_DIRECTORY for cost in small.collateral])
    return tuple(names[at] for at in _best(small, changes, directories).taken)


def _worth_taking(forest: Forest) -> list[int]:
    """The directories without those for which a directory above or below is at least as good."""
    worth: list[int] = []
    at = 0
    while at < len(forest.end):
        inside = at + 1
        if inside == forest.end[at] or forest.changed[inside] != forest.changed[at]:
            worth.append(at)  # else the next directory below has the same changes, and no more collateral
            inside = inside if forest.collateral[at] else forest.end[at]
        at = inside
    return worth


def _best(forest: Forest, changes: int, directories: int) -> Choice:
    """The best choice that is found. The search begins close to the bound, goes further, then keeps more states."""
    search = Search(forest, changes, directories)
    bound, prices = search.highest()
    found_so_far = [choice for choice in search.found if choice.changed >= changes and len(choice.taken) <= directories]
    found_so_far.append(forest.choice(most_changed(forest, directories)))
    best = min(found_so_far, key=lambda choice: choice.collateral)
    floor, step = bound, 1 + MARGIN * abs(bound)
    left, width = WORK, NARROW
    while left > 0 and best.collateral > bound * (1 + GOOD_ENOUGH) + EQUAL:
        limit = min(best.collateral, floor + step)
        keep = _possible(forest, prices, changes, directories, limit)
        branches = Branches(forest.only(keep), prices, changes, directories, limit - EQUAL)
        found = branches.best(min(width, 1 + left // max(1, len(keep))))
        left -= branches.work
        if branches.complete and (found is not None or limit == best.collateral):
            return best if found is None else forest.choice([keep[at] for at in found])
        if found is None and limit < best.collateral:
            floor = limit if branches.complete else floor
            step *= FURTHER
            continue
        if found is not None:
            best = forest.choice([keep[at] for at in found])
        width *= WIDER
        step = (best.collateral - floor) / FURTHER
    return best


def _possible(forest: Forest, prices: Prices, changes: int, directories: int, limit: float) -> list[int]:
    """The directories that can be part of a choice with less collateral than the limit."""
    weights = forest.weights(prices)
    before, after = forest.until(weights), forest.least(weights)
    most = limit - EQUAL - prices.change * changes + prices.directory * directories
    return [at for at, weight in enumerate(weights) if before[at] + weight + after[forest.end[at]] < most]
