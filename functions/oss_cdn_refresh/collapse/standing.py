"""Which items are sent when the day's quota is short, for which others each of them stands, and which have to wait."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from oss_cdn_refresh.collapse.budget import Budget
from oss_cdn_refresh.collapse.needs import covered
from oss_cdn_refresh.collapse.plan import Unchanged, plan
from oss_cdn_refresh.collapse.scope import Scope
from oss_cdn_refresh.collapse.tree import upwards
from oss_cdn_refresh.config import Config
from oss_cdn_refresh.items import DIRECTORY, FILE, IGNORE_PARAMS, Item, ObjectType, Trail

Left = Mapping[ObjectType, int]
"""What may still be sent today of each type."""


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


def standing(items: Mapping[Item, Trail], left: Left, config: Config, unchanged: Unchanged) -> Standing:
    """Spend what is left on the items: fresh ones first, what was put off before only with what is not reserved."""
    choice = _Choice(items, left, config, unchanged)
    rules = config.collapse
    for put_off, reserve in (
        (False, Budget(0, 0)),
        (True, Budget(rules.reserve_urls, rules.reserve_directories)),
    ):
        choice.spend([item for item, trail in items.items() if trail.put_off is put_off], reserve)
    return choice.result()


class _Choice:
    """The choice so far: directories that are refreshed anyway, those chosen, what waits and what is spent."""

    def __init__(self, items: Mapping[Item, Trail], left: Left, config: Config, unchanged: Unchanged) -> None:
        self._items = items
        self._scope = Scope(config)
        self._collapses = config.collapse.mode != "never"
        self._for_queries = config.collapse.variants
        self._unchanged = unchanged
        self._left = dict(left)
        self._given: set[str] = set()
        self._chosen: dict[str, float] = {}
        self._waiting: set[Item] = set()

    def spend(self, items: Iterable[Item], reserve: Budget) -> None:
        """Decide on some items, with what is left but for a reserve."""
        by_type: dict[ObjectType, list[Item]] = {DIRECTORY: [], IGNORE_PARAMS: [], FILE: []}
        for item in items:
            by_type[item.type].append(item)
        self._directories(by_type[DIRECTORY], reserve)
        self._left[IGNORE_PARAMS] -= self._plan(IGNORE_PARAMS, by_type[IGNORE_PARAMS], 0, reserve)
        self._left[FILE] -= self._plan(FILE, by_type[FILE], reserve.urls, reserve)

    def _directories(self, items: list[Item], reserve: Budget) -> None:
        """Those that were asked for, as many as there is room for; one inside another costs nothing."""
        for item in sorted(items, key=lambda item: self._scope.importance(item.url)):
            if self._covers(item):
                continue
            if self._left[DIRECTORY] > reserve.directories:
                self._left[DIRECTORY] -= 1
                self._given.add(item.url)
            else:
                self._waiting.add(item)

    def _plan(self, object_type: ObjectType, items: list[Item], kept: int, reserve: Budget) -> int:
        """Choose directories for items where there are too many; returns how many go out by themselves."""
        budget = Budget(
            max(0, self._left[object_type] - kept),
            max(0, self._left[DIRECTORY] - reserve.directories) if self._collapses else 0,
        )
        found = plan(self._scope.needs(items), budget, self._covering(), self._unchanged, self._scope.may_refresh)
        self._left[DIRECTORY] -= len(found.directories)
        self._chosen |= found.directories
        self._waiting.update(Item(object_type, url) for url in found.waiting)
        return sum(not self._covers(item) and item not in self._waiting for item in items)

    def _covering(self) -> set[str]:
        return self._given | set(self._chosen) if self._collapses else set()

    def _covers(self, item: Item) -> bool:
        """Whether a directory that is refreshed covers an item."""
        return covered(self._scope.directory_for(item), self._covering())

    def result(self) -> Standing:
        """Who stands for whom. A directory covers what lies in it, whatever was decided of that before."""
        covering = self._covering()
        others: dict[str, list[Item]] = {}
        alone: list[Item] = []
        waiting: list[Item] = []
        for item in self._items:
            directory = self._scope.directory_for(item)
            above = next((each for each in upwards(directory) if each in covering), "") if directory else ""
            if above:
                others.setdefault(above, []).append(item)
            else:
                (waiting if item in self._waiting else alone).append(item)
        stand_ins = {Item(DIRECTORY, url): tuple(covers) for url, covers in others.items()}
        sent = {item: self._trail(covers) for item, covers in stand_ins.items()}
        sent |= {item: self._items[item] for item in alone}
        return Standing(sent, stand_ins, tuple(waiting), self._chosen)

    def _trail(self, items: Iterable[Item]) -> Trail:
        """What a directory is told of those that it stands for: one that changed its headers alone needs deletion."""
        trails = [self._items[item] for item in items]
        newest = max(trails, key=lambda trail: trail.first_seen)
        return newest._replace(force=any(trail.force for trail in trails))
