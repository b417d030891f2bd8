"""An item: one thing to refresh, and the target that refreshes it."""

from typing import Final, Literal, NamedTuple

ObjectType = Literal["File", "Directory", "IgnoreParams"]
FILE: Final = "File"
DIRECTORY: Final = "Directory"
IGNORE_PARAMS: Final = "IgnoreParams"
OBJECT_TYPES: tuple[ObjectType, ...] = (FILE, DIRECTORY, IGNORE_PARAMS)
URL_LENGTH = 2_048  # characters; the CDN's pages name no limit, similar APIs 1,024; a longer URL is never sent


class Target(NamedTuple):
    """The product, or the site of ESA, that refreshes a domain. Calls, quotas and budgets belong to one target.

    product: its name in the configuration. site_id: the id of the domain's site in ESA; "" for a product whose quotas
    belong to the account.
    """

    product: str
    site_id: str = ""

    def fields(self) -> dict[str, str]:
        """Its fields in a line of the log or in a document."""
        return {"product": self.product, **({"site_id": self.site_id} if self.site_id else {})}

    def __str__(self) -> str:
        return f"{self.product} {self.site_id}".strip()


class ItemName(NamedTuple):
    """The identity of an item: object type and URL. Messages and calls hold nothing else of it."""

    type: ObjectType
    url: str


class Item(ItemName):
    """One thing to refresh, and the site and object that it belongs to. Items with the same type and URL are equal.

    Only `mapping` and `planner` make items. An item never changes afterwards.

    domain: of the URL, lower-case. target: what refreshes the URLs of the domain. site: the number of its site in the
    configuration, None if the URL belongs to no site. key: the key of the object; "" if the item comes from a message,
    or is a directory, which shows many objects.
    """

    domain: str
    target: Target
    site: int | None
    key: str

    def __new__(
        cls, object_type: ObjectType, url: str, domain: str, target: Target, site: int | None = None, key: str = ""
    ) -> "Item":
        """Make an item."""
        item = tuple.__new__(cls, (object_type, url))
        item.domain, item.target, item.site, item.key = domain, target, site, key
        return item
