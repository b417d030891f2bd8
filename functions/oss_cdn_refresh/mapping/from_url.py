"""Finds the site and the objects of a URL, because a message in the backlog holds only URLs."""

from collections.abc import Iterable, Iterator
from urllib.parse import unquote

from oss_cdn_refresh.model.item import Item, ObjectType, domain_of
from oss_cdn_refresh.products import DEFAULT
from oss_cdn_refresh.settings.config import Config, Site


def items_of_urls(object_type: ObjectType, urls: Iterable[str], config: Config) -> list[Item]:
    """The items of the URLs in a message."""
    items: list[Item] = []
    for url in urls:
        domain = domain_of(url)
        number = next((site.number for _, site in sites_of_url(url, domain, config)), None)
        items.append(Item(object_type, url, domain, config.domains.get(domain, DEFAULT), number))
    return items


def sites_of_url(url: str, domain: str, config: Config) -> Iterator[tuple[str, Site]]:
    """The sites of a URL, each with the URL of its directory on the domain."""
    return ((root, site) for root, site in config.sites_by_domain.get(domain, ()) if url.startswith(root))


def keys_of_url(url: str, domain: str, config: Config) -> Iterator[str]:
    """The keys of the objects that a URL may show; for the URL of a directory, also the keys of its index pages."""
    path = url.partition("?")[0]
    for root, site in sites_of_url(path, domain, config):
        shown = next((path.removesuffix(variant) for variant in site.variants if path.endswith(variant)), path)
        key = site.prefix + unquote(shown[len(root) :])
        yield key
        if "." not in key.rpartition("/")[2]:
            inside = key if not key or key.endswith("/") else f"{key}/"
            yield from (inside + page for page in site.index)
