"""What is covered where no budget suffices for everything: the most important, and as much as may be."""

from collections.abc import Sequence

from oss_cdn_refresh.planner.optimizer.budget import Budget
from oss_cdn_refresh.planner.optimizer.cover import cheapest, most_changed
from oss_cdn_refresh.planner.optimizer.needs import NOTHING, Needs
from oss_cdn_refresh.planner.optimizer.tree import Tree

_Coverage = tuple[int, ...]  # how many URLs are covered, by importance


def most_reached(needs: Needs, tree: Tree, budget: Budget) -> Sequence[int]:
    """The directories with which the most is covered, the most important first, and then with the least collateral."""
    forest = tree.forest
    if len(needs.importances) == 1:
        widest = forest.choice(most_changed(forest, budget.directories))
        return cheapest(forest, widest.changed, budget.directories) or ()
    wanted = _reachable(needs, tree, budget)
    narrower = forest._replace(changed=[round(count) for count in tree.below(wanted.counts())])
    return cheapest(narrower, len(wanted) - budget.urls, budget.directories) or ()


def _reachable(needs: Needs, tree: Tree, budget: Budget) -> Needs:
    """The needs that can be covered: as much of the most important as may be, then of the next, and so on.

    Directories are taken at their widest. Where an importance cannot be covered as a whole, a URL above it is worth no
    more to a directory than one of it: it may have its own refresh just as well. Which importance that is, is tried.
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
