"""Which URLs of an object can be compared with it, and how closely.

The items are those that a change of the object would refresh. Left out is what says nothing of a single object:
directories, an alias that another index page shows, an `also` URL that many objects share.
"""

from collections.abc import Iterator
from enum import Enum
from posixpath import splitext
from typing import NamedTuple

from oss_cdn_refresh.events.change import Change
from oss_cdn_refresh.mapping.sites import index_aliases, items_of
from oss_cdn_refresh.model.item import FILE, IGNORE_PARAMS, ItemName
from oss_cdn_refresh.model.urls import directory, spelled_by_browser, spellings
from oss_cdn_refresh.settings.config import Also, Config, Site
from oss_cdn_refresh_cli.operation.changes import UPLOAD

GLOB = "*?{}"  # characters by which a `when` may fit many keys


class Relation(Enum):
    """What a URL shows of an object: its bytes under its own name, under another one, or something made of it."""

    OWN = "own"
    ALIAS = "alias"
    VARIANT = "variant"


class Target(NamedTuple):
    """A URL to be compared. `item` refreshes it, `root` is the URL of the directory that its site begins with."""

    item: ItemName
    relation: Relation
    root: str

    @property
    def url(self) -> str:
        """The URL."""
        return self.item.url


class Compared(NamedTuple):
    """What an object leads to; `ignored` is why it leads to nothing, `left_out` counts what cannot be compared."""

    targets: tuple[Target, ...]
    ignored: str = ""
    left_out: int = 0


def compared(bucket: str, key: str, config: Config) -> Compared:
    """The URLs to ask the edge for, in the order in which a refresh would name them."""
    items, ignored = items_of(Change(bucket, key, UPLOAD), config)
    known: dict[ItemName, Target] = {}
    for site in config.by_bucket.get(bucket, ()):
        if key.startswith(site.prefix):
            for target in _targets(key, key[len(site.prefix) :], site):
                known.setdefault(target.item, target)
    targets = tuple(known[item] for item in items if item in known)
    return Compared(targets, ignored, len(items) - len(targets))


def _targets(key: str, rest: str, site: Site) -> Iterator[Target]:
    for root in site.roots:
        yield from _own(root, rest, site)
        host = root[: len(root) - len(site.path)]
        # Of several index pages of a directory only the first is certain to be shown for it.
        if site.index and rest[len(directory(rest)) :] == site.index[0]:
            for spelled in spellings(directory(rest), site.spellings):
                for alias in index_aliases(site.path + spelled):
                    yield Target(ItemName(FILE, host + alias), Relation.ALIAS, root)
        for url in _also(key, rest, site):
            yield Target(ItemName(FILE, host + url), Relation.ALIAS, root)


def _own(root: str, rest: str, site: Site) -> Iterator[Target]:
    if site.index and (not rest or rest.endswith("/")):  # a folder's empty object: its URL shows the index page
        return
    if site.query == "ignore":
        yield Target(ItemName(IGNORE_PARAMS, root + spelled_by_browser(rest)), Relation.OWN, root)
        return
    for spelled in spellings(rest, site.spellings):
        yield Target(ItemName(FILE, root + spelled), Relation.OWN, root)
        for variant in site.variants:
            yield Target(ItemName(FILE, root + spelled + variant), Relation.VARIANT, root)


def _also(key: str, rest: str, site: Site) -> Iterator[str]:
    filled_in = {
        "dir": site.path + directory(spelled_by_browser(rest)),
        "stem": spelled_by_browser(splitext(key.rpartition("/")[2])[0]),
    }
    for also in site.also:
        if also.matches(key):
            for template in also.urls:
                if _of_one_object(also, template):
                    yield template.format_map(filled_in)


def _of_one_object(also: Also, template: str) -> bool:
    """Whether each object that `when` fits has a URL of its own."""
    if "{stem}" in template:
        return True
    part = also.when.rpartition("/")[2] if "{dir}" in template else also.when
    return not any(character in GLOB for character in part)
