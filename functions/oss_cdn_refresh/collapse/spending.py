"""What is left of the day's quotas, spent: fresh changes first, what was put off before only beside a reserve."""

from collections.abc import Mapping
from typing import NamedTuple

from oss_cdn_refresh.collapse.budget import Budget
from oss_cdn_refresh.collapse.needs import NOTHING, Needs, covering
from oss_cdn_refresh.collapse.plan import Unchanged, plan
from oss_cdn_refresh.collapse.scope import Scope
from oss_cdn_refresh.items import DIRECTORY, FILE, IGNORE_PARAMS, OBJECT_TYPES, ObjectType

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


class Purse:
    """What is left, and what was bought with it so far. `in_part`: whether some may be bought where not all can be."""

    def __init__(
        self, left: Mapping[ObjectType, int], scope: Scope, unchanged: Unchanged, *, in_part: bool = True
    ) -> None:
        self._in_part = in_part
        self._left = dict(left)
        self._scope = scope
        self._unchanged = unchanged
        self._asked: set[str] = set()  # directories that were asked for and are sent
        self._chosen: dict[str, float] = {}
        self._all = dict.fromkeys(OBJECT_TYPES, NOTHING)
        self._waiting = dict.fromkeys(OBJECT_TYPES, NOTHING)

    def spend(self, asked: Asked, reserve: Budget) -> None:
        """Spend what is left, but for a reserve."""
        for object_type, needs in asked.items():
            self._all[object_type] = self._all[object_type].joined(needs)
        self._buy_directories(asked.get(DIRECTORY, NOTHING), reserve)
        self._buy(IGNORE_PARAMS, asked.get(IGNORE_PARAMS, NOTHING), 0, reserve)
        self._buy(FILE, asked.get(FILE, NOTHING), reserve.urls, reserve)

    def spent(self) -> Spent:
        """What came of it. A directory covers what lies in it, whatever was decided of that before."""
        standing = self._standing()
        waiting = {kind: needs.outside(standing) for kind, needs in self._waiting.items()}
        covered = {kind: needs.inside(standing) for kind, needs in self._all.items()}
        alone = {kind: needs.outside(standing).without(waiting[kind]) for kind, needs in self._all.items()}
        return Spent(alone, covered, waiting, frozenset(self._asked | self._chosen.keys()), self._chosen)

    def _buy_directories(self, needs: Needs, reserve: Budget) -> None:
        """Those that were asked for, as many as there is room for; one inside another costs nothing."""
        for (directory, importance), urls in sorted(needs.urls.items(), key=lambda group: group[0][1]):
            if covering(directory, self._standing()):
                continue
            if self._left[DIRECTORY] > reserve.directories:
                self._left[DIRECTORY] -= 1
                self._asked.add(directory)
            else:
                late = Needs({(directory, importance): urls})
                self._waiting[DIRECTORY] = self._waiting[DIRECTORY].joined(late)

    def _buy(self, object_type: ObjectType, needs: Needs, kept: int, reserve: Budget) -> None:
        """What fits by itself; where that is not all, with directories instead."""
        directories = self._left[DIRECTORY] - reserve.directories if self._scope.collapses else 0
        budget = Budget(max(0, self._left[object_type] - kept), max(0, directories))
        standing, may = self._standing(), self._scope.may_refresh
        found = plan(needs, budget, standing, self._unchanged, may, in_part=self._in_part)
        self._left[DIRECTORY] -= len(found.directories)
        self._left[object_type] -= len(found.alone)
        self._chosen |= found.directories
        self._waiting[object_type] = self._waiting[object_type].joined(found.waiting)

    def _standing(self) -> set[str]:
        """The directories that stand for others."""
        return self._asked | self._chosen.keys() if self._scope.collapses else set()
