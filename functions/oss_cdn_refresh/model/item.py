"""An item: one thing to refresh."""

from typing import Final, Literal, NamedTuple

ObjectType = Literal["File", "Directory", "IgnoreParams"]
FILE: Final = "File"
DIRECTORY: Final = "Directory"
IGNORE_PARAMS: Final = "IgnoreParams"
OBJECT_TYPES: tuple[ObjectType, ...] = (FILE, DIRECTORY, IGNORE_PARAMS)
URL_LENGTH = 2_048  # characters; the CDN's pages name no limit, similar APIs 1,024; a longer URL is never sent


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
