"""From a URL back to the site and to the objects behind it: for items of messages, which hold nothing but URLs."""

from collections.abc import Iterable, Iterator
from urllib.parse import unquote

from oss_cdn_refresh.model.item import Item, ObjectType, domain_of
from oss_cdn_refresh.products import DEFAULT
from oss_cdn_refresh.settings.config import Config


def returned(object_type: ObjectType, urls: Iterable[str], config: Config) -> list[Item]:
    """The items of URLs that a message holds."""
    items: list[Item] = []
    for url in urls:
        domain = domain_of(url)
        site = next((site.number for root, site in config.places.get(domain, ()) if url.startswith(root)), None)
        items.append(Item(object_type, url, domain, config.domains.get(domain, DEFAULT), site))
    return items


def keys_behind(url: str, domain: str, config: Config) -> Iterator[str]:
    """The keys of objects that a URL may show: its own, and the index page where the URL may be a directory's."""
    path = url.partition("?")[0]
    for root, site in config.places.get(domain, ()):
        if not path.startswith(root):
            continue
        shown = next((path.removesuffix(variant) for variant in site.variants if path.endswith(variant)), path)
        key = site.prefix + unquote(shown[len(root) :])
        yield key
        if "." not in key.rpartition("/")[2]:
            inside = key if not key or key.endswith("/") else f"{key}/"
            yield from (inside + page for page in site.index)
