"""One invocation, from the bytes of an event to its summary.

event bytes ──► Change ──► Item ──► Batch ──► Outcome ──► refreshed | deferred | dead-lettered
events.read     mapping.gather      delivery.refresh      queueing.settle
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from oss_cdn_refresh import events
from oss_cdn_refresh.delivery.instance import Instance, log_of
from oss_cdn_refresh.delivery.refresh import Refresh
from oss_cdn_refresh.events.parts import Reading
from oss_cdn_refresh.logs import Log
from oss_cdn_refresh.mapping.gather import Gathered, gather
from oss_cdn_refresh.model.errors import Unaccounted
from oss_cdn_refresh.model.outcome import Outcome
from oss_cdn_refresh.model.time_budget import TimeBudget
from oss_cdn_refresh.queueing.rejected import RejectedRecords
from oss_cdn_refresh.queueing.settlement import settle
from oss_cdn_refresh.queueing.smq import Queue
from oss_cdn_refresh.queueing.storing import Unsettled
from oss_cdn_refresh.settings import environment
from oss_cdn_refresh.settings.config import Config
from oss_cdn_refresh.settings.environment import Environment
from oss_cdn_refresh.summary import InvocationResult, Summary, report

REASONS_SHOWN = 5  # in the exception; each has a line of its own


def invoke(event: bytes, context: Any, instance: Instance, environ: Mapping[str, str]) -> dict[str, Any]:
    """Work on one event; returns the summary, and leaves it in the log whatever happens.

    :raises ConfigurationError: nothing was done, a person must act; the platform keeps the event.
    :raises Unaccounted: all is done that could be done, and the event must be delivered again for the rest.
    """
    result = work(partial(events.read, event), context, instance, environ)
    reasons = result.unstored_records + Counter(reason for _, reason in result.unaccounted)
    if reasons:
        raise Unaccounted(reasons.total(), list(reasons)[:REASONS_SHOWN])
    return result.summary.fields()


def work(read: Callable[[], Reading], context: Any, instance: Instance, environ: Mapping[str, str]) -> InvocationResult:
    """Work on what an event holds; the summary is in the log whatever happens.

    read: gives what the event holds; it is called once the configuration is known to be right.

    :raises ConfigurationError: nothing was done, a person must act.
    """
    began = instance.effects.monotonic()
    log = log_of(context, environ)
    summary = Summary()
    try:
        return Invocation(instance, environment.read(context, environ), log, summary).work(read)
    finally:
        duration = round((instance.effects.monotonic() - began) * 1000)
        log.summary(duration_ms=duration, lag_ms=summary.lag_ms(), **summary.collapse(), **summary.fields())


class Invocation:
    """The work on one event, counted into a summary."""

    def __init__(self, instance: Instance, environment: Environment, log: Log, summary: Summary) -> None:
        self._instance = instance
        self._effects = instance.effects
        self._environment = environment
        self._log = log
        self._summary = summary
        self._time = TimeBudget(environment.timeout, instance.effects, instance.request_time)
        self._dead_letters = self._queue(environment.dead_letters, "DEAD_LETTER_QUEUE")
        self._backlog = self._queue(environment.backlog, "BACKLOG_QUEUE")

    def work(self, read: Callable[[], Reading]) -> InvocationResult:
        """Read the event, refresh the items that it leads to, store what was not refreshed.

        :raises ConfigurationError: before anything is done.
        """
        config = self._configuration()
        reading = read()
        gathered = gather(reading, config, self._effects.now())
        self._count(reading, gathered)
        unsettled = Unsettled(gathered.items, reading.unreadable)
        rejected = self._rejected(reading, unsettled)
        outcomes = list(self._outcomes(reading, gathered, config, unsettled))
        settled = settle(outcomes, gathered.items, self._backlog, self._dead_letters, self._effects)
        self._summary.count(settled.outcomes)
        report(settled.outcomes, gathered.items, self._log, self._effects.now())
        for item, reason in settled.unaccounted:
            self._log.error("unaccounted", reason=reason, object_type=item.type, url=item.url)
        rejected.send()
        return InvocationResult(self._summary, settled.outcomes, settled.unaccounted, rejected.reasons)

    def _configuration(self) -> Config:
        """Whatever a person has to correct is found here, before anything is half done."""
        self._environment.credentials()
        self._instance.session.prepare(*self._environment.endpoints.values(), self._environment.smq)
        configurations, where = self._instance.configurations, self._environment.config
        return configurations.read(where, self._environment, self._effects, self._log)

    def _count(self, reading: Reading, gathered: Gathered) -> None:
        self._summary.changes = len(reading.changes)
        self._summary.ignored = gathered.ignored
        self._summary.unreadable = len(reading.unreadable)
        self._summary.urls = len(gathered.items)
        for name, changes in gathered.unknown.items():
            self._log.warning("unknown_event", name=name, changes=changes)

    def _rejected(self, reading: Reading, unsettled: Unsettled) -> RejectedRecords:
        """The rejected records, most of them in the dead letters already."""
        now = self._effects.now()
        rejected = RejectedRecords(reading.unreadable, self._dead_letters, unsettled, self._time, self._log, now)
        unsettled.reserve(self._time)
        rejected.send_early()
        return rejected

    def _outcomes(
        self, reading: Reading, gathered: Gathered, config: Config, unsettled: Unsettled
    ) -> Iterator[Outcome]:
        """One outcome for each item; the calls end in time for storing what has to be stored."""
        # With batched delivery the other items only go into the backlog, and the queue trigger brings them back.
        at_once = gathered.queued if self._environment.batched else gathered.items
        planned = bool(reading.waiting or gathered.queued)
        refresh = Refresh(self._instance, self._environment, config, self._time, self._log, self._summary)
        unsettled.reserve(self._time)
        for outcome in refresh.outcomes(gathered, at_once, planned=planned):
            yield outcome
            unsettled.note(outcome)
            unsettled.reserve(self._time)

    def _queue(self, name: str, variable: str) -> Queue:
        told = self._environment
        session, effects = self._instance.session, self._effects
        return Queue(told.smq, name, told.credentials, session, effects, self._time, variable=variable)
