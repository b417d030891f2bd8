"""Makes the items that refresh a change, or says why no site refreshes it."""

from collections.abc import Iterator
from posixpath import splitext

from oss_cdn_refresh.events.change import REFRESHING, Change
from oss_cdn_refresh.model.item import DIRECTORY, FILE, IGNORE_PARAMS, Item, ObjectType
from oss_cdn_refresh.model.urls import Spelled, plain, spelled
from oss_cdn_refresh.settings.config import Config, Site

# The reasons to ignore a change, in the order of the checks. If several sites ignore it, the last reason counts.
EVENT_TYPE, NO_SITE, EXCLUDED, NEW_OBJECT, UNREACHABLE = IGNORED = (
    "event_type",
    "no_site",
    "excluded",
    "new_object",
    "unreachable",
)

_Path = tuple[ObjectType, str]  # the type of an item, and its URL without scheme and domain


def items_of(change: Change, config: Config) -> tuple[tuple[Item, ...], str]:
    """The distinct items of a change, in the order of the sites, and ""; or no items, and the reason."""
    key, event, new = change.key, change.event, tuple.__new__
    if event not in REFRESHING:
        return (), EVENT_TYPE
    items: list[Item] = []
    furthest = NO_SITE
    showing = 0  # sites
    for site in config.by_bucket.get(change.bucket, ()):
        # Fast path for most changes: one URL for each domain. An event can have thousands of them.
        if site.single_url and key.startswith(site.prefix) and plain(key) and not key.endswith(site.index):
            rest = key[len(site.prefix) :]
            for domain, root in zip(site.domains, site.roots):  # noqa: B905 - the check takes a third of the time
                item = new(Item, (FILE, root + rest))
                item.domain, item.target, item.site, item.key = domain, site.target, site.number, key
                items.append(item)
            showing += 1
            continue
        obstacle = _obstacle(change, site)
        if not obstacle:
            ways = spelled(key[len(site.prefix) :], site.spellings)
            obstacle = "" if ways.reachable else UNREACHABLE
        if obstacle:
            furthest = max(furthest, obstacle, key=IGNORED.index)
        else:
            items.extend(_items(change, site, ways))
            showing += 1
    if showing > 1:
        return tuple(dict.fromkeys(items)), ""
    return tuple(items), "" if items else furthest


def index_aliases(directory: str) -> tuple[str, ...]:
    """The aliases of the index page of a directory: `/d/` and `/d`; for the root, only `/`."""
    return (directory, directory[:-1]) if directory != "/" else (directory,)


def _obstacle(change: Change, site: Site) -> str:
    if not change.key.startswith(site.prefix):
        return NO_SITE
    if not site.wants(change.key):
        return EXCLUDED
    if site.new_objects == "skip" and change.new_object:
        return NEW_OBJECT
    return ""


def _items(change: Change, site: Site, ways: Spelled) -> list[Item]:
    """The distinct items of one site."""
    paths = list(dict.fromkeys(_paths(change, site, ways)))  # spelled once for all domains
    items: list[Item] = []
    new = tuple.__new__
    for domain in site.domains:
        origin = f"{site.scheme}://{domain}"
        # All items of a domain share their attributes: that halves the time of a change with thousands of URLs.
        attributes = {"domain": domain, "target": site.target, "site": site.number, "key": change.key}
        for object_type, path in paths:
            item = new(Item, (object_type, origin + path))
            item.__dict__ = attributes
            items.append(item)
    return items


def _paths(change: Change, site: Site, ways: Spelled) -> Iterator[_Path]:
    """The paths that a change refreshes on each domain of a site."""
    name = change.key.rpartition("/")[2]
    if change.bulk_delete and site.bulk_delete == "directory" and not _at_the_root(change.key[len(site.prefix) :]):
        yield from _directories(ways, site)
    else:
        yield from _own(ways, site)
    if name in site.index:
        for directory in ways.directory:
            yield from ((FILE, alias) for alias in index_aliases(site.path + directory))
    yield from _also(change.key, ways.browser, site)


def _own(ways: Spelled, site: Site) -> Iterator[_Path]:
    """The object's own paths, with their variants."""
    if site.query == "ignore":
        yield IGNORE_PARAMS, site.path + ways.browser
        return
    for path in ways.own:
        yield FILE, site.path + path
        for variant in site.variants:
            yield FILE, site.path + path + variant


def _at_the_root(rest: str) -> bool:
    """Whether an object is at the root of its site, so that refreshing its directory would refresh the whole site.

    An object with only slashes before its name counts too: the CDN may treat `//` as `/`.
    """
    return not rest.rpartition("/")[0].strip("/")


def _directories(ways: Spelled, site: Site) -> Iterator[_Path]:
    """The object's directory, which replaces its own paths. URLs with queries stay: no document says that a directory
    refresh covers them.
    """
    for directory in ways.directory:
        yield DIRECTORY, site.path + directory
    for object_type, path in _own(ways, site):
        if object_type == IGNORE_PARAMS or "?" in path:
            yield object_type, path


def _also(key: str, browser: str, site: Site) -> Iterator[_Path]:
    """The aliases that `also` in the configuration adds; `browser` is the object's path below the site's `path`."""
    cut = browser.rfind("/") + 1
    filled_in = {"dir": site.path + browser[:cut], "stem": splitext(browser[cut:])[0]}
    for also in site.also:
        if also.matches(key):
            for template in also.urls:
                yield FILE, template.format_map(filled_in)
            for template in also.directories:
                yield DIRECTORY, template.format_map(filled_in)
