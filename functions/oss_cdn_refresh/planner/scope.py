"""Which URLs the configuration lets directories replace, and how important each URL is."""

from collections.abc import Callable, Iterable, Mapping

from oss_cdn_refresh.mapping.behind import keys_behind
from oss_cdn_refresh.model.item import DIRECTORY, FILE, Item, ObjectType
from oss_cdn_refresh.planner.optimizer.needs import Needs, Where
from oss_cdn_refresh.planner.optimizer.tree import directory_of, parent_of
from oss_cdn_refresh.settings.config import Config, Site
from oss_cdn_refresh.settings.globs import first

NOWHERE = ""  # the directory of a URL that no directory may replace


class Scope:
    """The rules of one configuration. `collapses`: whether directories replace anything at all."""

    def __init__(self, config: Config) -> None:
        self._rules = config.collapse
        self.collapses = config.collapse.mode != "never"
        self._config = config
        self._roots = _roots(config, lambda _site: True)
        self._queried = _roots(config, lambda site: site.query != "exact" or site.variants)
        self._place = first(config.collapse.priority)

    def may_refresh(self, directory: str, collateral: float) -> bool:
        """Whether a directory may be refreshed instead of URLs if it expires so many unchanged ones."""
        if collateral > self._rules.max_collateral or not (self._rules.root or parent_of(directory)):
            return False
        return _inside(directory, self._roots)

    def _collapsible(self, directory: str) -> bool:
        """Whether a directory may replace the URLs directly in it; URLs with queries only if that is configured."""
        return _inside(directory, self._roots) and (self._rules.variants or not _inside(directory, self._queried))

    def asked(self, items: Iterable[Item], behind: int = 0) -> dict[ObjectType, Needs]:
        """Items by their types, by where they lie and how important they are, all so many places behind."""
        found: dict[ObjectType, dict[Where, list[Item]]] = {}
        places: dict[tuple[ObjectType, str, int], list[Item]] = {}  # what is decided once for thousands of items
        ranked = bool(self._rules.priority)
        for item in items:
            object_type, url = item
            importance = self.importance(item) if ranked else 0
            # Without a call for each item, which would take a third of the time.
            place = object_type, f"{directory_of(url)}?" if "?" in url else url[: url.rfind("/") + 1], importance
            alike = places.get(place)
            if alike is None:
                where = self.directory_for(item), importance + behind
                alike = places[place] = found.setdefault(object_type, {}).setdefault(where, [])
            alike.append(item)
        return {object_type: Needs(groups) for object_type, groups in found.items()}

    def directory_for(self, item: Item) -> str:
        """The directory that an item lies in, if a directory may replace it."""
        directory = directory_of(item.url)
        if item.type == DIRECTORY:
            return directory
        bare = item.type == FILE and "?" not in item.url
        return directory if (bare or self._rules.variants) and self._collapsible(directory) else NOWHERE

    def importance(self, item: Item) -> int:
        """The place of the first glob of `priority` that the object's key matches; behind all where none does.

        Of an item that came back in a message, each object that its URL may show counts.
        """
        if not self._rules.priority:
            return 0
        return self._place((item.key,) if item.key else keys_behind(item.url, item.domain, self._config))


def _roots(config: Config, wanted: Callable[[Site], object]) -> dict[str, tuple[str, ...]]:
    """The URLs of the directories of some sites, by domain."""
    return {domain: tuple(root for root, site in places if wanted(site)) for domain, places in config.places.items()}


def _inside(directory: str, roots: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether a directory lies in one of those; there may be a hundred thousand to ask for."""
    return directory.startswith(roots.get(directory.split("/", 3)[2], ()))
