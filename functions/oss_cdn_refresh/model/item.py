"""Items: the single things to refresh, and what each has been through."""

import re
from collections.abc import Collection
from typing import Final, Literal, NamedTuple

from oss_cdn_refresh.model.limits import URL_LENGTH

ObjectType = Literal["File", "Directory", "IgnoreParams"]
FILE: Final = "File"
DIRECTORY: Final = "Directory"
IGNORE_PARAMS: Final = "IgnoreParams"
OBJECT_TYPES: tuple[ObjectType, ...] = (FILE, DIRECTORY, IGNORE_PARAMS)


_origin = re.compile(r"https?://([^/?#]+)/[!-~]*").fullmatch  # of a URL that is as it should be


class Item(NamedTuple):
    """One thing to refresh: an object type and the URL as it is submitted. Equal items are one."""

    type: ObjectType
    url: str

    @property
    def domain(self) -> str:
        """The host of the URL, lower-case."""
        host = self.url.partition("://")[2].partition("/")[0]
        if "?" in host or "#" in host:
            host = host.partition("?")[0].partition("#")[0]
        return host.lower()


def fault(item: Item, domains: Collection[str]) -> str | None:
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


def _complaint(item: Item, domains: Collection[str]) -> str | None:
    scheme, separator, _ = item.url.partition("://")
    if scheme.lower() not in ("http", "https") or not separator:
        return "the URL does not begin with http:// or https://"
    if not item.url.isprintable():
        return "the URL has control characters or is more than one line"
    if item.domain not in domains:
        return f"{item.domain or 'its host'} is no domain of the configuration"
    if item.type == DIRECTORY and (not item.url.endswith("/") or "?" in item.url or "#" in item.url):
        return "a Directory must end with / and has no query"
    if len(item.url) > URL_LENGTH:
        return f"the URL has {len(item.url)} characters, more than {URL_LENGTH}"
    return None
