"""Spends the daily quotas: on fresh changes first; earlier deferred items leave a reserve."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from oss_cdn_refresh.model.item import DIRECTORY, FILE, IGNORE_PARAMS, OBJECT_TYPES, ObjectType
from oss_cdn_refresh.planner.optimizer.budget import NOTHING_KEPT, Budget, SavingsRule
from oss_cdn_refresh.planner.optimizer.needs import NOTHING, Needs
from oss_cdn_refresh.planner.optimizer.plan import Plan, Unchanged, plan
from oss_cdn_refresh.planner.scope import Scope

NO_SAVINGS = SavingsRule()

NeedsByType = Mapping[ObjectType, Needs]
"""What has to be refreshed, by the object type of the items."""


class Spent(NamedTuple):
    """The result of spending the quotas, by the object type of the items.

    alone: items that are sent themselves. covered: items that a directory covers. waiting: deferred items. directories:
    all directories that are sent. chosen: the directories that the planner added, each with its collateral.
    """

    alone: NeedsByType
    covered: NeedsByType
    waiting: NeedsByType
    directories: frozenset[str]
    chosen: Mapping[str, float]


class Allocator:
    """The rest of the daily quotas, and what was spent so far."""

    def __init__(self, left: Mapping[ObjectType, int], scope: Scope, unchanged: Unchanged) -> None:
        self._left = dict(left)
        self._scope = scope
        self._unchanged = unchanged
        self._requested: set[str] = set()  # Directory items that are sent
        self._chosen: dict[str, float] = {}
        self._all = dict.fromkeys(OBJECT_TYPES, NOTHING)
        self._waiting = dict.fromkeys(OBJECT_TYPES, NOTHING)

    def spend(self, requested: NeedsByType, reserve: Budget = NOTHING_KEPT, savings: SavingsRule = NO_SAVINGS) -> None:
        """Spend what is left of the quotas, except for a reserve, according to a savings rule."""
        for object_type, needs in requested.items():
            self._all[object_type] = self._all[object_type].joined(needs)
        self._buy_directories(requested.get(DIRECTORY, NOTHING), reserve)
        directory_savings = savings._replace(kept=Budget(0, savings.kept.directories))
        self._buy(IGNORE_PARAMS, requested.get(IGNORE_PARAMS, NOTHING), reserve._replace(urls=0), directory_savings)
        self._buy(FILE, requested.get(FILE, NOTHING), reserve, savings)

    def spent(self) -> Spent:
        """The result. A directory covers all items in it, also those that an earlier step sent alone or deferred."""
        replacing = self._replacing()
        waiting = {kind: needs.outside(replacing) for kind, needs in self._waiting.items()}
        covered = {kind: needs.inside(replacing) for kind, needs in self._all.items()}
        alone = {kind: needs.outside(replacing).without(waiting[kind]) for kind, needs in self._all.items()}
        return Spent(alone, covered, waiting, frozenset(self._requested | self._chosen.keys()), self._chosen)

    def _buy_directories(self, needs: Needs, reserve: Budget) -> None:
        """Spend the quota on Directory items; if they are too many, on directories that replace them."""
        if self._scope.replaces:
            needs = needs.outermost()
        left = max(0, self._left[DIRECTORY] - reserve.directories)
        # The first step adds the fewest directories.
        steps = [Budget(left - 2**power, 2**power) for power in range(left.bit_length())]
        found = self._plan(needs, [*(steps if self._scope.replaces else ()), Budget(left, 0)])
        self._requested.update(directory for directory, _ in found.alone.urls)
        self._left[DIRECTORY] -= len(found.alone) + len(found.directories)
        self._waiting[DIRECTORY] = self._waiting[DIRECTORY].joined(found.waiting)

    def _buy(self, object_type: ObjectType, needs: Needs, reserve: Budget, savings: SavingsRule) -> None:
        """Spend the quota on the items themselves; if they are too many, on directories that replace some of them."""
        directories = self._left[DIRECTORY] - reserve.directories if self._scope.replaces else 0
        budget = Budget(max(0, self._left[object_type] - reserve.urls), max(0, directories))
        found = self._plan(needs, savings.steps(budget))
        self._left[DIRECTORY] -= len(found.directories)
        self._left[object_type] -= len(found.alone)
        self._waiting[object_type] = self._waiting[object_type].joined(found.waiting)

    def _plan(self, needs: Needs, budgets: Iterable[Budget]) -> Plan:
        found = plan(needs, budgets, self._replacing(), self._unchanged, self._scope.may_refresh)
        self._chosen |= found.directories
        return found

    def _replacing(self) -> set[str]:
        """The directories that are sent so far and may replace other items."""
        return self._requested | self._chosen.keys() if self._scope.replaces else set()
