"""Which directories to refresh so that enough changes are covered and the fewest unchanged objects expire.

Wanted are at most so many directories of a forest, none inside another, with at least so many changes below them and
the least collateral: a knapsack on a forest with two constraints. Good prices (`prices`) bound it from below, and say
of most directories that no better choice takes them. What is left of the forest is small, and is searched with the
bound at hand: nearly always to the optimum.

Source of the problem: Soldo, Argyraki, Markopoulou, "Optimal Source-Based Filtering of Malicious Traffic", IEEE/ACM ToN
2012 (cover a blacklist with so many prefixes and the least collateral).
"""

from collections.abc import Sequence
from heapq import nlargest

from oss_cdn_refresh.planner.optimizer.branches import Branches
from oss_cdn_refresh.planner.optimizer.forest import Choice, Forest, Prices
from oss_cdn_refresh.planner.optimizer.prices import Search

WORK = 500_000  # states and directories that are looked at in all: a second or some
NARROW = 100  # states kept at a directory, at first …
WIDER = 4  # … and so many times more where that was not all
MARGIN = 0.002  # of the bound, above which the search looks at first …
FURTHER = 3  # … and so many times more where nothing was found
GOOD_ENOUGH = 0.001  # above the bound
MANY = 5_000  # directories, above which a search takes seconds: it does without …
TINY = 0.01  # … those of which as many as may be taken cover less than this part of what is needed
A_DIRECTORY = 1e-5  # objects: of two choices with the same collateral, the one with fewer directories is better
EQUAL = 1e-7  # objects, of figures that are the same but for rounding


def most_changed(forest: Forest, directories: int, worth: Sequence[tuple[float, ...]] | None = None) -> list[int]:
    """The directories that cover the most changes, or are worth the most, whatever they cost; in order."""
    return sorted(nlargest(directories, forest.roots(), key=lambda at: worth[at] if worth else (forest.changed[at],)))


def cheapest(forest: Forest, changes: int, directories: int) -> tuple[int, ...] | None:
    """At most so many directories, in order, with at least so many changes below them and the least collateral.

    None where no choice is enough.
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
    """All but the directories than which one above or below is at least as good."""
    worth: list[int] = []
    at = 0
    while at < len(forest.end):
        inside = at + 1
        if inside == forest.end[at] or forest.changed[inside] != forest.changed[at]:
            worth.append(at)  # else the one below has all the changes, and costs no more
            inside = inside if forest.collateral[at] else forest.end[at]
        at = inside
    return worth


def _best(forest: Forest, changes: int, directories: int) -> Choice:
    """The best choice that was found: at first close above the bound, then further from it, then wider."""
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
    """The directories that may be part of a choice which costs less than the limit."""
    weights = forest.weights(prices)
    before, after = forest.until(weights), forest.least(weights)
    most = limit - EQUAL - prices.change * changes + prices.directory * directories
    return [at for at, weight in enumerate(weights) if before[at] + weight + after[forest.end[at]] < most]
