"""The plan for some changes, as the function would make it, with its figures."""

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from oss_cdn_refresh.delivery.batches import batches
from oss_cdn_refresh.mapping.gather import Gathered
from oss_cdn_refresh.model.item import DIRECTORY, FILE, IGNORE_PARAMS, Item, ObjectType
from oss_cdn_refresh.planner.optimizer.plan import Unchanged
from oss_cdn_refresh.planner.rationing import is_short
from oss_cdn_refresh.planner.replacement import Replacement, replacement
from oss_cdn_refresh.settings.config import Config


class Planned(NamedTuple):
    """The URLs that are sent, by type, deferred URLs, and dead letters with their reasons.

    chosen: the directories that the planner chose, with the collateral of each. covers: how many changed URLs each
    directory replaces. changes: the number of distinct changed URLs. ignored: the number of ignored objects by reason.
    """

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


def planned(gathered: Gathered, left: Mapping[ObjectType, int], config: Config, unchanged: Unchanged) -> Planned:
    """The plan for the items of some changes; `left` is the quota of each type that is left today."""
    items = gathered.items
    if gathered.faults:
        items = {item: history for item, history in items.items() if item not in gathered.faults}
    found = Replacement(items, {}, (), {})
    if is_short(items, left, config.collapse):
        found = replacement(items, left, config, unchanged)
    urls: dict[ObjectType, list[str]] = {FILE: [], DIRECTORY: [], IGNORE_PARAMS: []}
    for item in found.sent:
        urls[item.type].append(item.url)
    return Planned(
        urls[FILE],
        sorted(urls[DIRECTORY]),
        urls[IGNORE_PARAMS],
        [item.url for item in found.waiting],
        found.collateral,
        {directory.url: len(items) - items.count(directory) for directory, items in found.replaced_items.items()},
        sum(1 for _ in batches(found.sent, config.limits)),
        _distinct_urls(gathered.items),
        gathered.ignored,
        {item.url: why for item, why in gathered.faults.items()},
    )


def _distinct_urls(items: Collection[Item]) -> int:
    """How many URLs there are; a set of a million Files would take half a second."""
    files = sum(item[0] == FILE for item in items)
    return files + len({url for kind, url in items if kind != FILE and (FILE, url) not in items})
