"""What an account has used of CDN or DCDN: items a minute and domain, items a day."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from oss_cdn_refresh_box.account.errors import refused
from oss_cdn_refresh_box.cdn.refresh import Limits, Refresh, domain
from oss_cdn_refresh_box.cdn.tasks import PRELOAD
from oss_cdn_refresh_box.cdn.usage import Today, Window
from oss_cdn_refresh_box.clock import Clock


class Quota(NamedTuple):
    """What an account may refresh and preload between 00:00 and 24:00 UTC+8; each line of a call counts as one."""

    urls: int = 10_000
    directories: int = 100
    regexes: int = 20
    ignore_params: int = 100
    preloads: int = 1_000
    edge_preloads: int = 0  # not offered here, as blocks
    blocks: int = 0


QUOTA = Quota()


class Counting(NamedTuple):
    """How items are counted where no document says it; tests turn each to its other answer.

    refuses_whole: a call that exceeds the rest of the day's quota is refused; else its first items are accepted.
    refused: the items of a refused call use quota, too.
    duplicates: a line that a call repeats counts again.
    """

    refuses_whole: bool = True
    refused: bool = False
    duplicates: bool = True


COUNTING = Counting()


class Ledger:
    """Counts items by the rules of `counting`. `today.zone`: when a day begins."""

    def __init__(self, clock: Clock) -> None:
        self.counting = COUNTING
        self._clock = clock
        self._minutes: defaultdict[tuple[str, str], Window] = defaultdict(lambda: Window(60))
        self.today = Today(clock)

    def spend(self, refresh: Refresh, limits: Limits, quota: Quota) -> Refresh:
        """Count a refresh, and return what is accepted of it.

        Where a quota or limit does not suffice, it is refused, and nothing is counted.
        """
        now = self._clock.now()
        left = self.remaining(quota)[refresh.object_type]
        if not self.counting.refuses_whole and left:
            refresh = refresh._replace(urls=refresh.urls[:left])
        counted = refresh.urls if self.counting.duplicates else tuple(dict.fromkeys(refresh.urls))
        if len(counted) > left:
            raise refused("QuotaExceeded.Refresh", refresh.object_type)
        minute_limits = {
            "File": limits.urls_per_minute_per_domain,
            "Directory": limits.directories_per_minute_per_domain,
        }
        items = Counter(map(domain, refresh.urls))
        if limit := minute_limits.get(refresh.object_type):
            for name, count in items.items():
                if self._minutes[refresh.object_type, name].sum(now) + count > limit:
                    raise refused("QuotaPerMinuteExceeded.Refresh", name)
        for name, count in items.items():
            self._minutes[refresh.object_type, name].add(now, count)
        self.today.add(refresh.object_type, len(counted))
        return refresh

    def refuse(self, object_type: str, count: int) -> None:
        """Count so many items of a refused call, if they count."""
        if self.counting.refused:
            self.use(object_type, count)

    def use(self, object_type: str, count: int) -> None:
        """Count so many items that something else has refreshed, such as OSS itself."""
        self.today.add(object_type, count)

    def preload(self, count: int, quota: Quota) -> None:
        """Count so many URLs to preload; where the quota does not suffice, refuse them and count nothing."""
        if count > self.remaining(quota)[PRELOAD]:
            raise refused("QuotaExceeded.Preload")
        self.today.add(PRELOAD, count)

    def remaining(self, quota: Quota) -> dict[str, int]:
        """The rest of the day's quota for each object type, never below zero."""
        given = {
            "File": quota.urls,
            "Directory": quota.directories,
            "IgnoreParams": quota.ignore_params,
            PRELOAD: quota.preloads,
        }
        return {name: max(0, figure - self.today.used(name)) for name, figure in given.items()}

    def is_today(self, at: float) -> bool:
        """Whether a moment lies in the day of the quotas."""
        return self.today.begins() <= at

    def figures(self, quota: Quota, kinds: Iterable[str], returned: int = 0) -> dict[str, str]:
        """The quota and the rest of these kinds, as the answer about the quota names them.

        returned: how many of the used URLs do not count.
        """
        left = self.remaining(quota)
        figures = {
            "Url": (quota.urls, left["File"] + returned),
            "Dir": (quota.directories, left["Directory"]),
            "Regex": (quota.regexes, quota.regexes),
            "IgnoreParams": (quota.ignore_params, left["IgnoreParams"]),
            "Preload": (quota.preloads, left[PRELOAD]),
            "PreloadEdge": (quota.edge_preloads, quota.edge_preloads),
            "Block": (quota.blocks, quota.blocks),
        }
        shown = {kind: figures[kind] for kind in kinds}
        quotas = {f"{kind}Quota": str(given) for kind, (given, _remaining) in shown.items()}
        return quotas | {f"{kind}Remain": str(remaining) for kind, (_given, remaining) in shown.items()}
