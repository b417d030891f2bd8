"""Finds the site and the objects of a URL, because a message in the backlog holds only URLs."""

import re
from collections.abc import Container, Iterable, Iterator
from urllib.parse import unquote

from oss_cdn_refresh.model.item import DIRECTORY, URL_LENGTH, Item, ItemName, ObjectType, Target
from oss_cdn_refresh.products import DEFAULT
from oss_cdn_refresh.settings.config import Config, Site

NO_TARGET = Target(DEFAULT)  # of a URL on no domain of the configuration: its item is never submitted

_origin = re.compile(r"https?://([^/?#]+)/[!-~]*").fullmatch  # matches a valid URL


def items_of_urls(object_type: ObjectType, urls: Iterable[str], config: Config) -> list[Item]:
    """The items of the URLs in a message."""
    items: list[Item] = []
    for url in urls:
        domain = domain_of(url)
        number = next((site.number for _, site in sites_of_url(url, domain, config)), None)
        items.append(Item(object_type, url, domain, config.domains.get(domain, NO_TARGET), number))
    return items


def sites_of_url(url: str, domain: str, config: Config) -> Iterator[tuple[str, Site]]:
    """The sites of a URL, each with the URL of its directory on the domain."""
    return ((root, site) for root, site in config.sites_by_domain.get(domain, ()) if url.startswith(root))


def keys_of_url(url: str, domain: str, config: Config) -> Iterator[str]:
    """The keys of the objects that a URL may show; for the URL of a directory, also the keys of its index pages."""
    path = url.partition("?")[0]
    for root, site in sites_of_url(path, domain, config):
        yield from keys_in_site(path, root, site)


def keys_in_site(path: str, root: str, site: Site) -> Iterator[str]:
    """The keys that a URL without a query may show in a site: its own, and for a directory those of index pages."""
    shown = next((path.removesuffix(variant) for variant in site.variants if path.endswith(variant)), path)
    key = site.prefix + unquote(shown[len(root) :])
    yield key
    if "." not in key.rpartition("/")[2]:
        inside = key if not key or key.endswith("/") else f"{key}/"
        yield from (inside + page for page in site.index)


def domain_of(url: str) -> str:
    """The host of a URL, lower-case; "" if the URL has none. The URL is untrusted input."""
    host = url.partition("://")[2].partition("/")[0]
    if "?" in host or "#" in host:
        host = host.partition("?")[0].partition("#")[0]
    return host.lower()


def fault(item: ItemName, domains: Container[str]) -> str | None:
    """Why an item must not be submitted, or None. Messages are untrusted input: each URL is checked before a call."""
    origin = _origin(item.url)
    if (
        origin
        and origin[1] in domains
        and len(item.url) <= URL_LENGTH
        and (item.type != DIRECTORY or (item.url[-1] == "/" and "?" not in item.url and "#" not in item.url))
    ):
        return None
    return _complaint(item, domains)


def _complaint(item: ItemName, domains: Container[str]) -> str | None:
    scheme, separator, _ = item.url.partition("://")
    if scheme.lower() not in ("http", "https") or not separator:
        return "the URL does not begin with http:// or https://"
    if not item.url.isprintable():
        return "the URL has control characters or is more than one line"
    domain = domain_of(item.url)
    if domain not in domains:
        return f"{domain or 'its host'} is no domain of the configuration"
    if item.type == DIRECTORY and (not item.url.endswith("/") or "?" in item.url or "#" in item.url):
        return "a Directory must end with / and has no query"
    if len(item.url) > URL_LENGTH:
        return f"the URL has {len(item.url)} characters, more than {URL_LENGTH}"
    return None
