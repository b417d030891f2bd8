"""Decides, when the daily quota is short, which items are sent today and which are deferred until the quota's reset.

Only items from the queue trigger are rationed: they come in thousands, and deferred items come back the same way.
"""

import math
from collections import Counter
from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import TYPE_CHECKING

from oss_cdn_refresh.logs import Log
from oss_cdn_refresh.model.effects import timestamp
from oss_cdn_refresh.model.history import History, deferred_before
from oss_cdn_refresh.model.item import DIRECTORY, FILE, IGNORE_PARAMS, OBJECT_TYPES, Item, ObjectType
from oss_cdn_refresh.model.outcome import Outcome, Result, Until
from oss_cdn_refresh.model.quota import DAY, HOUR, Quota, midnight
from oss_cdn_refresh.settings.config import Collapse, Config

if TYPE_CHECKING:  # imported only when the quota is short, which is rare
    from oss_cdn_refresh.planner.optimizer.needs import Needs
    from oss_cdn_refresh.planner.replacement import Replacement

SHORT = "QuotaExceeded"  # the CDN's code for the same reason
UNBOUNDED = 10**12  # items; used if the quota is unknown: then all items are sent, and the CDN refuses some

Live = Callable[[], Mapping[str, float] | None]
"""Returns how many URLs lie directly in each directory, by its URL; None without an inventory."""


def ration(
    items: Mapping[Item, History], quota: Quota, config: Config, live: Live, now: float, log: Log
) -> "Replacement | None":
    """Which directories replace which items, and which items are deferred; None if the quota is enough for all items.

    now: in epoch seconds.
    """
    left = {kind: UNBOUNDED if (known := quota.left(kind)) is None else known for kind in OBJECT_TYPES}
    rules = config.collapse
    if not is_short(items, left, rules):
        return None
    from oss_cdn_refresh.planner import inventory  # noqa: PLC0415 - needed only when the quota is short
    from oss_cdn_refresh.planner.replacement import replacement  # noqa: PLC0415 - needed only when the quota is short

    counted = live() if rules.mode != "never" else None

    def unchanged(needs: "Needs") -> Mapping[str, float]:
        return inventory.estimated(needs) if counted is None else inventory.unchanged(counted, needs)

    hours = max(1, int((midnight(now) + DAY - now) // HOUR))  # assume one such batch an hour until the reset
    found = replacement(items, left, config, unchanged, hours)
    if found.collateral:
        log.info(
            "collapsed",
            items=sum(map(len, found.replaced_items.values())),
            collateral=round(sum(found.collateral.values())),
            estimated=counted is None,
            directories=list(found.collateral),
        )
    return found


def deferred(waiting: tuple[Item, ...]) -> Outcome:
    """The outcome of items that are deferred until the quota's reset."""
    return Outcome(waiting, Result.DEFERRED, SHORT, "today's quota does not suffice for it", until=Until.RESET)


def forecast(
    items: Mapping[Item, History], found: "Replacement", quota: Quota, config: Config, now: float, log: Log
) -> None:
    """Warn about items that today's quota does not cover: how many they are, and when they will be done."""
    short, wanted = Counter(item.type for item in found.waiting), Counter(item.type for item in items)
    for kind, count in short.items():
        reserve, of_a_day = _reserves(config.collapse)[kind], quota.of_a_day(kind)
        days = None if not of_a_day or of_a_day <= reserve else math.ceil(count / (of_a_day - reserve))
        log.warning(
            "quota_forecast",
            object_type=kind,
            left=quota.left(kind),
            needed=wanted[kind],
            short=count,
            days=days,
            done_by=None if days is None else timestamp(now + days * DAY),
        )


def is_short(items: Mapping[Item, History], left: Mapping[ObjectType, int], rules: Collapse) -> bool:
    """Whether the quota is too small for the fresh items, or for all items if the deferred ones leave the reserve."""
    wanted, before = (Counter(map(attrgetter("type"), some)) for some in (items, deferred_before(items)))
    for kind, reserve in _reserves(rules).items():
        if wanted[kind] - before[kind] > left[kind] or (before[kind] and wanted[kind] > left[kind] - reserve):
            return True
    return False


def _reserves(rules: Collapse) -> dict[ObjectType, int]:
    return {FILE: rules.reserve_urls, DIRECTORY: rules.reserve_directories, IGNORE_PARAMS: 0}
