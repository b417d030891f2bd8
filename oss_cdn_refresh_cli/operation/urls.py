"""From a URL back to the objects that it may show, and to the URLs that a change of each refreshes."""

import re
from collections.abc import Iterable, Iterator
from enum import Enum
from itertools import product
from typing import NamedTuple
from urllib.parse import quote, unquote

from oss_cdn_refresh.events.change import Change
from oss_cdn_refresh.mapping.from_url import domain_of, keys_in_site
from oss_cdn_refresh.mapping.sites import items_of
from oss_cdn_refresh.model.item import DIRECTORY, FILE, IGNORE_PARAMS, Item, ItemName
from oss_cdn_refresh.settings.config import Also, Config, Site
from oss_cdn_refresh_cli.operation.changes import UPLOAD
from oss_cdn_refresh_cli.shared.errors import Failed

SENT = "".join(map(chr, range(0x21, 0x7F)))  # characters of a URL that a browser sends as they are typed
USUAL_INDEX = ("index.html", "index.htm", "default.html")  # home pages of OSS's website hosting, as people name them
DEFAULT_PORTS = {"http": "80", "https": "443"}

_user = re.compile(r"[^/?#\\@:]*:[/\\]*[^/?#\\]*@").match
_parts = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[^]/?#\\]*\]|[^:/?#\\\[\]]+)(?::(?P<port>[0-9]*))?(?P<rest>(?:[/\\?][^#]*)?)(?:#.*)?",
    re.IGNORECASE | re.DOTALL,
).fullmatch


class Way(Enum):
    """How an object comes to be shown under a URL."""

    NAME = "its own URL"
    INDEX = "the index page of a directory"
    ALSO = "a URL of `also`"
    DOTTED = "the index page of a directory with a dot in its name"
    STYLE = "an image style that is not configured"
    OTHER_INDEX = "an index page that is not configured"


class Behind(NamedTuple):
    """An object that a URL may show. items: what a change of it refreshes, on all sites of the bucket.

    ignored: why the URL's own site refreshes nothing, or "". covered: whether the refresh of a change reaches the URL.
    """

    bucket: str
    key: str
    way: Way
    site: Site
    items: tuple[Item, ...]
    ignored: str
    covered: bool

    @property
    def name(self) -> str:
        """Its name in OSS."""
        return f"oss://{self.bucket}/{self.key}"


def is_url(text: str) -> bool:
    """Whether a person has typed a URL, and not the place of an object."""
    return text.lower().startswith(("http://", "https://"))


def as_sent(text: str, config: Config) -> str:
    """A URL as it is refreshed: the host in lower case, the site's scheme, the path as a browser sends it.

    Source: WHATWG URL, "special" schemes. Messages never show a user or a password.

    :raises Failed: it is no URL, or the CDN refreshes none like it: it has a user or a port.
    """
    if _user(text):
        raise Failed("the URL has a user or a password before the host, which the CDN does not refresh: leave them out")
    parts, told = _parts(text), "the text" if "@" in text else f'"{text}"'  # a wrong URL can hide a password
    if parts is None:
        raise Failed(f"{told} is no URL: write https://www.example.com/docs/index.html")
    scheme, host, port = parts["scheme"].lower(), parts["host"].lower().removesuffix("."), parts["port"]
    if port and port.lstrip("0") != DEFAULT_PORTS[scheme]:
        raise Failed(f"{told} has the port {port}: the CDN refreshes URLs without a port: leave it out")
    path, mark, query = parts["rest"].partition("?")
    places = config.sites_by_domain.get(host)
    scheme = places[0][1].scheme if places else scheme
    return f"{scheme}://{host}{quote(_resolved(path), safe=SENT)}{mark}{quote(query, safe=SENT)}"


def _resolved(path: str) -> str:
    """A path without dot segments and with slashes, as a browser asks for it."""
    kept: list[str] = []
    names = path.replace("\\", "/").removeprefix("/").split("/")
    for number, name in enumerate(names, start=1):
        dots = re.sub("%2e", ".", name, flags=re.IGNORECASE)
        if dots == "..":
            del kept[-1:]
        if dots not in (".", ".."):
            kept.append(name)
        elif number == len(names):
            kept.append("")
    return f"/{'/'.join(kept)}"


def is_utf_8(path: str) -> bool:
    """Whether the percent-encoded bytes of a path are UTF-8. An object key is UTF-8: no other path shows one."""
    try:
        unquote(path, errors="strict")
    except UnicodeDecodeError:
        return False
    return True


def covers(item: ItemName, url: str) -> bool:
    """Whether the refresh of an item reaches a URL."""
    if item.type == DIRECTORY:
        return url.startswith(item.url)
    return item.url == (url.partition("?")[0] if item.type == IGNORE_PARAMS else url)


def behind(url: str, config: Config) -> list[Behind]:
    """The objects that a URL may show, the likeliest first; also those under rules that the configuration lacks.

    Whether they exist is not known here.
    """
    found: dict[tuple[str, str], Behind] = {}
    path = url.partition("?")[0]
    if not is_utf_8(path):
        return []
    for root, site in site_roots(path, config):
        for key, way in _keys(path if path.startswith(root) else root, root, site):
            if key and (site.bucket, key) not in found:
                change = Change(site.bucket, key, UPLOAD)
                items, ignored = items_of(change, config)
                covered = any(covers(item, url) for item in items)
                if items and not covered:  # another site of the bucket may refresh what the URL's own site excludes
                    ignored = items_of(change, config._replace(by_bucket={site.bucket: (site,)}))[1]
                if covered or way not in (Way.ALSO, Way.DOTTED):
                    found[site.bucket, key] = Behind(site.bucket, key, way, site, items, ignored, covered)
    return list(found.values())


def refreshed_for(url: str, config: Config) -> tuple[list[Behind], list[Item]]:
    """The objects behind a URL, and everything that refreshing it by hand means: their URLs, and the URL itself.

    :raises Failed: no site of the configuration serves the URL.
    """
    site = next((site for _, site in site_roots(url.partition("?")[0], config)), None)
    if site is None:
        raise Failed(f"{url}: no site of the configuration serves it: oss-cdn-refresh validate shows the sites")
    objects = [each for each in behind(url, config) if each.way in (Way.NAME, Way.INDEX, Way.ALSO)]
    items = dict.fromkeys(item for each in objects for item in each.items)
    if not any(covers(item, url) for item in items):
        site = objects[0].site if objects else site
        items[Item(FILE, url, domain_of(url), site.target, site.number)] = None
    return objects, list(items)


def site_roots(path: str, config: Config) -> Iterator[tuple[str, Site]]:
    """The sites that serve a URL without its query, each with its root URL; `/p` is the root of a site under `/p/`."""
    for root, site in config.sites_by_domain.get(domain_of(path), ()):
        if path.startswith(root) or f"{path}/" == root:
            yield root, site


def _keys(path: str, root: str, site: Site) -> Iterator[tuple[str, Way]]:
    """The keys that may answer, the likeliest first."""
    own = next(keys_in_site(path, root, site))
    pages = [key for key in keys_in_site(path, root, site) if key != own]
    directory = own == site.prefix or own.endswith("/")
    if directory:  # website hosting shows the index page, also beside a folder object
        yield from ((key, Way.INDEX) for key in pages)
    if own != site.prefix:
        yield own, Way.NAME
    if not directory:
        yield from ((key, Way.INDEX) for key in pages)
    yield from ((key, Way.ALSO) for key in _also_keys(path, root, site))
    name = own.rpartition("/")[2]
    if "!" in name:
        yield own[: own.rindex("!")], Way.STYLE
    elif not pages:
        yield from ((f"{own}/{page}", Way.DOTTED) for page in site.index)
    if directory or "." not in name:
        yield from ((f"{own}{'' if directory else '/'}{page}", Way.OTHER_INDEX) for page in USUAL_INDEX)


def _also_keys(path: str, root: str, site: Site) -> Iterator[str]:
    """The keys of the objects for which `also` names a path, from the templates backwards."""
    shown = site.path + path[len(root) :]
    for also in site.also:
        places = [*((each, "") for each in also.urls), *((each, ".*") for each in also.directories)]
        for (template, below), when in product(places, _without_braces(also.when)):
            filled_in = re.fullmatch(_pattern(template) + below, shown)
            if filled_in:
                yield from _keys_of(filled_in.groupdict(), when, site, also)


def _pattern(template: str) -> str:
    """A template of a path as a regular expression, with groups for what it fills in."""
    pattern = re.escape(template)
    for name, part in (("dir", ".*/"), ("stem", "[^/]*")):
        hole = re.escape(f"{{{name}}}")
        pattern = pattern.replace(hole, f"(?P<{name}>{part})", 1).replace(hole, f"(?P={name})")
    return pattern


def _keys_of(parts: dict[str, str], when: str, site: Site, also: Also) -> Iterator[str]:
    """The key that a template was filled in for; nothing where the glob leaves its directory or its ending open."""
    folder, _, name = when.rpartition("/")
    directory, left_open = f"{folder}/" if folder and not _is_open(folder) else "", _is_open(name)
    if "dir" in parts:
        directory = site.prefix + unquote(parts["dir"][len(site.path) :])
    if "stem" in parts and "?" not in name:
        ending = name[name.rfind("*") + 1 :] if "*" in name else name[name.rfind(".") :]
        name, left_open = unquote(parts["stem"]) + ending, False
    key = directory + name
    if not _is_open(when) and "dir" not in parts and "stem" not in parts:
        key = when
    if not left_open and also.matches(key):
        yield key


def _is_open(glob: str) -> bool:
    """Whether a part of a glob stands for more than one text."""
    return "*" in glob or "?" in glob


def _without_braces(glob: str) -> Iterable[str]:
    """The globs that a glob with `{a,b}` stands for."""
    parts = re.split(r"\{([^{}]*)\}", glob)
    choices = [part.split(",") if number % 2 else [part] for number, part in enumerate(parts)]
    return map("".join, product(*choices))
