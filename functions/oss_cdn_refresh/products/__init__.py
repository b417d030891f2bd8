"""The products whose caches are refreshed. To add a product: a folder here, and its name in `NAMES`."""

from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:  # only a type: not needed at run time
    from oss_cdn_refresh.products.interface import Product

NAMES = ("cdn", "dcdn", "esa")
DEFAULT = "cdn"  # for a site without `product`


def product(name: str) -> "Product":
    """A product by its name in `NAMES`. Its folder is imported by the first call: most configurations need only one."""
    return cast("Product", import_module(f"{__name__}.{name}"))


def endpoint_variable(name: str) -> str:
    """The environment variable with the base URL of a product's API."""
    return f"{name.upper()}_ENDPOINT"
