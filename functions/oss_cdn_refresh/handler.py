"""One invocation, from the bytes of an event to its summary."""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any

from oss_cdn_refresh import events
from oss_cdn_refresh.delivery.rate_limit import Pace
from oss_cdn_refresh.delivery.submission import Delivery
from oss_cdn_refresh.events.parts import Reading, Unreadable
from oss_cdn_refresh.logs import LEVELS, Log
from oss_cdn_refresh.mapping.gather import Gathered, gather
from oss_cdn_refresh.model.effects import Effects
from oss_cdn_refresh.model.errors import Unaccounted
from oss_cdn_refresh.model.item import Item, Trail
from oss_cdn_refresh.model.outcome import Fate, Outcome, Until
from oss_cdn_refresh.model.patience import Patience, RequestTime
from oss_cdn_refresh.model.quota import Quota, midnight
from oss_cdn_refresh.products.cdn.client import Cdn
from oss_cdn_refresh.queueing import letters
from oss_cdn_refresh.queueing.letters import Letter
from oss_cdn_refresh.queueing.settlement import settle
from oss_cdn_refresh.queueing.smq import Queue
from oss_cdn_refresh.queueing.storing import Unsettled
from oss_cdn_refresh.settings import environment
from oss_cdn_refresh.settings.checks import quoted
from oss_cdn_refresh.settings.config import Config, parse
from oss_cdn_refresh.settings.environment import Environment
from oss_cdn_refresh.settings.sources import Source
from oss_cdn_refresh.summary import Summary, oldest_ms
from oss_cdn_refresh.transport.session import Session

if TYPE_CHECKING:
    from oss_cdn_refresh.planner.stocked import Stocked

INVALID = "InvalidItem"
BATCHED = "Batched"
REASONS_SHOWN = 5  # in the exception; each has a line of its own

CONFIGURATION_SECONDS = 60.0  # for which a configuration in OSS is believed


def configurations(session: Session) -> Source[Config]:
    """The configurations that an instance keeps."""
    fresh = CONFIGURATION_SECONDS
    return Source(session, parse, fresh_seconds=fresh, variable="REFRESH_CONFIG", kept="configuration_kept")


class Instance:
    """What an instance of the function keeps between invocations: session, pace, quota, configuration, inventory."""

    def __init__(self, effects: Effects) -> None:
        self.effects = effects
        self.session = Session()
        self.pace = Pace(effects.monotonic)
        self.quota = Quota(effects.monotonic)
        self.configurations = configurations(self.session)
        self.request_time = RequestTime()

    @cached_property
    def stocked(self) -> "Stocked":
        """The inventory, which only a batch of the queue asks for."""
        from oss_cdn_refresh.planner.stocked import Stocked  # noqa: PLC0415 - a cold start for one upload never needs it

        return Stocked(self.session)

    def prepare(self, context: Any, environ: Mapping[str, str]) -> None:
        """Load what the first invocation will need.

        :raises ConfigurationError: the configuration or the environment are wrong.
        """
        log = log_of(context, environ)
        around = environment.read(context, environ)
        self.configurations.read(around.config, around, self.effects, log)
        self.session.prepare(around.cdn, around.smq)


def invoke(event: bytes, context: Any, instance: Instance, environ: Mapping[str, str]) -> dict[str, Any]:
    """Work on one event; returns the summary, and leaves it in the log whatever happens.

    :raises ConfigurationError: nothing was done, a person must act; the platform keeps the event.
    :raises Unaccounted: all is done that could be done, and the event must be delivered again for the rest.
    """
    began = instance.effects.monotonic()
    log = log_of(context, environ)
    summary = Summary()
    try:
        Invocation(instance, environment.read(context, environ), log, summary).work(event)
    finally:
        duration = round((instance.effects.monotonic() - began) * 1000)
        log.summary(duration_ms=duration, lag_ms=summary.lag_ms(), **summary.collapse(), **summary.fields())
    return summary.fields()


def log_of(context: Any, environ: Mapping[str, str]) -> Log:
    """The log of an invocation: what it needs is there even where the rest of the environment is wrong."""
    level = environ.get("LOG_LEVEL") or "INFO"
    log = Log(str(getattr(context, "request_id", None) or ""), level)
    if level not in LEVELS:
        what = f"environment: LOG_LEVEL: {quoted(level)} is no level, and INFO is taken"
        log.warning("log_level_unknown", message=f"{what}: write {', '.join(LEVELS[:-1])} or {LEVELS[-1]}")
    return log


class Invocation:
    """The work on one event, counted into a summary."""

    def __init__(self, instance: Instance, around: Environment, log: Log, summary: Summary) -> None:
        self._instance = instance
        self._effects = instance.effects
        self._around = around
        self._log = log
        self._summary = summary
        self._patience = Patience(around.timeout, instance.effects, instance.request_time)
        self._dead_letters = self._queue(around.dead_letters, "DEAD_LETTER_QUEUE")
        self._backlog = self._queue(around.backlog, "BACKLOG_QUEUE")

    def work(self, event: bytes) -> None:
        """Read the event, refresh what it asks for, put away the rest.

        :raises ConfigurationError: before anything is done.
        :raises Unaccounted: when everything else is done.
        """
        self._around.credentials()  # where there are none, that is said before anything is half done
        self._instance.session.prepare(self._around.cdn, self._around.smq)  # likewise for the CA bundle
        configurations, where = self._instance.configurations, self._around.config
        config = configurations.read(where, self._around, self._effects, self._log)
        reading = events.read(event)
        gathered = gather(reading, config, self._effects.now())
        items = gathered.items
        self._summary.changes = len(reading.changes)
        self._summary.ignored = gathered.ignored
        self._summary.unreadable = len(reading.unreadable)
        self._summary.urls = len(items)
        for name, changes in gathered.unknown.items():
            self._log.warning("unknown_event", name=name, changes=changes)
        unsettled = Unsettled(items, reading.unreadable)
        broken = self._letters_of(reading.unreadable)
        self._reserve(unsettled)
        reasons, later = self._put_away(broken, unsettled, early=True)
        self._reserve(unsettled)
        from_queue = bool(reading.waiting) or any(change.queued for change in reading.changes)
        at_once = self._at_once(reading, gathered, config)
        outcomes = []
        for outcome in self._outcomes(gathered, at_once, config, from_queue=from_queue):
            outcomes.append(outcome)
            unsettled.note(outcome)
            self._reserve(unsettled)
        settled = settle(outcomes, items, self._backlog, self._dead_letters, self._effects)
        self._summary.count(settled.outcomes)
        self._report(settled.outcomes, items)
        for item, reason in settled.unaccounted:
            self._log.error("unaccounted", reason=reason, object_type=item.type, url=item.url)
            reasons[reason] += 1
        reasons.update(self._put_away(chain(later, broken), unsettled, early=False)[0])
        if reasons:
            raise Unaccounted(reasons.total(), list(reasons)[:REASONS_SHOWN])

    def _at_once(self, reading: Reading, gathered: Gathered, config: Config) -> Container[Item]:
        """The items that are worked on now; the others only go into the backlog, for the queue trigger to bring."""
        queued = reading.queued() if self._around.batched else reading
        if len(queued.changes) + len(queued.waiting) == len(reading.changes) + len(reading.waiting):
            return gathered.items
        return gather(queued, config, self._effects.now()).items

    def _outcomes(
        self, gathered: Gathered, at_once: Container[Item], config: Config, *, from_queue: bool
    ) -> Iterator[Outcome]:
        """One outcome for each item: from the CDN, or without it where an item must not be submitted, or not yet."""
        items = gathered.items
        yield from (Outcome((item,), Fate.DEAD_LETTERED, INVALID, why) for item, why in gathered.faults.items())
        if gathered.faults:
            items = {item: trail for item, trail in items.items() if item not in gathered.faults}
        early = tuple(item for item in items if item not in at_once)
        if early:
            yield Outcome(early, Fate.DEFERRED, BATCHED, until=Until.TRIGGER)
            items = {item: trail for item, trail in items.items() if item in at_once}
        credentials, session = self._around.credentials, self._instance.session
        cdn = Cdn(self._around.cdn, config.ignore_params_type, credentials, session, self._effects)
        pace, quota, rate = self._instance.pace, self._instance.quota, self._around.calls_per_second
        delivery = Delivery(cdn, config.limits, pace, quota, self._patience, self._log, calls_per_second=rate)
        quota.begin(midnight(self._effects.now()))
        try:
            yield from self._delivered(items, delivery, config, rationed=from_queue)
        finally:
            self._summary.requests = cdn.requests
            self._summary.task_ids = delivery.task_ids

    def _delivered(
        self, items: Mapping[Item, Trail], delivery: Delivery, config: Config, *, rationed: bool
    ) -> Iterator[Outcome]:
        """The outcomes of items that may be submitted: of all as they are, or of what stands for them."""
        quota, now = self._instance.quota, self._effects.now()
        found = None
        if rationed:
            from oss_cdn_refresh.planner import rationing  # noqa: PLC0415 - a cold start for one upload never needs it

            if quota.worth_asking(Counter(item.type for item in items)):
                delivery.ask_quota()
            found = rationing.ration(items, quota, config, lambda: self._live(config), now, self._log)
            if found and found.waiting:
                rationing.forecast(items, found, quota, config, now, self._log)
                yield rationing.put_off(found.waiting)
        for outcome in delivery.deliver(found.sent if found else items, midnight(now)):
            meant = outcome._replace(items=found.original(outcome.items)) if found else outcome
            if outcome.fate is Fate.REFRESHED:
                self._summary.accepted((items[item] for item in meant.items), self._effects.now())
                if found:
                    self._summary.collapsed(*found.stood_for(outcome.items))
            yield meant

    def _live(self, config: Config) -> Mapping[str, float] | None:
        return self._instance.stocked.live(config, self._around, self._effects, self._log)

    def _letters_of(self, unreadable: Iterable[Unreadable]) -> Iterator[tuple[Unreadable, Letter]]:
        """The dead letters of the records that cannot be read."""
        now = self._effects.now()
        for broken in unreadable:
            self._log.error("unreadable", message=broken.why, payload=broken.payload)
            for letter in letters.unreadable(broken, now):
                yield broken, letter

    def _reserve(self, unsettled: Unsettled) -> None:
        """Let the calls to the CDN end in time for storing what is not settled."""
        self._patience.reserve(unsettled.seconds(self._patience.request_time.seconds))

    def _put_away(
        self, broken: Iterator[tuple[Unreadable, Letter]], unsettled: Unsettled, *, early: bool
    ) -> tuple[Counter[str], list[tuple[Unreadable, Letter]]]:
        """Send the dead letters of records that cannot be read: why some could not be sent, and those for later.

        Early, before the first call, no time is spent on a queue that fails: it gets what it did not take at the end.
        """
        reasons: Counter[str] = Counter()
        later: list[tuple[Unreadable, Letter]] = []
        records: dict[int, Unreadable] = {}

        def now() -> Iterator[Letter]:
            while not early or (self._patience.early() and not later):
                record, letter = next(broken, (None, None))
                if record is None or letter is None:
                    return
                records[id(letter)] = record
                yield letter

        for letter, refusal in self._dead_letters.send(now(), wait=not early):
            record = records.pop(id(letter))
            if refusal is None:
                unsettled.stored(letter)
            elif early and refusal.retryable and not self._dead_letters.down:
                later.append((record, letter))
            else:
                self._log.error("unaccounted", reason=str(refusal), payload=record.payload)
                reasons[str(refusal)] += 1
        return reasons, later

    def _report(self, outcomes: Iterable[Outcome], trails: Mapping[Item, Trail]) -> None:
        """One line for each reason why items were not refreshed."""
        by_reason: dict[tuple[Fate, str, str], list[Item]] = {}
        for outcome in outcomes:
            if outcome.fate is not Fate.REFRESHED:
                by_reason.setdefault((outcome.fate, outcome.reason, outcome.message), []).extend(outcome.items)
        for (fate, reason, message), items in by_reason.items():
            as_intended = self._log.info if reason == BATCHED else self._log.warning
            write = self._log.error if fate is Fate.DEAD_LETTERED else as_intended
            write(
                fate.value,
                reason=reason,
                message=message,
                items=len(items),
                oldest_ms=oldest_ms((trails[item] for item in items), self._effects.now()),
                urls=[item.url for item in items],
            )

    def _queue(self, name: str, variable: str) -> Queue:
        around = self._around
        return Queue(
            around.smq,
            name,
            around.credentials,
            self._instance.session,
            self._effects,
            self._patience,
            variable=variable,
        )
