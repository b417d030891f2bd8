"""The products whose caches are refreshed. To add a product: a folder here, and one line in `PRODUCTS`."""

from typing import TYPE_CHECKING

from oss_cdn_refresh.products import cdn

if TYPE_CHECKING:  # only a type: not needed at run time
    from collections.abc import Mapping

    from oss_cdn_refresh.products.product import Product

PRODUCTS: "Mapping[str, Product]" = {cdn.NAME: cdn}
DEFAULT = cdn.NAME  # for a site without `product`
