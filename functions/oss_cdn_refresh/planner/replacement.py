"""Decides which items are sent when the daily quota is short, which items they replace, and which are deferred."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from oss_cdn_refresh.model.history import History, deferred_before, distinct
from oss_cdn_refresh.model.item import DIRECTORY, Item, ObjectType
from oss_cdn_refresh.planner.optimizer.budget import Budget, SavingsRule
from oss_cdn_refresh.planner.optimizer.needs import NOTHING, covering
from oss_cdn_refresh.planner.optimizer.plan import Unchanged
from oss_cdn_refresh.planner.scope import Scope
from oss_cdn_refresh.planner.spending import Allocator, NeedsByType, Spent
from oss_cdn_refresh.settings.config import Config


class Replacement(NamedTuple):
    """The result of the planner.

    sent: the items to send, with their histories. replaced_items: for each directory in `sent`, the items that it
    replaces. waiting: the deferred items. collateral: for each directory, how many unchanged objects it expires.
    """

    sent: Mapping[Item, History]
    replaced_items: dict[Item, tuple[Item, ...]]
    waiting: tuple[Item, ...]
    collateral: Mapping[str, float]

    def original(self, items: Iterable[Item]) -> tuple[Item, ...]:
        """The original items for some of the sent items: a directory stands for all items that it replaces."""
        return tuple(one for item in items for one in self.replaced_items.get(item, (item,)))

    def replaced(self, items: Iterable[Item]) -> tuple[int, float]:
        """How many other items some of the sent items replace, and the collateral of these directories."""
        chosen = [item for item in items if item in self.replaced_items]
        count = sum(one != item for item in chosen for one in self.replaced_items[item])
        return count, sum(self.collateral.get(item.url, 0.0) for item in chosen)


def replacement(
    items: Mapping[Item, History],
    left: Mapping[ObjectType, int],
    config: Config,
    unchanged: Unchanged,
    shares: int = 1,
) -> Replacement:
    """Spend what is left of each quota: on fresh items first; earlier deferred items may not use the reserve.

    shares: the number of batches like this one for which the directories must suffice.
    """
    spent = _spent(items, left, config, unchanged, shares)
    replaced_items = {_directory(url, covers): tuple(covers) for url, covers in _covers(spent).items()}
    histories = distinct(items.values()).values()
    sent = {  # uploads of one list share a history: looking up a million of them takes half a second
        directory: _common(histories if len(histories) == 1 else distinct(map(items.__getitem__, covers)).values())
        for directory, covers in replaced_items.items()
    }
    sent |= {item: items[item] for item in _all(spent.alone)}
    return Replacement(sent, replaced_items, tuple(_all(spent.waiting)), spent.chosen)


def _covers(spent: Spent) -> dict[str, list[Item]]:
    """The items that each directory covers, by its URL."""
    covers: dict[str, list[Item]] = {}
    for needs in spent.covered.values():
        for (directory, _), items in needs.urls.items():
            covers.setdefault(covering(directory, spent.directories), []).extend(items)
    return covers


def _directory(url: str, covers: Sequence[Item]) -> Item:
    return Item(DIRECTORY, url, covers[0].domain, covers[0].target, covers[0].site)


def _spent(
    items: Mapping[Item, History],
    left: Mapping[ObjectType, int],
    config: Config,
    unchanged: Unchanged,
    shares: int,
) -> Spent:
    """The better of two plans.

    The first plan spends the quota on fresh items, and the rest on earlier deferred items. If it defers items, a second
    plan treats all items together, with a lower importance for the earlier deferred items. The plan that defers fewer
    fresh items is used; if both defer as many, the plan that defers fewer items.
    """
    rules, scope = config.collapse, Scope(config)
    deferred = dict.fromkeys(deferred_before(items))
    fresh_needs = scope.needs_by_type([item for item in items if item not in deferred] if deferred else items)
    reserve, savings = Budget(rules.reserve_urls, rules.reserve_directories), SavingsRule(shares=shares)
    allocator = Allocator(left, scope, unchanged)
    allocator.spend(fresh_needs, savings=savings._replace(kept=reserve))
    allocator.spend(scope.needs_by_type(deferred), reserve, savings)
    fresh_first = allocator.spent()
    if not (fresh_needs and scope.replaces and any(map(len, fresh_first.waiting.values()))):
        return fresh_first
    allocator = Allocator(left, scope, unchanged)
    deferred_needs = scope.needs_by_type(deferred, len(rules.priority) + 1)
    joined = {kind: needs.joined(deferred_needs.get(kind, NOTHING)) for kind, needs in fresh_needs.items()}
    allocator.spend({**deferred_needs, **joined}, reserve, savings)

    def waiting(spent: Spent) -> tuple[int, int]:
        before = [items[item].deferred_before for item in _all(spent.waiting)]
        return before.count(False), len(before)

    return min(fresh_first, allocator.spent(), key=waiting)


def _all(needs_by_type: NeedsByType) -> Iterator[Item]:
    return chain.from_iterable(chain.from_iterable(needs.urls.values()) for needs in needs_by_type.values())


def _common(histories: Collection[History]) -> History:
    """The history of a directory: that of the freshest item that it replaces, so that this item keeps its priority.

    If one of the items needs deletion (`force`), so does the directory.
    """
    freshest = max(histories, key=lambda history: (not history.deferred_before, history.first_seen))
    return freshest._replace(force=any(history.force for history in histories))
