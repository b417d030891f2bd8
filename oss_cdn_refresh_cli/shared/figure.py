"""Numbers as values of options."""

import math
from typing import Any

import click


class Figure(click.FloatRange):
    """A finite number in a range: click accepts "nan" in any range, and "inf" is no time to wait."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number."""
        figure = float(super().convert(value, param, ctx))
        if not math.isfinite(figure):
            self.fail(f"{value} is no finite number.", param, ctx)
        return figure
