"""Which items are sent when the day's quota is short, for which others each of them stands, and which have to wait."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from oss_cdn_refresh.model.item import DIRECTORY, Item, ObjectType, Trail
from oss_cdn_refresh.planner.optimizer.budget import Budget, Thrift
from oss_cdn_refresh.planner.optimizer.needs import NOTHING, covering
from oss_cdn_refresh.planner.optimizer.plan import Unchanged
from oss_cdn_refresh.planner.scope import Scope
from oss_cdn_refresh.planner.spending import Asked, Purse, Spent
from oss_cdn_refresh.settings.config import Config


class Standing(NamedTuple):
    """The items to send with what they have been through, those that each stands for, and those that have to wait.

    `collateral`: the unchanged URLs that each directory expires which nobody has asked for.
    """

    sent: dict[Item, Trail]
    others: dict[Item, tuple[Item, ...]]
    waiting: tuple[Item, ...]
    collateral: Mapping[str, float]

    def original(self, items: Iterable[Item]) -> tuple[Item, ...]:
        """The items that some of those sent stand for, themselves included where they were asked for."""
        return tuple(one for item in items for one in self.others.get(item, (item,)))

    def stood_for(self, items: Iterable[Item]) -> tuple[int, float]:
        """How many other items some of those sent stand for, and what they expire that nobody has asked for."""
        chosen = [item for item in items if item in self.others]
        stood = sum(one != item for item in chosen for one in self.others[item])
        return stood, sum(self.collateral.get(item.url, 0.0) for item in chosen)


def standing(
    items: Mapping[Item, Trail],
    left: Mapping[ObjectType, int],
    config: Config,
    unchanged: Unchanged,
    shares: int = 1,
) -> Standing:
    """Spend what is left of each type on the items: fresh ones first, and what was put off leaves the reserve.

    shares: for how many batches like this one the directories have to last.
    """
    spent = _spent(items, left, config, unchanged, shares)
    others: dict[Item, list[Item]] = {}
    for item, directory in _placed(spent.covered):
        others.setdefault(Item(DIRECTORY, covering(directory, spent.directories)), []).append(item)
    sent = {stands: _trail([items[item] for item in covers]) for stands, covers in others.items()}
    sent |= {item: items[item] for item, _ in _placed(spent.alone)}
    waiting = tuple(item for item, _ in _placed(spent.waiting))
    return Standing(sent, {stands: tuple(covers) for stands, covers in others.items()}, waiting, spent.chosen)


def _spent(
    items: Mapping[Item, Trail],
    left: Mapping[ObjectType, int],
    config: Config,
    unchanged: Unchanged,
    shares: int,
) -> Spent:
    """What is bought for the items, of which those that were deferred before come behind the fresh ones."""
    scope = Scope(config)
    fresh, put_off = ([item for item, trail in items.items() if trail.put_off is before] for before in (False, True))

    def waiting(spent: Spent) -> tuple[int, int]:
        late = [items[item].put_off for item, _ in _placed(spent.waiting)]
        return late.count(False), len(late)

    return bought(
        scope.asked(fresh), lambda behind: scope.asked(put_off, behind), left, scope, config, unchanged, waiting, shares
    )


def bought(
    new: Asked,
    put_off: Callable[[int], Asked],
    left: Mapping[ObjectType, int],
    scope: Scope,
    config: Config,
    unchanged: Unchanged,
    waiting: Callable[[Spent], tuple[int, int]],
    shares: int = 1,
) -> Spent:
    """What is bought: first for the fresh ones alone; where some have to wait then, for all in one plan too.

    put_off: what was deferred before, so many places behind. waiting: how many fresh ones have to wait, and how many in
    all: the smaller plan of the two is taken.
    """
    rules = config.collapse
    reserve, thrift = Budget(rules.reserve_urls, rules.reserve_directories), Thrift(shares=shares)
    purse = Purse(left, scope, unchanged)
    purse.spend(new, thrift=thrift._replace(kept=reserve))
    purse.spend(put_off(0), reserve, thrift)
    apart = purse.spent()
    if not (new and scope.collapses and any(map(len, apart.waiting.values()))):
        return apart
    purse = Purse(left, scope, unchanged)
    behind = put_off(len(rules.priority) + 1)
    both = {kind: needs.joined(behind.get(kind, NOTHING)) for kind, needs in new.items()}
    purse.spend({**behind, **both}, reserve, thrift)
    return min(apart, purse.spent(), key=waiting)


def _placed(asked: Asked) -> Iterator[tuple[Item, str]]:
    """Items with their directories."""
    for needs in asked.values():
        for (directory, _), items in needs.urls.items():
            yield from ((item, directory) for item in items)


def _trail(trails: Iterable[Trail]) -> Trail:
    """What a directory is told of those that it stands for: the freshest one's, as it must not wait for the others.

    One that changed its headers alone needs deletion.
    """
    all_of_them = list(trails)
    freshest = max(all_of_them, key=lambda trail: (not trail.put_off, trail.first_seen))
    return freshest._replace(force=any(trail.force for trail in all_of_them))
