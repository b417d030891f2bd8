"""Which URLs are preloaded once the refresh of an item is complete."""

from collections.abc import Iterator
from urllib.parse import unquote

from oss_cdn_refresh.mapping.from_url import keys_of_url, sites_of_url
from oss_cdn_refresh.mapping.sites import index_aliases
from oss_cdn_refresh.model.item import FILE, Item
from oss_cdn_refresh.model.urls import directory, spelled_by_browser
from oss_cdn_refresh.settings.config import Config, Site


def preload_urls(item: Item, config: Config) -> Iterator[str]:
    """The URLs that a File item's object is preloaded under: as browsers spell it, and those of its index page.

    Of an item that came back in a message, each object that its URL may show counts.
    """
    if item.type != FILE or "?" in item.url:
        return
    name = unquote(item.url)
    for root, site in sites_of_url(item.url, item.domain, config):
        if site.preload:
            for key in (item.key,) if item.key else keys_of_url(item.url, item.domain, config):
                if key.startswith(site.prefix) and site.preloads(key):
                    yield from (url for url in _shown(root, key, site) if unquote(url) == name)


def _shown(root: str, key: str, site: Site) -> Iterator[str]:
    """The URLs that show an object without a variant, as browsers spell them; `root` is the URL of the site."""
    path = spelled_by_browser(key[len(site.prefix) :])
    yield root + path
    if key.rpartition("/")[2] in site.index:
        host = root[: len(root) - len(site.path)]
        yield from (host + alias for alias in index_aliases(site.path + directory(path)))
