"""Which items are sent when the day's quota is short, which items each of them replaces, and which are deferred."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from oss_cdn_refresh.model.history import History, deferred_before, distinct
from oss_cdn_refresh.model.item import DIRECTORY, Item, ObjectType
from oss_cdn_refresh.planner.optimizer.budget import Budget, SavingsRule
from oss_cdn_refresh.planner.optimizer.needs import NOTHING, covering
from oss_cdn_refresh.planner.optimizer.plan import Unchanged
from oss_cdn_refresh.planner.scope import Scope
from oss_cdn_refresh.planner.spending import Allocator, Asked, Spent
from oss_cdn_refresh.settings.config import Config


class Replacement(NamedTuple):
    """The items to send with their histories, the items that each of them replaces, and the deferred ones.

    `collateral`: for each directory, how many unchanged objects it expires as well.
    """

    sent: dict[Item, History]
    others: dict[Item, tuple[Item, ...]]
    waiting: tuple[Item, ...]
    collateral: Mapping[str, float]

    def original(self, items: Iterable[Item]) -> tuple[Item, ...]:
        """The items that some of the sent ones replace, and those sent as they are."""
        return tuple(one for item in items for one in self.others.get(item, (item,)))

    def replaced(self, items: Iterable[Item]) -> tuple[int, float]:
        """How many items some of the sent ones replace, and the collateral of these."""
        chosen = [item for item in items if item in self.others]
        count = sum(one != item for item in chosen for one in self.others[item])
        return count, sum(self.collateral.get(item.url, 0.0) for item in chosen)


def replacement(
    items: Mapping[Item, History],
    left: Mapping[ObjectType, int],
    config: Config,
    unchanged: Unchanged,
    shares: int = 1,
) -> Replacement:
    """Spend the quota that is left of each type: fresh items first; those deferred before leave the reserve.

    shares: for how many batches like this one the directories have to last.
    """
    spent = _spent(items, left, config, unchanged, shares)
    others = {_directory(url, covers): tuple(covers) for url, covers in _covers(spent).items()}
    histories = distinct(items.values()).values()
    sent = {  # where all items share a history, a million of them need not be looked up: half a second
        directory: _common(histories if len(histories) == 1 else distinct(map(items.__getitem__, covers)).values())
        for directory, covers in others.items()
    }
    sent |= {item: items[item] for item in _all(spent.alone)}
    return Replacement(sent, others, tuple(_all(spent.waiting)), spent.chosen)


def _covers(spent: Spent) -> dict[str, list[Item]]:
    """The items that each directory covers, by its URL."""
    covers: dict[str, list[Item]] = {}
    for needs in spent.covered.values():
        for (directory, _), items in needs.urls.items():
            covers.setdefault(covering(directory, spent.directories), []).extend(items)
    return covers


def _directory(url: str, covers: Sequence[Item]) -> Item:
    return Item(DIRECTORY, url, covers[0].domain, covers[0].product, covers[0].site)


def _spent(
    items: Mapping[Item, History],
    left: Mapping[ObjectType, int],
    config: Config,
    unchanged: Unchanged,
    shares: int,
) -> Spent:
    """What is bought: first for the fresh items alone; where some have to wait then, for all in one plan too.

    Items that were deferred before come behind the fresh ones. Of the two plans the one is taken in which fewer fresh
    items have to wait, or else fewer in all.
    """
    rules, scope = config.collapse, Scope(config)
    deferred = dict.fromkeys(deferred_before(items))
    new = scope.asked([item for item in items if item not in deferred] if deferred else items)
    reserve, savings = Budget(rules.reserve_urls, rules.reserve_directories), SavingsRule(shares=shares)
    allocator = Allocator(left, scope, unchanged)
    allocator.spend(new, savings=savings._replace(kept=reserve))
    allocator.spend(scope.asked(deferred), reserve, savings)
    apart = allocator.spent()
    if not (new and scope.collapses and any(map(len, apart.waiting.values()))):
        return apart
    allocator = Allocator(left, scope, unchanged)
    behind = scope.asked(deferred, len(rules.priority) + 1)
    both = {kind: needs.joined(behind.get(kind, NOTHING)) for kind, needs in new.items()}
    allocator.spend({**behind, **both}, reserve, savings)

    def waiting(spent: Spent) -> tuple[int, int]:
        late = [items[item].deferred_before for item in _all(spent.waiting)]
        return late.count(False), len(late)

    return min(apart, allocator.spent(), key=waiting)


def _all(asked: Asked) -> Iterator[Item]:
    return chain.from_iterable(chain.from_iterable(needs.urls.values()) for needs in asked.values())


def _common(histories: Collection[History]) -> History:
    """The history of a directory: that of the freshest item that it replaces, as that one must not wait for the others.

    One that changed its headers alone needs deletion.
    """
    freshest = max(histories, key=lambda history: (not history.deferred_before, history.first_seen))
    return freshest._replace(force=any(history.force for history in histories))
