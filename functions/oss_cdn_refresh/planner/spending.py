"""Spending the day's quotas: fresh changes first, items that were deferred before only beside a reserve."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from oss_cdn_refresh.model.item import DIRECTORY, FILE, IGNORE_PARAMS, OBJECT_TYPES, ObjectType
from oss_cdn_refresh.planner.optimizer.budget import NOTHING_KEPT, Budget, SavingsRule
from oss_cdn_refresh.planner.optimizer.needs import NOTHING, Needs
from oss_cdn_refresh.planner.optimizer.plan import Plan, Unchanged, plan
from oss_cdn_refresh.planner.scope import Scope

NO_SAVINGS = SavingsRule()

Asked = Mapping[ObjectType, Needs]
"""What has to be refreshed, by the type that was asked for."""


class Spent(NamedTuple):
    """What is sent by itself, what a directory covers, and what has to wait, by the type that was asked for.

    `directories` are all that are sent, `chosen` those of them that nobody has asked for, with the unchanged URLs that
    each expires.
    """

    alone: Asked
    covered: Asked
    waiting: Asked
    directories: frozenset[str]
    chosen: Mapping[str, float]


class Allocator:
    """What is left, and what was bought with it so far."""

    def __init__(self, left: Mapping[ObjectType, int], scope: Scope, unchanged: Unchanged) -> None:
        self._left = dict(left)
        self._scope = scope
        self._unchanged = unchanged
        self._asked: set[str] = set()  # directories that were asked for and are sent
        self._chosen: dict[str, float] = {}
        self._all = dict.fromkeys(OBJECT_TYPES, NOTHING)
        self._waiting = dict.fromkeys(OBJECT_TYPES, NOTHING)

    def spend(self, asked: Asked, reserve: Budget = NOTHING_KEPT, savings: SavingsRule = NO_SAVINGS) -> None:
        """Spend the quota that is left, except for a reserve, by a savings rule."""
        for object_type, needs in asked.items():
            self._all[object_type] = self._all[object_type].joined(needs)
        self._buy_directories(asked.get(DIRECTORY, NOTHING), reserve)
        of_directories = savings._replace(kept=Budget(0, savings.kept.directories))
        self._buy(IGNORE_PARAMS, asked.get(IGNORE_PARAMS, NOTHING), reserve._replace(urls=0), of_directories)
        self._buy(FILE, asked.get(FILE, NOTHING), reserve, savings)

    def spent(self) -> Spent:
        """What came of it. A directory covers what lies in it, whatever was decided of that before."""
        standing = self._standing()
        waiting = {kind: needs.outside(standing) for kind, needs in self._waiting.items()}
        covered = {kind: needs.inside(standing) for kind, needs in self._all.items()}
        alone = {kind: needs.outside(standing).without(waiting[kind]) for kind, needs in self._all.items()}
        return Spent(alone, covered, waiting, frozenset(self._asked | self._chosen.keys()), self._chosen)

    def _buy_directories(self, needs: Needs, reserve: Budget) -> None:
        """The directories that were asked for, or where they are too many, others that replace them."""
        if self._scope.collapses:
            needs = needs.outermost()
        left = max(0, self._left[DIRECTORY] - reserve.directories)
        steps = [Budget(left - 2**power, 2**power) for power in range(left.bit_length())]  # the fewest new ones first
        found = self._plan(needs, [*(steps if self._scope.collapses else ()), Budget(left, 0)])
        self._asked.update(directory for directory, _ in found.alone.urls)
        self._left[DIRECTORY] -= len(found.alone) + len(found.directories)
        self._waiting[DIRECTORY] = self._waiting[DIRECTORY].joined(found.waiting)

    def _buy(self, object_type: ObjectType, needs: Needs, reserve: Budget, savings: SavingsRule) -> None:
        """What fits by itself; where that is not all, with directories instead."""
        directories = self._left[DIRECTORY] - reserve.directories if self._scope.collapses else 0
        budget = Budget(max(0, self._left[object_type] - reserve.urls), max(0, directories))
        found = self._plan(needs, savings.steps(budget))
        self._left[DIRECTORY] -= len(found.directories)
        self._left[object_type] -= len(found.alone)
        self._waiting[object_type] = self._waiting[object_type].joined(found.waiting)

    def _plan(self, needs: Needs, budgets: Iterable[Budget]) -> Plan:
        found = plan(needs, budgets, self._standing(), self._unchanged, self._scope.may_refresh)
        self._chosen |= found.directories
        return found

    def _standing(self) -> set[str]:
        """The directories that replace others."""
        return self._asked | self._chosen.keys() if self._scope.collapses else set()
