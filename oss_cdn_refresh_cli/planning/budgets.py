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
        product, equals, count = str(value).rpartition("=")
        if not (count.isascii() and count.isdecimal()) or (equals and product not in NAMES):
            self.fail(
                f"{value} is neither a number nor one of {', '.join(f'{name}=NUMBER' for name in NAMES)}.", param, ctx
            )
        return Figure(product, int(count))


def of(target: Target, figures: Iterable[Figure], usual: int) -> int:
    """What is left of a target: the figure of its product, else the one of every product; the last of several counts."""
    by_product = {figure.product: figure.items for figure in figures}
    return by_product.get(target.product, by_product.get("", usual))
