"""What is left of the day's quotas, as a person says it: a number for every product, or for one."""

from collections.abc import Iterable
from typing import NamedTuple

import click

from oss_cdn_refresh.model.item import Target
from oss_cdn_refresh.products import NAMES


class Figure(NamedTuple):
    """How many items are left; `product` is "" for every product."""

    product: str
    items: int


class Left(click.ParamType[Figure]):
    """The value of an option such as `--urls-left`: `500`, or `esa=500`."""

    name = "[PRODUCT=]NUMBER"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Figure:
        """The product and the number."""
        if isinstance(value, Figure):
            return value
        product, equals, items = str(value).rpartition("=")
        if not (items.isascii() and items.isdecimal()) or (equals and product not in NAMES):
            of_one = " or ".join(f"{name}=NUMBER" for name in NAMES)
            self.fail(f"{value} is no number: write NUMBER, or {of_one}.", param, ctx)
        return Figure(product, int(items))


def of(target: Target, figures: Iterable[Figure], usual: int) -> int:
    """What is left of a target: the figure of its product, else that of every product; the last of several counts."""
    by_product = {figure.product: figure.items for figure in figures}
    return by_product.get(target.product, by_product.get("", usual))
