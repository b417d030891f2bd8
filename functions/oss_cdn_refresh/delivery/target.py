"""Refreshes the items of one target in one invocation: its plan, its calls, and the confirmations of these calls.

Each target has a client, quotas and limits of its own, so a refusal of one product changes nothing for the others.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from oss_cdn_refresh.delivery.instance import Instance
from oss_cdn_refresh.delivery.submission import Delivery
from oss_cdn_refresh.logs import Log
from oss_cdn_refresh.model.confirmation import Confirmation
from oss_cdn_refresh.model.history import History
from oss_cdn_refresh.model.item import DIRECTORY, Item, Target
from oss_cdn_refresh.model.outcome import Outcome, Result
from oss_cdn_refresh.model.quota import midnight
from oss_cdn_refresh.model.time_budget import TimeBudget
from oss_cdn_refresh.products import product
from oss_cdn_refresh.settings.config import Config
from oss_cdn_refresh.settings.environment import Environment
from oss_cdn_refresh.summary import Summary

if TYPE_CHECKING:
    from oss_cdn_refresh.planner.replacement import Replacement


class TargetRefresh:
    """The refresh of one target in one invocation; counts delays and collateral into the summary."""

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
        self._instance = instance
        self._environment = environment
        self._config = config
        self._invocation_log = log
        self._log = log.about(target.fields())
        self._summary = summary
        self._quota = instance.quota(target)
        self._covers: Callable[[Iterable[Item]], Iterable[Item]] = tuple  # gives the items that sent items replace
        self._client = instance.client(target, environment, config)
        limits = self._client.limits(config.limits[target.product])
        self._delivery = Delivery(
            product(target.product),
            self._client,
            limits,
            instance.rate_limit(target),
            self._quota,
            time_budget,
            self._log,
            calls_per_second=limits.own_calls_per_second(environment.calls_per_second),
        )

    @property
    def requests(self) -> int:
        """How many requests for refresh calls were sent so far."""
        return self._client.requests

    @property
    def task_ids(self) -> Iterator[str]:
        """The task ids of the accepted calls, in order."""
        return (task_id for call in self._delivery.accepted for task_id in call.task_ids)

    def outcomes(self, items: Mapping[Item, History], *, planned: bool) -> Iterator[Outcome]:
        """One outcome for each item, as soon as it is known. `planned`: whether directories may replace items."""
        now = self._instance.effects.now()
        self._quota.begin(midnight(now))
        plan = self._plan(items, now) if planned else None
        if plan:
            self._covers = plan.original
        if plan and plan.waiting:
            from oss_cdn_refresh.planner import rationing  # noqa: PLC0415 - a cold start for one upload never needs it

            yield rationing.deferred(plan.waiting)
        for outcome in self._delivery.deliver(plan.sent if plan else items, midnight(now)):
            meant = outcome._replace(items=plan.original(outcome.items)) if plan else outcome
            if outcome.result is Result.REFRESHED:
                self._summary.accepted((items[item] for item in meant.items), self._instance.effects.now())
                if plan:
                    self._summary.collapsed(*plan.replaced(outcome.items))
            yield meant

    def confirmations(self, histories: Mapping[Item, History]) -> Iterator[Confirmation]:
        """The confirmations of the accepted calls."""
        if not self._delivery.accepted:
            return
        from oss_cdn_refresh.delivery.confirmation.submitted import confirmations  # noqa: PLC0415 - after the calls

        for call in self._delivery.accepted:
            yield from confirmations(call, self._covers, histories, self._config)

    def _plan(self, items: Mapping[Item, History], now: float) -> "Replacement | None":
        """Which directories replace which items, and which items are deferred; None where the quota suffices."""
        from oss_cdn_refresh.planner import rationing  # noqa: PLC0415 - a cold start for one upload never needs it

        quota, config = self._quota, self._config
        wanted = Counter(item.type for item in items)
        if quota.worth_asking(wanted):
            self._delivery.ask_quota({*wanted, DIRECTORY})  # directories may replace items
        plan = rationing.ration(items, quota, config, self._live, now, self._log)
        if plan and plan.waiting:
            rationing.forecast(items, plan, quota, config, now, self._log)
        return plan

    def _live(self) -> Mapping[str, float] | None:
        instance = self._instance
        return instance.live_counts.live(self._config, self._environment, instance.effects, self._invocation_log)
