"""What the sites of an account may purge and preload, and what they have used of it.

Sources: GetPurgeQuota, and the user guide's table of plans. The figures of directories, ignored parameters, cache tags
and preloads are in no document (unconfirmed): the CDN's figures are used. Midnight UTC+8 is unconfirmed, too.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from oss_cdn_refresh_box.account.errors import refused
from oss_cdn_refresh_box.cdn.usage import DAY, Today, Window
from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.esa.sites import Site

PRELOAD = "preload"  # beside the types of purges; no call tells its quota
BY_PLAN: Mapping[str, Mapping[str, int]] = {  # a day, by the type of a purge
    "free": {"file": 1_000, "purgeall": 5, "hostname": 0},
    "basic": {"file": 10_000, "purgeall": 50, "hostname": 100},
    "standard": {"file": 50_000, "purgeall": 80, "hostname": 1_000},
    "advanced": {"file": 100_000, "purgeall": 125, "hostname": 1_000},
    "enterprise": {"file": 500_000, "purgeall": 200, "hostname": 2_000},
}
OF_EVERY_PLAN = {"directory": 100, "ignoreParams": 100, "cachetag": 100, PRELOAD: 1_000}


class Quota(NamedTuple):
    """What a site may purge of a type: in a day, and in 30 days; 0: there is no quota for 30 days."""

    day: int
    days_30: int = 0


class Ledger:
    """Counts accepted items by site and type; a refused call counts for nothing. `today.zone`: when a day begins."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.today = Today(clock)
        self._days_30: defaultdict[tuple[int, str], Window] = defaultdict(lambda: Window(30 * DAY))

    def spend(self, key: tuple[int, str], count: int, quota: Quota) -> None:
        """Count so many items of a site and type; where the quota does not suffice, refuse them and count nothing."""
        now = self._clock.now()
        is_beyond = quota.days_30 and self._days_30[key].sum(now) + count > quota.days_30
        if is_beyond or self.today.used(key) + count > quota.day:
            raise refused("QuotaExceeded.Preload" if key[1] == PRELOAD else "QuotaExceeded.Purge", key[1])
        self.today.add(key, count)
        self._days_30[key].add(now, count)

    def figures(self, key: tuple[int, str], quota: Quota) -> dict[str, str]:
        """The answer of GetPurgeQuota."""
        return {
            "Quota": str(quota.day),
            "Usage": str(self.today.used(key)),
            "Quota30Day": str(quota.days_30),
            "Usage30Day": str(self._days_30[key].sum(self._clock.now())),
        }


def usual(site: Site, kind: str) -> Quota:
    """The quota of a site's plan for a type of purges, or for preloads.

    Raises:
        Refused: there is no such type.

    """
    figures = {**OF_EVERY_PLAN, **BY_PLAN[site.plan]}
    if kind not in figures:
        raise refused("InvalidParameter", f"Type: {kind}")
    return Quota(figures[kind])
