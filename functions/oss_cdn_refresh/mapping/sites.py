"""From a change to the items that refresh it, or to the reason why no site refreshes it."""

from collections.abc import Iterator
from posixpath import splitext

from oss_cdn_refresh.events.change import REFRESHING, Change
from oss_cdn_refresh.model.item import DIRECTORY, FILE, IGNORE_PARAMS, Item
from oss_cdn_refresh.model.urls import directory, index_aliases, plain, reachable, spelled_by_browser, spellings
from oss_cdn_refresh.settings.config import Config, Site

# Why a change is ignored, from the first obstacle to the last; where several sites ignore it, the furthest counts.
EVENT_TYPE, NO_SITE, EXCLUDED, NEW_OBJECT, UNREACHABLE = IGNORED = (
    "event_type",
    "no_site",
    "excluded",
    "new_object",
    "unreachable",
)


def items_of(change: Change, config: Config) -> tuple[tuple[Item, ...], str]:
    """The distinct items of a change over all sites, in the order of the sites, and "", or none and the reason."""
    key, event = change.key, change.event
    if event not in REFRESHING:
        return (), EVENT_TYPE
    items: list[Item] = []
    furthest = NO_SITE
    for site in config.by_bucket.get(change.bucket, ()):
        # So it is for most changes, of which there are thousands at a time: one URL a domain, and nothing to consider.
        if site.straight and key.startswith(site.prefix) and plain(key) and not key.endswith(site.index):
            rest = key[len(site.prefix) :]
            items.extend([Item(FILE, root + rest) for root in site.roots])
            continue
        obstacle = _obstacle(change, site)
        if obstacle:
            furthest = max(furthest, obstacle, key=IGNORED.index)
        else:
            items.extend(_items(change, site))
    if len(items) > 1:
        return tuple(dict.fromkeys(items)), ""
    return tuple(items), "" if items else furthest


def _obstacle(change: Change, site: Site) -> str:
    if not change.key.startswith(site.prefix):
        return NO_SITE
    if not site.wants(change.key):
        return EXCLUDED
    if site.new_objects == "skip" and change.new_object:
        return NEW_OBJECT
    if not reachable(site.path + change.key[len(site.prefix) :]):
        return UNREACHABLE
    return ""


def _items(change: Change, site: Site) -> Iterator[Item]:
    rest = change.key[len(site.prefix) :]
    name = change.key.rpartition("/")[2]
    for domain in site.domains:
        host = f"{site.scheme}://{domain}"
        root = host + site.path
        if change.bulk_delete and site.bulk_delete == "directory" and not _at_the_root(rest):
            yield from _directories(root, rest, site)
        else:
            yield from _own(root, rest, site)
        if name in site.index:
            for spelled in spellings(directory(rest), site.spellings):
                for alias in index_aliases(site.path + spelled):
                    yield Item(FILE, host + alias)
        yield from _also(host, change.key, rest, site)


def _own(root: str, rest: str, site: Site) -> Iterator[Item]:
    """The object's own URLs, with their variants."""
    if site.query == "ignore":
        yield Item(IGNORE_PARAMS, root + spelled_by_browser(rest))
        return
    for spelled in spellings(rest, site.spellings):
        yield Item(FILE, root + spelled)
        for variant in site.variants:
            yield Item(FILE, root + spelled + variant)


def _at_the_root(rest: str) -> bool:
    """Whether an object lies directly below the root of its site, whose directory would be all of the site.

    So does one behind nothing but slashes: the CDN may take `//` for `/`.
    """
    return not directory(rest).strip("/")


def _directories(root: str, rest: str, site: Site) -> Iterator[Item]:
    """The object's directory instead of itself, but not instead of queries: whether it covers them is not confirmed."""
    for spelled in spellings(directory(rest), site.spellings):
        yield Item(DIRECTORY, root + spelled)
    for item in _own(root, rest, site):
        if item.type == IGNORE_PARAMS or "?" in item.url:
            yield item


def _also(host: str, key: str, rest: str, site: Site) -> Iterator[Item]:
    spelled = spelled_by_browser(rest)
    filled_in = {
        "dir": site.path + directory(spelled),
        "stem": spelled_by_browser(splitext(key.rpartition("/")[2])[0]),
    }
    for also in site.also:
        if also.matches(key):
            for template in also.urls:
                yield Item(FILE, host + template.format_map(filled_in))
            for template in also.directories:
                yield Item(DIRECTORY, host + template.format_map(filled_in))
