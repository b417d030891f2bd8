"""The prices at which a forest says the most about its best choice: the highest bound of the Lagrangian relaxation.

The bound is concave in both prices and made of planes, one for each choice. Its highest point is looked for where the
planes of two choices meet: over the prices of a directory for each price of a change, and over those.
"""

from collections.abc import Callable
from typing import NamedTuple

from oss_cdn_refresh.planner.optimizer.forest import Choice, Forest, Prices

STEPS = 20  # at most, for one price
NEARLY = 1e-3  # relative, of what counts as the highest
HIGHEST = 1e15  # objects; a price above says that nothing is enough


class _Plane(NamedTuple):
    """The bound at some price: its height there, and how it grows with it and with the price outside."""

    price: float
    height: float
    growth: float
    outside: float
    prices: Prices


class Search:
    """The search on one forest, for so many changes below so many directories. `found` are the choices on its way."""

    def __init__(self, forest: Forest, changes: int, directories: int) -> None:
        self._forest = forest
        self._changes = changes
        self._directories = directories
        self._guess = 1.0  # the price of a directory that was the best before
        self.found: list[Choice] = []

    def highest(self) -> tuple[float, Prices]:
        """The bound, which no choice that is enough undercuts, and the prices."""
        plane = _highest(self._over_directories, 1.0)
        return plane.height, plane.prices

    def _over_directories(self, change: float) -> _Plane:
        plane = _highest(lambda directory: self._plane(Prices(change, directory)), self._guess)
        self._guess = plane.prices.directory or self._guess
        return _Plane(change, plane.height, plane.outside, 0.0, plane.prices)

    def _plane(self, prices: Prices) -> _Plane:
        choice = self._forest.best(prices)
        self.found.append(choice)
        missing, over = self._changes - choice.changed, len(choice.taken) - self._directories
        height = choice.collateral + prices.change * missing + prices.directory * over
        return _Plane(prices.directory, height, over, missing, prices)


def _highest(at: Callable[[float], _Plane], guess: float) -> _Plane:
    """The highest point over all prices from 0 on; how it grows outside is that of the mixture that is level here."""
    left = at(0.0)
    if left.growth <= 0:
        return left
    right = at(guess)
    while right.growth > 0:
        if right.price > HIGHEST:
            return right
        left, right = right, at(right.price * 8)
    for _ in range(STEPS):
        price = left.price + (right.height - left.height - right.growth * (right.price - left.price)) / (
            left.growth - right.growth
        )
        height = left.height + left.growth * (price - left.price)
        middle = at(price)
        if middle.height >= height - NEARLY * (1 + abs(height)) or not left.price < price < right.price:
            return _level(left, right, middle)
        if middle.growth > 0:
            left = middle
        else:
            right = middle
    return max(left, right, key=lambda plane: plane.height)


def _level(left: _Plane, right: _Plane, top: _Plane) -> _Plane:
    """The top between two planes, where their mixture neither grows nor falls."""
    share = -right.growth / (left.growth - right.growth)
    return top._replace(growth=0.0, outside=share * left.outside + (1 - share) * right.outside)
