"""The choice for one budget: which directories replace changed URLs, and which URLs are deferred."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import NamedTuple

from oss_cdn_refresh.planner.optimizer.budget import Budget
from oss_cdn_refresh.planner.optimizer.cover import cheapest
from oss_cdn_refresh.planner.optimizer.needs import NOTHING, Needs
from oss_cdn_refresh.planner.optimizer.reach import most_reached
from oss_cdn_refresh.planner.optimizer.tree import Tree, tree

Unchanged = Callable[[Needs], Mapping[str, float]]
"""From what has changed to how many URLs in each directory are live and have not."""


class Plan(NamedTuple):
    """Directories to refresh, with the unchanged URLs that each expires; what is sent by itself; what has to wait."""

    directories: Mapping[str, float]
    alone: Needs
    waiting: Needs


def plan(
    needs: Needs,
    budgets: Iterable[Budget],
    given: Collection[str],
    unchanged: Unchanged,
    may: Callable[[str, float], bool],
) -> Plan:
    """Cover all needs within the first budget that suffices, with the least collateral; else the most important.

    budgets: at least one; the last is all there is. given: directories that are refreshed anyway. may: whether a
    directory may be refreshed if that expires so many unchanged URLs.
    """
    needs = needs.outside(given)
    steps = list(budgets)
    most = steps[-1]
    if len(needs) <= most.urls:
        return Plan({}, needs, NOTHING)
    allowed = tree(needs.counts(), unchanged(needs), may) if any(step.directories for step in steps) else NO_TREE
    for budget in steps:
        taken = cheapest(allowed.forest, len(needs) - budget.urls, budget.directories)
        if taken is not None:
            return _planned(needs, allowed, taken, budget)
    return _planned(needs, allowed, most_reached(needs, allowed, most), most)


def _planned(needs: Needs, allowed: Tree, taken: Iterable[int], budget: Budget) -> Plan:
    directories = {allowed.urls[at]: allowed.forest.collateral[at] for at in taken}
    left = needs.outside(directories)
    return Plan(directories, left.first(budget.urls), left.after(budget.urls))


NO_TREE = tree({}, {}, lambda _url, _collateral: False)
