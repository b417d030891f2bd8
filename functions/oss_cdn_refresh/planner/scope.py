"""Applies the planner's rules in the configuration: which URLs a directory may replace, and how important a URL is."""

from collections.abc import Callable, Iterable, Mapping

from oss_cdn_refresh.mapping.from_url import keys_of_url
from oss_cdn_refresh.model.item import DIRECTORY, FILE, Item, ObjectType
from oss_cdn_refresh.planner.optimizer.needs import Group, Needs
from oss_cdn_refresh.planner.optimizer.tree import directory_of, parent_of
from oss_cdn_refresh.settings.config import Config, Site
from oss_cdn_refresh.settings.globs import first

NOWHERE = ""  # the directory of a URL that no directory may replace


class Scope:
    """The planner's rules of one configuration. `replaces`: whether directories may replace URLs."""

    def __init__(self, config: Config) -> None:
        self._rules = config.collapse
        self.replaces = config.collapse.mode != "never"
        self._config = config
        self._roots = _roots(config, lambda _site: True)
        self._queried = _roots(config, lambda site: site.query != "exact" or site.variants)
        self._rank_of = first(config.collapse.priority)

    def may_refresh(self, directory: str, collateral: float) -> bool:
        """Whether a directory with this collateral may be refreshed instead of URLs."""
        if collateral > self._rules.max_collateral or not (self._rules.root or parent_of(directory)):
            return False
        return _inside(directory, self._roots)

    def _replaceable(self, directory: str) -> bool:
        """Whether a directory may replace the URLs directly in it. URLs with queries need `collapse.variants`."""
        return _inside(directory, self._roots) and (self._rules.variants or not _inside(directory, self._queried))

    def needs_by_type(self, items: Iterable[Item], offset: int = 0) -> dict[ObjectType, Needs]:
        """The items by type, directory and importance. `offset` lowers the importance of all of them."""
        found: dict[ObjectType, dict[Group, list[Item]]] = {}
        groups: dict[tuple[ObjectType, str, int], list[Item]] = {}  # thousands of items share one decision
        ranked = bool(self._rules.priority)
        for item in items:
            object_type, url = item
            importance = self.importance(item) if ranked else 0
            # Without a call for each of a million items: `directory_of` is for URLs with a query.
            directory = f"{directory_of(url)}?" if "?" in url else url[: url.rfind("/") + 1]
            decided_by = object_type, directory, importance
            members = groups.get(decided_by)
            if members is None:
                group = self.directory_for(item), importance + offset
                members = groups[decided_by] = found.setdefault(object_type, {}).setdefault(group, [])
            members.append(item)
        return {object_type: Needs(groups) for object_type, groups in found.items()}

    def directory_for(self, item: Item) -> str:
        """The directory of an item if it may replace the item, else `NOWHERE`."""
        directory = directory_of(item.url)
        if item.type == DIRECTORY:
            return directory
        bare = item.type == FILE and "?" not in item.url
        return directory if (bare or self._rules.variants) and self._replaceable(directory) else NOWHERE

    def importance(self, item: Item) -> int:
        """The index of the first glob of `priority` that matches the object's key; the number of globs if none does.

        An item from a message has no key: each object that its URL may show counts.
        """
        if not self._rules.priority:
            return 0
        return self._rank_of((item.key,) if item.key else keys_of_url(item.url, item.domain, self._config))


def _roots(config: Config, wanted: Callable[[Site], object]) -> dict[str, tuple[str, ...]]:
    """The URLs of the directories of some sites, by domain."""
    return {
        domain: tuple(root for root, site in places if wanted(site))
        for domain, places in config.sites_by_domain.items()
    }


def _inside(directory: str, roots: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether a directory lies in one of the directories."""
    return directory.startswith(roots.get(directory.split("/", 3)[2], ()))
