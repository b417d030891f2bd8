"""The URLs of an object that can be compared with it, and how closely.

The URLs are those that a change of the object refreshes, so they come from the function's own mapping: once with all
rules of a site, and once for each relation with the rules of that relation. URLs that do not show a single object are
left out: directories, an alias that another index page shows, an `also` URL that many objects share.
"""

from enum import Enum
from typing import NamedTuple

from oss_cdn_refresh.events.change import Change
from oss_cdn_refresh.mapping.sites import items_of
from oss_cdn_refresh.model.item import Item
from oss_cdn_refresh.settings.config import Also, Config, Site
from oss_cdn_refresh_cli.operation.changes import UPLOAD

GLOB = "*?{}"  # characters of a `when` that matches many keys


class Relation(Enum):
    """The content of a URL: the object under its own name, under an alias, or a variant made of it."""

    OWN = "own"
    VARIANT = "variant"
    ALIAS = "alias"


class Target(NamedTuple):
    """A URL to compare. `item` refreshes it; `root` is the URL of the root directory of its site."""

    item: Item
    relation: Relation
    root: str

    @property
    def url(self) -> str:
        """The URL."""
        return self.item.url


class Compared(NamedTuple):
    """The URLs of an object that can be compared with it, and the number of its other URLs."""

    targets: tuple[Target, ...]
    left_out: int


class Targets:
    """The URLs of objects under one configuration."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._rules = {site: _by_relation(site, config) for site in config.sites}

    def ignored(self, bucket: str, key: str) -> str:
        """Why an object is ignored; "" if a URL shows it."""
        return items_of(Change(bucket, key, UPLOAD), self._config)[1]

    def of(self, bucket: str, key: str) -> Compared:
        """The URLs to request, in the order of a refresh."""
        change = Change(bucket, key, UPLOAD)
        items, _ = items_of(change, self._config)
        known: dict[Item, Target] = {}
        for site in self._config.by_bucket.get(bucket, ()):
            known = self._targets(site, change) | known
        targets = tuple(known[item] for item in items if item in known)
        return Compared(targets, len(items) - len(targets))

    def _targets(self, site: Site, change: Change) -> dict[Item, Target]:
        roots = dict(zip(site.domains, site.roots, strict=True))
        found: dict[Item, Target] = {}
        for relation, rules in self._rules[site].items():
            for item in items_of(change, rules)[0]:
                found.setdefault(item, Target(item, relation, roots[item.domain]))
        if site.index and change.key.endswith("/"):  # a folder object: its URL shows the index page
            return {item: target for item, target in found.items() if target.relation is Relation.ALIAS}
        return found


def _by_relation(site: Site, config: Config) -> dict[Relation, Config]:
    """The rules of a site for each relation."""
    own = site._replace(index=(), variants=(), also=())
    # Of several index pages of a directory only the first is certain to be shown for it.
    aliases = own._replace(index=site.index[:1], also=tuple(map(_of_one_object, site.also)))
    sites = {Relation.OWN: own, Relation.VARIANT: own._replace(variants=site.variants), Relation.ALIAS: aliases}
    return {relation: config._replace(by_bucket={site.bucket: (each,)}) for relation, each in sites.items()}


def _of_one_object(also: Also) -> Also:
    """The rule with only those URLs that belong to a single object that `when` matches."""
    name = also.when.rpartition("/")[2]
    names_one = not any(character in GLOB for character in name)
    one = not any(character in GLOB for character in also.when)
    urls = (url for url in also.urls if "{stem}" in url or one or (names_one and "{dir}" in url))
    return also._replace(urls=tuple(urls), directories=())
