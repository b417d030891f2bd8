"""The plan for some changes, as the function would make it, with its figures."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from operator import attrgetter
from typing import Any, NamedTuple

from oss_cdn_refresh.delivery.batches import batches
from oss_cdn_refresh.mapping.gather import Gathered
from oss_cdn_refresh.model.history import History
from oss_cdn_refresh.model.item import DIRECTORY, FILE, IGNORE_PARAMS, Item, ObjectType, Target
from oss_cdn_refresh.planner.optimizer.plan import Unchanged
from oss_cdn_refresh.planner.rationing import is_short
from oss_cdn_refresh.planner.replacement import Replacement, replacement
from oss_cdn_refresh.settings.config import Config

Left = Mapping[Target, Mapping[ObjectType, int]]
"""The quota that is left today, by target and type."""


class Planned(NamedTuple):
    """The URLs that are sent, by type, deferred URLs, and dead letters with their reasons.

    sent: how many items of each type are sent to each target. chosen: the directories that the planner chose, with the
    collateral of each. covers: how many changed URLs each directory replaces. changes: the number of distinct changed
    URLs. ignored: the number of ignored objects by reason. waiting: the deferred items.
    """

    sent: Mapping[Target, Counter[ObjectType]]
    files: list[str]
    directories: list[str]
    ignore_params: list[str]
    deferred: list[str]
    chosen: Mapping[str, float]
    covers: Mapping[str, int]
    calls: int
    changes: int
    ignored: Counter[str]
    dead_letters: Mapping[str, str]
    waiting: Mapping[Target, tuple[Item, ...]]

    def document(self, *, counted: bool) -> dict[str, Any]:
        """The plan for scripts; the collateral is None if directories were chosen without an inventory."""
        collateral = round(sum(self.chosen.values())) if counted or not self.chosen else None
        return {
            "files": self.files,
            "directories": self.directories,
            "ignore_params": self.ignore_params,
            "deferred": self.deferred,
            "dead_letters": [{"url": url, "reason": why} for url, why in self.dead_letters.items()],
            "collateral": collateral,
            "calls": self.calls,
            "changes": self.changes,
        }


def planned(gathered: Gathered, left: Left, config: Config, unchanged: Unchanged) -> Planned:
    """The plan for the items of some changes, as the function makes one for each target."""
    plans = {target: of_target(items, left[target], config, unchanged) for target, items in by_target(gathered, config)}
    urls: dict[ObjectType, list[str]] = {FILE: [], DIRECTORY: [], IGNORE_PARAMS: []}
    covers: dict[str, int] = {}
    for found in plans.values():
        for item in found.sent:
            urls[item.type].append(item.url)
        for directory, replaced in found.replaced_items.items():
            covers[directory.url] = len(replaced) - replaced.count(directory)
    return Planned(
        {target: Counter(map(attrgetter("type"), found.sent)) for target, found in plans.items()},
        urls[FILE],
        sorted(urls[DIRECTORY]),
        urls[IGNORE_PARAMS],
        [item.url for found in plans.values() for item in found.waiting],
        {url: collateral for found in plans.values() for url, collateral in found.collateral.items()},
        covers,
        sum(sum(1 for _ in batches(found.sent, config.limits[target.product])) for target, found in plans.items()),
        _distinct_urls(gathered.items),
        gathered.ignored,
        {item.url: why for item, why in gathered.faults.items()},
        {target: found.waiting for target, found in plans.items()},
    )


def by_target(gathered: Gathered, config: Config) -> Iterator[tuple[Target, Mapping[Item, History]]]:
    """The items that may be sent, by target."""
    items = gathered.items
    if gathered.faults:
        items = {item: history for item, history in items.items() if item not in gathered.faults}
    if len(config.targets) == 1:  # fast path: nothing to sort
        yield config.targets[0], items
        return
    found: dict[Target, dict[Item, History]] = {target: {} for target in config.targets}
    for item, history in items.items():
        found[item.target][item] = history
    yield from found.items()


def of_target(
    items: Mapping[Item, History], left: Mapping[ObjectType, int], config: Config, unchanged: Unchanged
) -> Replacement:
    """The plan of one target."""
    if is_short(items, left, config.collapse):
        return replacement(items, left, config, unchanged)
    return Replacement(items, {}, (), {})


def _distinct_urls(items: Collection[Item]) -> int:
    """How many URLs there are; a set of a million Files would take half a second."""
    files = sum(item[0] == FILE for item in items)
    return files + len({url for kind, url in items if kind != FILE and (FILE, url) not in items})
