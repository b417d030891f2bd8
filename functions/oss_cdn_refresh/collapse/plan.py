"""The choice for one budget: which directories stand for changed URLs, and which URLs have to wait."""

from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from oss_cdn_refresh.collapse.budget import Budget
from oss_cdn_refresh.collapse.cover import cheapest
from oss_cdn_refresh.collapse.needs import NOTHING, Needs
from oss_cdn_refresh.collapse.reach import reachable
from oss_cdn_refresh.collapse.tree import tree

Unchanged = Callable[[Mapping[str, int]], Mapping[str, float]]
"""From how many URLs have changed in each directory to how many are live there and have not."""


class Plan(NamedTuple):
    """Directories to refresh, with the unchanged URLs that each expires; what is sent by itself; what has to wait."""

    directories: Mapping[str, float]
    alone: Needs
    waiting: Needs


def plan(
    needs: Needs,
    budget: Budget,
    given: Collection[str],
    unchanged: Unchanged,
    may: Callable[[str, float], bool],
    *,
    in_part: bool = True,
) -> Plan:
    """Cover all needs within a budget with the least collateral, or the most important of them.

    given: directories that are refreshed anyway. may: whether a directory may be refreshed if that expires so many
    unchanged URLs. in_part: whether some may be covered where not all can be.
    """
    needs = needs.outside(given)
    if len(needs) <= budget.urls:
        return Plan({}, needs, NOTHING)
    changed = needs.counts() if budget.directories else {}
    allowed = tree(changed, unchanged(changed), may)
    taken = cheapest(allowed.forest, len(needs) - budget.urls, budget.directories)
    if taken is None and not in_part:
        return Plan({}, NOTHING, needs)
    if taken is None:
        wanted = reachable(needs, allowed, budget)
        narrower = allowed.forest._replace(changed=[round(count) for count in allowed.below(wanted.counts())])
        taken = cheapest(narrower, len(wanted) - budget.urls, budget.directories) or ()
    directories = {allowed.urls[at]: allowed.forest.collateral[at] for at in taken}
    left = needs.outside(directories)
    return Plan(directories, left.first(budget.urls), left.after(budget.urls))
