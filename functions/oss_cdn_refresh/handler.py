"""One invocation, from the bytes of an event to its summary.

event bytes ──► Change ──► Item ──► Batch ──► Outcome ──► refreshed | deferred | dead-lettered
events.read     mapping.gather      delivery.refresh      queueing.store
"""

from collections import Counter
from collections.abc import Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from oss_cdn_refresh import events
from oss_cdn_refresh.delivery.instance import Instance, log_of
from oss_cdn_refresh.delivery.refresh import Refresh
from oss_cdn_refresh.events.parts import Reading
from oss_cdn_refresh.logs import Log
from oss_cdn_refresh.mapping.gather import Gathered, gather
from oss_cdn_refresh.model.confirmation import Confirmation
from oss_cdn_refresh.model.errors import Unaccounted
from oss_cdn_refresh.model.time_budget import TimeBudget
from oss_cdn_refresh.queueing.settlement import Settled
from oss_cdn_refresh.queueing.smq import Queue
from oss_cdn_refresh.queueing.store import Queues, Store
from oss_cdn_refresh.settings import environment
from oss_cdn_refresh.settings.config import Config
from oss_cdn_refresh.settings.environment import Environment
from oss_cdn_refresh.summary import Summary, report

if TYPE_CHECKING:  # imported where there is something to confirm
    from oss_cdn_refresh.delivery.confirmation.confirming import Confirming

REASONS_SHOWN = 5  # in the exception; each has a line of its own


class InvocationResult(NamedTuple):
    """What an invocation did: its figures, and how each item ended."""

    summary: Summary
    settled: Settled


def invoke(event: bytes, context: Any, instance: Instance, environ: Mapping[str, str]) -> dict[str, Any]:
    """Work on one event; returns the summary.

    :raises ConfigurationError: nothing was done, a person must act; the platform keeps the event.
    :raises Unaccounted: all is done that could be done, and the event must be delivered again for the rest.
    """
    result = work(event, context, instance, environ)
    reasons = result.settled.unstored_records + Counter(reason for _, reason in result.settled.unaccounted)
    if reasons:
        raise Unaccounted(reasons.total(), list(reasons)[:REASONS_SHOWN])
    return result.summary.fields()


def work(event: bytes | Reading, context: Any, instance: Instance, environ: Mapping[str, str]) -> InvocationResult:
    """Work on an event, or on what the command has read; the summary is in the log whatever happens.

    :raises ConfigurationError: nothing was done, a person must act.
    """
    began = instance.effects.monotonic()
    log = log_of(context, environ)
    summary = Summary()
    try:
        return Invocation(instance, environment.read(context, environ), log, summary).work(event)
    finally:
        duration = round((instance.effects.monotonic() - began) * 1000)
        times = {"lag_ms": summary.lag_ms(), "fresh_ms": summary.fresh_ms(), "waiting_ms": summary.waiting_ms()}
        log.summary(duration_ms=duration, **times, **summary.collapse(), **summary.fields())


class Invocation:
    """The work on one event, counted into a summary."""

    def __init__(self, instance: Instance, environment: Environment, log: Log, summary: Summary) -> None:
        self._instance = instance
        self._effects = instance.effects
        self._environment = environment
        self._log = log
        self._summary = summary
        self._time = TimeBudget(environment.timeout, instance.effects, instance.request_time)

    def work(self, event: bytes | Reading) -> InvocationResult:
        """Read the event, refresh the items that it leads to, store the items that were not refreshed.

        :raises ConfigurationError: before anything is done.
        """
        config = self._configuration()
        reading = events.read(event) if isinstance(event, bytes) else event
        gathered = gather(reading, config, self._effects.now())
        self._count(reading, gathered)
        refresh = Refresh(self._instance, self._environment, config, self._time, self._log, self._summary)
        store = self._store(reading, gathered, confirmed=refresh.confirmed)
        confirming = self._confirming(config) if gathered.confirmations else None
        failed = confirming.outcomes(gathered) if confirming else ()
        settled = store.settle(chain(refresh.outcomes(gathered), failed))
        self._confirm_later(store, refresh.confirmations(gathered.items), config, confirming)
        self._summary.count(settled.outcomes)
        report(settled.outcomes, gathered.items, self._log, self._effects.now())
        return InvocationResult(self._summary, settled)

    def _configuration(self) -> Config:
        """Find whatever a person has to correct, before anything is half done."""
        self._environment.credentials()
        return self._instance.configuration(self._environment, self._log)

    def _count(self, reading: Reading, gathered: Gathered) -> None:
        self._summary.changes = len(reading.changes)
        self._summary.ignored = gathered.ignored
        self._summary.unreadable = len(reading.unreadable)
        self._summary.urls = len(gathered.items)
        for name, changes in gathered.unknown.items():
            self._log.warning("unknown_event", name=name, changes=changes)

    def _store(self, reading: Reading, gathered: Gathered, *, confirmed: bool) -> Store:
        return Store(
            self._queues(),
            gathered.items,
            reading.unreadable,
            gathered.confirmations,
            self._time,
            self._effects,
            self._log,
            confirmed=confirmed,
        )

    def _confirming(self, config: Config) -> "Confirming":
        from oss_cdn_refresh.delivery.confirmation.confirming import Confirming  # noqa: PLC0415 - only for what the backlog brings

        return Confirming(self._instance, self._environment, config, self._time, self._log, self._summary)

    def _confirm_later(
        self, store: Store, accepted: list[Confirmation], config: Config, confirming: "Confirming | None"
    ) -> None:
        """Store what is looked up later, and preload what is complete."""
        if not accepted and not confirming:
            return
        from oss_cdn_refresh.queueing.confirmations import Due  # noqa: PLC0415 - after the calls to the CDN

        looked_at = confirming.due if confirming else []
        store.keep([*(Due(asked, config.confirm.after) for asked in accepted), *looked_at])
        preload = confirming.preload if confirming else {}
        if preload:
            from oss_cdn_refresh.delivery.confirmation.preload import Preload  # noqa: PLC0415 - likewise

            for left, (target, urls) in zip(range(len(preload), 0, -1), preload.items(), strict=True):
                self._time.share(left)
                parts = self._instance, self._environment, config, self._time, self._log, self._summary
                Preload(target, *parts).submit(urls)

    def _queues(self) -> Queues:
        names, session, effects = self._environment, self._instance.session, self._effects

        def queue(name: str, variable: str) -> Queue:
            return Queue(names.smq, name, names.credentials, session, effects, self._time, variable=variable)

        return Queues(queue(names.backlog, "BACKLOG_QUEUE"), queue(names.dead_letters, "DEAD_LETTER_QUEUE"))
