"""Searches the prices that give the highest lower bound of the collateral (Lagrangian relaxation).

The bound is a concave function of both prices and consists of planes, one for each choice. The search looks for its
highest point where the planes of two choices intersect: for each price of a change, over the price of a directory; and
then over the price of a change.
"""

from collections.abc import Callable
from typing import NamedTuple

from oss_cdn_refresh.planner.optimizer.forest import Choice, Forest, Prices

STEPS = 20  # at most, in the search for one price
NEARLY = 1e-3  # relative distance from the highest point at which the search ends
HIGHEST = 1e15  # objects; a higher price means that no choice covers enough changes


class _Plane(NamedTuple):
    """The bound at a price: its height, and its slope for this price (`growth`) and for the other one (`outside`)."""

    price: float
    height: float
    growth: float
    outside: float
    prices: Prices


class Search:
    """The search on one forest for a number of changes and directories. `found`: all choices that it has computed."""

    def __init__(self, forest: Forest, changes: int, directories: int) -> None:
        self._forest = forest
        self._changes = changes
        self._directories = directories
        self._guess = 1.0  # the best price of a directory in the last inner search
        self.found: list[Choice] = []

    def highest(self) -> tuple[float, Prices]:
        """The bound, and its prices. Every choice that covers enough changes has at least this collateral."""
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
    """The highest point over all prices from 0 on."""
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
    """The highest point between two planes, with the slopes of their mixture whose `growth` is 0."""
    share = -right.growth / (left.growth - right.growth)
    return top._replace(growth=0.0, outside=share * left.outside + (1 - share) * right.outside)
