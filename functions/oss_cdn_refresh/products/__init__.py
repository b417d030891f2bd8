"""The products whose caches are refreshed. A further one is a room of its own and one line here."""

from typing import TYPE_CHECKING

from oss_cdn_refresh.products import cdn

if TYPE_CHECKING:  # a description for people and for the type checker
    from collections.abc import Mapping

    from oss_cdn_refresh.products.product import Product

PRODUCTS: "Mapping[str, Product]" = {cdn.NAME: cdn}
DEFAULT = cdn.NAME  # of a site that names none
