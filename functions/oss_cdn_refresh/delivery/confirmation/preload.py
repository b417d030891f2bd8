"""Preloading URLs whose refresh is complete, within the day's quota. URLs beyond the quota are never tried again."""

from collections.abc import Sequence

from oss_cdn_refresh.delivery.batches import batches
from oss_cdn_refresh.delivery.instance import Instance
from oss_cdn_refresh.logs import Log, portions
from oss_cdn_refresh.mapping.from_url import domain_of
from oss_cdn_refresh.model.errors import CallRefused
from oss_cdn_refresh.model.history import History
from oss_cdn_refresh.model.item import FILE, Item, Target
from oss_cdn_refresh.model.time_budget import TimeBudget
from oss_cdn_refresh.model.verdict import Verdict
from oss_cdn_refresh.settings.config import Config
from oss_cdn_refresh.settings.environment import Environment
from oss_cdn_refresh.summary import Summary

QUOTA = "PreloadQuota"
NEVER_SEEN = History(0.0)  # a preload has no history: nothing of it waits


class Preload:
    """The preload of one target in one invocation."""

    def __init__(
        self,
        target: Target,
        instance: Instance,
        environment: Environment,
        config: Config,
        time_budget: TimeBudget,
        log: Log,
        summary: Summary,
    ) -> None:
        self._target = target
        self._client = instance.client(target, environment, config)
        self._limits = self._client.limits(config.limits[target.product])
        self._per_second = self._limits.own_preloads_per_second(environment.calls_per_second)
        self._rate_limit = instance.preloads(target)
        self._time = time_budget
        self._log = log.about(target.fields())
        self._summary = summary

    def submit(self, urls: Sequence[str]) -> None:
        """Hand URLs to the product, as many as today's quota has room for."""
        distinct = list(dict.fromkeys(urls))
        most = self._limits.preload_length
        long = [url for url in distinct if len(url) > most]
        if long:
            self._skipped(long, "TooLong", f"a URL of more than {most} characters cannot be preloaded")
            distinct = [url for url in distinct if len(url) <= most]
        room = self._room(len(distinct))
        if len(distinct) > room:
            self._skipped(distinct[room:], QUOTA, "today's preload quota does not suffice for it")
        limits = self._limits._replace(urls_per_call=self._limits.preloads_per_call)
        items = {Item(FILE, url, domain_of(url), self._target): NEVER_SEEN for url in distinct[:room]}
        for batch in batches(items, limits):
            self._push([item.url for item in batch.items])

    def _room(self, wanted: int) -> int:
        """How many URLs the day's quota still takes; all where the product does not tell."""
        if not wanted:
            return 0
        try:
            left = self._client.preload_left(self._time.left_for_calls())
        except CallRefused as refusal:
            self._log.warning("quota_unknown", code=refusal.code, message=refusal.message)
            return wanted
        return wanted if left is None else min(wanted, left)

    def _push(self, urls: Sequence[str]) -> None:
        """One call, with retries where they help; two calls where one is too large."""
        tries = 0
        while True:
            tries += 1
            if not self._time.rest(self._rate_limit.until_next_call(self._per_second)):
                self._skipped(urls, "OutOfTime", "the function's time was up before the call")
                return
            self._rate_limit.called()
            try:
                task_ids = self._client.preload(urls, self._time.left_for_calls())
            except CallRefused as refusal:
                left = self._time.left_for_calls()
                if refusal.retryable and self._time.back_off(tries, left, refusal.retry_after):
                    continue
                if refusal.verdict is Verdict.TOO_LARGE and len(urls) > 1:
                    middle = len(urls) // 2
                    self._push(urls[:middle])
                    self._push(urls[middle:])
                    return
                self._skipped(urls, refusal.code, refusal.message)
                return
            self._summary.preloaded += len(urls)
            self._log.info("preloaded", items=len(urls), first_url=urls[0], task_ids=task_ids)
            return

    def _skipped(self, urls: Sequence[str], reason: str, message: str) -> None:
        self._summary.preload_skipped += len(urls)
        for portion in portions(urls):
            self._log.warning("preload_skipped", reason=reason, message=message, items=len(portion), urls=portion)
