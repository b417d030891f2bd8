"""Items: the single things to refresh."""

import re
from collections.abc import Container
from typing import Final, Literal, NamedTuple

ObjectType = Literal["File", "Directory", "IgnoreParams"]
FILE: Final = "File"
DIRECTORY: Final = "Directory"
IGNORE_PARAMS: Final = "IgnoreParams"
OBJECT_TYPES: tuple[ObjectType, ...] = (FILE, DIRECTORY, IGNORE_PARAMS)
URL_LENGTH = 2_048  # characters; not documented here, sibling APIs say 1,024: what is longer is never sent

_origin = re.compile(r"https?://([^/?#]+)/[!-~]*").fullmatch  # of a URL that is as it should be


class ItemName(NamedTuple):
    """What makes an item the one that it is, and all that messages and calls say of it: object type and URL."""

    type: ObjectType
    url: str


class Item(ItemName):
    """One thing to refresh, with where it comes from. Items with the same name are equal.

    Only `mapping` and `planner` make items, and nobody changes them afterwards.

    domain: of the URL, lower-case. product: the product that serves the domain. site: the place of its site in the
    configuration, None where no site leads to the URL. key: that of the object, "" where the item came back in a
    message or is a directory, behind which there may be many.
    """

    domain: str
    product: str
    site: int | None
    key: str

    def __new__(
        cls, object_type: ObjectType, url: str, domain: str, product: str, site: int | None = None, key: str = ""
    ) -> "Item":
        """An item of these."""
        item = tuple.__new__(cls, (object_type, url))
        item.domain, item.product, item.site, item.key = domain, product, site, key
        return item


def domain_of(url: str) -> str:
    """The host of a URL from outside, lower-case; "" where it has none."""
    host = url.partition("://")[2].partition("/")[0]
    if "?" in host or "#" in host:
        host = host.partition("?")[0].partition("#")[0]
    return host.lower()


def fault(item: ItemName, domains: Container[str]) -> str | None:
    """Why an item must not be submitted, or None: messages come from outside, so a URL is checked before it is sent."""
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
