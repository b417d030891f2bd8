"""What can be covered where the budget does not suffice for everything: as much of the most important as may be."""

from collections.abc import Sequence

from oss_cdn_refresh.collapse.budget import Budget
from oss_cdn_refresh.collapse.cover import most_changed
from oss_cdn_refresh.collapse.needs import NOTHING, Needs
from oss_cdn_refresh.collapse.tree import Tree

_Coverage = tuple[int, ...]  # how many URLs are covered, by importance


def reachable(needs: Needs, tree: Tree, budget: Budget) -> Needs:
    """The needs that can be covered, so that no choice covers more of the most important, then of the next, and so on.

    Directories are taken at their widest. Where an importance cannot be covered as a whole, a URL above it is worth no
    more to a directory than one of it: it may have its own refresh just as well. Which importance that is, is tried.
    """
    importances = needs.importances
    below = [tree.below(needs.counts(importance)) for importance in importances]
    best: tuple[_Coverage, Needs] = (), NOTHING
    for marginal in range(len(importances)):
        worth = [(sum(counts[: marginal + 1]), *counts[marginal + 1 :]) for counts in zip(*below, strict=True)]
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
