"""From items to outcomes: some must not be submitted, some wait for the queue trigger, the CDN decides on the rest."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from oss_cdn_refresh.delivery.instance import Instance
from oss_cdn_refresh.delivery.submission import Delivery
from oss_cdn_refresh.logs import Log
from oss_cdn_refresh.mapping.gather import Gathered
from oss_cdn_refresh.model.confirmation import Confirmation
from oss_cdn_refresh.model.history import History
from oss_cdn_refresh.model.item import Item
from oss_cdn_refresh.model.outcome import BATCHED, INVALID, Outcome, Result, Until
from oss_cdn_refresh.model.quota import midnight
from oss_cdn_refresh.model.time_budget import TimeBudget
from oss_cdn_refresh.products import DEFAULT, PRODUCTS
from oss_cdn_refresh.settings.config import Config
from oss_cdn_refresh.settings.environment import Environment
from oss_cdn_refresh.summary import Summary

if TYPE_CHECKING:
    from oss_cdn_refresh.planner.replacement import Replacement


class Refresh:
    """The refresh of one invocation; calls, task ids, delays and collateral are counted into its summary.

    confirmed: whether accepted items are looked up later.
    """

    def __init__(
        self,
        instance: Instance,
        environment: Environment,
        config: Config,
        time_budget: TimeBudget,
        log: Log,
        summary: Summary,
    ) -> None:
        self._instance = instance
        self._environment = environment
        self._config = config
        self._log = log
        self._summary = summary
        self._covers: Callable[[Iterable[Item]], Iterable[Item]] = tuple  # a plan replaces items
        self.confirmed = config.confirm.mode != "never" and bool(environment.backlog)
        self._client = instance.client(environment, config)
        self._delivery = Delivery(
            PRODUCTS[DEFAULT],
            self._client,
            config.limits,
            instance.rate_limit,
            instance.quota,
            time_budget,
            log,
            calls_per_second=environment.calls_per_second,
        )

    def outcomes(self, gathered: Gathered) -> Iterator[Outcome]:
        """One outcome for each item, as soon as it is known.

        With batched delivery only the items that the queue trigger brought are submitted: the others go into the
        backlog. Items of the queue may be replaced by directories where the quota is short.
        """
        yield from (Outcome((item,), Result.DEAD_LETTERED, INVALID, why) for item, why in gathered.faults.items())
        valid = gathered.items
        if gathered.faults:
            valid = {item: history for item, history in valid.items() if item not in gathered.faults}
        if self._environment.batched and len(gathered.queued) < len(gathered.items):
            batched = tuple(item for item in valid if item not in gathered.queued)
            if batched:
                yield Outcome(batched, Result.DEFERRED, BATCHED, until=Until.TRIGGER)
            valid = {item: history for item, history in valid.items() if item in gathered.queued}
        self._instance.quota.begin(midnight(self._instance.effects.now()))
        try:
            yield from self._submitted(valid, planned=gathered.with_messages or bool(gathered.queued))
        finally:
            self._summary.requests = self._client.requests
            task_ids = (task_id for call in self._delivery.accepted for task_id in call.task_ids)
            self._summary.task_ids = list(dict.fromkeys(task_ids))

    def confirmations(self, histories: Mapping[Item, History]) -> list[Confirmation]:
        """What has to be looked up of the accepted calls, once all calls are made."""
        if not self._delivery.accepted or not self.confirmed:
            return []
        from oss_cdn_refresh.delivery.confirmation.submitted import confirmations  # noqa: PLC0415 - after the calls

        now = self._instance.effects.now()
        return [
            asked
            for call in self._delivery.accepted
            for asked in confirmations(call, self._covers, histories, self._config, now)
        ]

    def _submitted(self, items: Mapping[Item, History], *, planned: bool) -> Iterator[Outcome]:
        """The outcomes of items that may be submitted: as they are, or replaced by directories."""
        now = self._instance.effects.now()
        plan = self._plan(items, now) if planned else None
        if plan:
            self._covers = plan.original
        if plan and plan.waiting:
            from oss_cdn_refresh.planner import rationing  # noqa: PLC0415 - see _plan

            yield rationing.deferred(plan.waiting)
        for outcome in self._delivery.deliver(plan.sent if plan else items, midnight(now)):
            meant = outcome._replace(items=plan.original(outcome.items)) if plan else outcome
            if outcome.result is Result.REFRESHED:
                self._summary.accepted((items[item] for item in meant.items), self._instance.effects.now())
                if plan:
                    self._summary.collapsed(*plan.replaced(outcome.items))
            yield meant

    def _plan(self, items: Mapping[Item, History], now: float) -> "Replacement | None":
        """Which directories replace which items, and which items are deferred; None where the quota suffices."""
        from oss_cdn_refresh.planner import rationing  # noqa: PLC0415 - a cold start for one upload never needs it

        quota, config = self._instance.quota, self._config
        if quota.worth_asking(Counter(item.type for item in items)):
            self._delivery.ask_quota()
        plan = rationing.ration(items, quota, config, self._live, now, self._log)
        if plan and plan.waiting:
            rationing.forecast(items, plan, quota, config, now, self._log)
        return plan

    def _live(self) -> Mapping[str, float] | None:
        instance = self._instance
        return instance.live_counts.live(self._config, self._environment, instance.effects, self._log)
