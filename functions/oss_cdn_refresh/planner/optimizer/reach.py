"""Chooses the directories for a budget that is too small: it covers as many of the most important URLs as possible."""

from collections.abc import Sequence

from oss_cdn_refresh.planner.optimizer.budget import Budget
from oss_cdn_refresh.planner.optimizer.cover import cheapest, most_changed
from oss_cdn_refresh.planner.optimizer.needs import NOTHING, Needs
from oss_cdn_refresh.planner.optimizer.tree import Tree

_Coverage = tuple[int, ...]  # how many URLs are covered, by importance


def most_reached(needs: Needs, tree: Tree, budget: Budget) -> Sequence[int]:
    """The directories that cover the most URLs, the most important first; of equal choices, the least collateral."""
    forest = tree.forest
    if len(needs.importances) == 1:
        widest = forest.choice(most_changed(forest, budget.directories))
        return cheapest(forest, widest.changed, budget.directories) or ()
    wanted = _reachable(needs, tree, budget)
    narrower = forest._replace(changed=[round(count) for count in tree.below(wanted.counts())])
    return cheapest(narrower, len(wanted) - budget.urls, budget.directories) or ()


def _reachable(needs: Needs, tree: Tree, budget: Budget) -> Needs:
    """The needs that can be covered: as many as possible of the highest importance, then of the next one, and so on.

    Directories without another above them are used. Let `marginal` be the first importance that cannot be covered
    completely. For a directory, a URL of a higher importance is then worth as much as a marginal URL, because it can be
    sent alone instead. Each importance is tried as the marginal one.
    """
    importances = needs.importances
    below = [tree.below(needs.counts(importance)) for importance in importances]
    cheap = [-cost for cost in tree.forest.collateral]
    best: tuple[_Coverage, Needs] = (), NOTHING
    for marginal in range(len(importances)):
        worth = [
            (sum(counts[: marginal + 1]), *counts[marginal + 1 :], cost)
            for *counts, cost in zip(*below, cheap, strict=True)
        ]
        taken = {tree.urls[at] for at in most_changed(tree.forest, budget.directories, worth)}
        inside, outside = needs.inside(taken), needs.outside(taken)
        found = inside.joined(outside.first(budget.urls))
        best = max(best, (_coverage(found, importances), found), key=lambda pair: pair[0])
    return best[1]


def _coverage(needs: Needs, importances: Sequence[int]) -> _Coverage:
    counted = dict.fromkeys(importances, 0)
    for (_, importance), urls in needs.urls.items():
        counted[importance] += len(urls)
    return tuple(counted.values())
