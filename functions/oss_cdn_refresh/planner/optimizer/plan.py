"""Plans with a list of budgets: which directories replace changed URLs, and which URLs are deferred."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import NamedTuple

from oss_cdn_refresh.planner.optimizer.budget import Budget
from oss_cdn_refresh.planner.optimizer.cover import cheapest
from oss_cdn_refresh.planner.optimizer.needs import NOTHING, Needs
from oss_cdn_refresh.planner.optimizer.reach import most_reached
from oss_cdn_refresh.planner.optimizer.tree import Tree, tree

Unchanged = Callable[[Needs], Mapping[str, float]]
"""Returns, for the changed URLs, how many other URLs lie directly in each directory, by its URL."""


class Plan(NamedTuple):
    """The directories to refresh with their collateral, the URLs that are sent themselves, and the deferred URLs."""

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
    """Cover all needs with the first budget that is large enough, with the least collateral.

    If no budget is large enough, the last one covers the most important needs. budgets: at least one, the largest last.
    given: directories that are refreshed anyway. may: whether a directory with this collateral may be refreshed.
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
