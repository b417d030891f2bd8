"""Where the day's quota is short: what is sent of a queue's batch today, and what waits for the quotas to come back.

Only what comes from the queue is rationed: it is there in thousands, and what waits comes back there.
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

if TYPE_CHECKING:  # what is imported where the quota is short: most invocations never need it
    from oss_cdn_refresh.planner.optimizer.needs import Needs
    from oss_cdn_refresh.planner.replacement import Replacement

SHORT = "QuotaExceeded"  # as the CDN calls it when it refuses
UNBOUNDED = 10**12  # items; where the CDN does not tell what is left, it has to refuse

Live = Callable[[], Mapping[str, float] | None]
"""How many live URLs lie directly in each directory, by its URL; None where no inventory tells."""


def ration(
    items: Mapping[Item, History], quota: Quota, config: Config, live: Live, now: float, log: Log
) -> "Replacement | None":
    """Which directories replace which items, and which items are deferred; None where the quota suffices for all.

    now: in epoch seconds.
    """
    left = {kind: UNBOUNDED if (known := quota.left(kind)) is None else known for kind in OBJECT_TYPES}
    rules = config.collapse
    if not is_short(items, left, rules):
        return None
    from oss_cdn_refresh.planner import inventory  # noqa: PLC0415 - see above
    from oss_cdn_refresh.planner.replacement import replacement  # noqa: PLC0415 - likewise

    counted = live() if rules.mode != "never" else None

    def unchanged(needs: "Needs") -> Mapping[str, float]:
        return inventory.estimated(needs) if counted is None else inventory.unchanged(counted, needs)

    hours = max(1, int((midnight(now) + DAY - now) // HOUR))  # as if one batch like this came each hour until the reset
    found = replacement(items, left, config, unchanged, hours)
    if found.collateral:
        log.info(
            "collapsed",
            items=sum(map(len, found.others.values())),
            collateral=round(sum(found.collateral.values())),
            estimated=counted is None,
            directories=list(found.collateral),
        )
    return found


def deferred(waiting: tuple[Item, ...]) -> Outcome:
    """The outcome of items that wait for the quota of another day."""
    return Outcome(waiting, Result.DEFERRED, SHORT, "today's quota does not suffice for it", until=Until.RESET)


def forecast(
    items: Mapping[Item, History], found: "Replacement", quota: Quota, config: Config, now: float, log: Log
) -> None:
    """Warn where today's quota does not cover what is there: how much is short, and when that will be done."""
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
    """Whether the quota is too small for the fresh items, or for the deferred ones beside the reserve."""
    wanted, before = (Counter(map(attrgetter("type"), some)) for some in (items, deferred_before(items)))
    for kind, reserve in _reserves(rules).items():
        if wanted[kind] - before[kind] > left[kind] or (before[kind] and wanted[kind] > left[kind] - reserve):
            return True
    return False


def _reserves(rules: Collapse) -> dict[ObjectType, int]:
    return {FILE: rules.reserve_urls, DIRECTORY: rules.reserve_directories, IGNORE_PARAMS: 0}
