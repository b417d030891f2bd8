"""Which URLs the configuration lets directories replace, and how important each URL is."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from urllib.parse import unquote

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
        self._sites: dict[str, list[tuple[str, Site]]] = {}  # by domain, each with its URL there
        for site in config.sites:
            for domain, root in zip(site.domains, site.roots, strict=True):
                self._sites.setdefault(domain, []).append((root, site))
        self._place = first(config.collapse.priority)
        self.collapsible = lru_cache(maxsize=None)(self._collapsible)

    def may_refresh(self, directory: str, collateral: float) -> bool:
        """Whether a directory may be refreshed in the stead of URLs if it expires so many unchanged ones."""
        if collateral > self._rules.max_collateral or not (self._rules.root or parent_of(directory)):
            return False
        return any(True for _ in self._around(directory))

    def _collapsible(self, directory: str) -> bool:
        """Whether a directory may replace the URLs directly in it; URLs with queries only if that is configured."""
        sites = [site for _, site in self._around(directory)]
        exact = all(site.query == "exact" and not site.variants for site in sites)
        return bool(sites) and (exact or self._rules.variants)

    def asked(self, items: Iterable[Item], behind: int = 0) -> dict[ObjectType, Needs]:
        """Items by their types, by where they lie and how important they are, all so many places behind."""
        found: dict[ObjectType, dict[Where, list[Item]]] = {}
        for item in items:
            where = self.directory_for(item), self.importance(item.url) + behind
            found.setdefault(item.type, {}).setdefault(where, []).append(item)
        return {object_type: Needs(groups) for object_type, groups in found.items()}

    def directory_for(self, item: Item) -> str:
        """The directory that an item lies in, if a directory may replace it."""
        directory = directory_of(item.url)
        if item.type == DIRECTORY:
            return directory
        bare = item.type == FILE and "?" not in item.url
        return directory if (bare or self._rules.variants) and self.collapsible(directory) else NOWHERE

    def importance(self, url: str) -> int:
        """The place of the first glob of `priority` that a key behind the URL matches; behind all where none does."""
        return self._place(self._keys(url)) if self._rules.priority else 0

    def _keys(self, url: str) -> Iterator[str]:
        """The keys of objects that a URL may show: its own, and the index page where it may be a directory."""
        path = url.partition("?")[0]
        for root, site in self._around(path):
            shown = next((path.removesuffix(variant) for variant in site.variants if path.endswith(variant)), path)
            key = site.prefix + unquote(shown[len(root) :])
            yield key
            if "." not in key.rpartition("/")[2]:
                inside = key if not key or key.endswith("/") else f"{key}/"
                yield from (inside + page for page in site.index)

    def _around(self, url: str) -> Iterator[tuple[str, Site]]:
        domain = url.split("/", 3)[2]
        return ((root, site) for root, site in self._sites.get(domain, ()) if url.startswith(root))
