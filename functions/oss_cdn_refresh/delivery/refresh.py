"""Refreshes the items of one invocation, target by target, and makes one outcome for each item."""

from collections.abc import Iterator, Mapping

from oss_cdn_refresh.delivery.instance import Instance
from oss_cdn_refresh.delivery.target import TargetRefresh
from oss_cdn_refresh.logs import Log
from oss_cdn_refresh.mapping.gather import Gathered
from oss_cdn_refresh.model.confirmation import Confirmation
from oss_cdn_refresh.model.history import History
from oss_cdn_refresh.model.item import Item, Target
from oss_cdn_refresh.model.outcome import BATCHED, INVALID, Outcome, Result, Until
from oss_cdn_refresh.model.time_budget import TimeBudget
from oss_cdn_refresh.settings.config import Config
from oss_cdn_refresh.settings.environment import Environment
from oss_cdn_refresh.summary import Summary


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
        self._time = time_budget
        self._log = log
        self._summary = summary
        self._targets: list[TargetRefresh] = []
        self.confirmed = config.confirm.mode != "never" and bool(environment.backlog)

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
        planned = gathered.with_messages or bool(gathered.queued)
        targets = self._by_target(valid)
        try:
            for left, (target, items) in zip(range(len(targets), 0, -1), targets.items(), strict=True):
                self._time.share(left)
                yield from self._refresh(target).outcomes(items, planned=planned)
        finally:
            self._summary.requests = sum(each.requests for each in self._targets)
            task_ids = (task_id for each in self._targets for task_id in each.task_ids)
            self._summary.task_ids = list(dict.fromkeys(task_ids))

    def confirmations(self, histories: Mapping[Item, History]) -> list[Confirmation]:
        """The confirmations of all accepted calls. Call it after all outcomes are made."""
        if not self.confirmed:
            return []
        return [asked for each in self._targets for asked in each.confirmations(histories)]

    def _by_target(self, items: Mapping[Item, History]) -> Mapping[Target, Mapping[Item, History]]:
        """The items of each target, in the order of work."""
        if len(self._config.targets) == 1:  # fast path: nothing to sort
            return dict.fromkeys(self._config.targets, items) if items else {}
        found: dict[Target, dict[Item, History]] = {}
        for item, history in items.items():
            found.setdefault(item.target, {})[item] = history
        return found

    def _refresh(self, target: Target) -> TargetRefresh:
        refresh = TargetRefresh(
            target, self._instance, self._environment, self._config, self._time, self._log, self._summary
        )
        self._targets.append(refresh)
        return refresh
