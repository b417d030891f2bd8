"""An item: one thing to refresh."""

import re
from collections.abc import Container
from typing import Final, Literal, NamedTuple

ObjectType = Literal["File", "Directory", "IgnoreParams"]
FILE: Final = "File"
DIRECTORY: Final = "Directory"
IGNORE_PARAMS: Final = "IgnoreParams"
OBJECT_TYPES: tuple[ObjectType, ...] = (FILE, DIRECTORY, IGNORE_PARAMS)
URL_LENGTH = 2_048  # characters; the CDN's pages name no limit, similar APIs 1,024; a longer URL is never sent

_origin = re.compile(r"https?://([^/?#]+)/[!-~]*").fullmatch  # matches a valid URL


class ItemName(NamedTuple):
    """The identity of an item: object type and URL. Messages and calls hold nothing else of it."""

    type: ObjectType
    url: str


class Item(ItemName):
    """One thing to refresh, and the site and object that it belongs to. Items with the same type and URL are equal.

    Only `mapping` and `planner` make items. An item never changes afterwards.

    domain: of the URL, lower-case. product: the product that serves the domain. site: the number of its site in the
    configuration, None if the URL belongs to no site. key: the key of the object; "" if the item comes from a message,
    or is a directory, which shows many objects.
    """

    domain: str
    product: str
    site: int | None
    key: str

    def __new__(
        cls, object_type: ObjectType, url: str, domain: str, product: str, site: int | None = None, key: str = ""
    ) -> "Item":
        """Make an item."""
        item = tuple.__new__(cls, (object_type, url))
        item.domain, item.product, item.site, item.key = domain, product, site, key
        return item


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
