"""Items: the single things to refresh."""

from typing import Final, Literal, NamedTuple

ObjectType = Literal["File", "Directory", "IgnoreParams"]
FILE: Final = "File"
DIRECTORY: Final = "Directory"
IGNORE_PARAMS: Final = "IgnoreParams"
OBJECT_TYPES: tuple[ObjectType, ...] = (FILE, DIRECTORY, IGNORE_PARAMS)
URL_LENGTH = 2_048  # characters; not documented here, sibling APIs say 1,024: what is longer is never sent


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
