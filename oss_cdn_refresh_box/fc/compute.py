"""Function Compute for one template: its functions, their triggers, and the clock that drives them."""

import json
import threading
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol

from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.fc import event_bus
from oss_cdn_refresh_box.fc.asynchronous import AsynchronousQueue, Destinations
from oss_cdn_refresh_box.fc.deployed import Deployed
from oss_cdn_refresh_box.fc.instance import Credentials, Platform
from oss_cdn_refresh_box.fc.stream import Manner, Stream
from oss_cdn_refresh_box.smq import Smq
from oss_cdn_refresh_box.wire.closing import Closing
from oss_cdn_refresh_cli.deployment.model import EventTrigger, OssTrigger
from oss_cdn_refresh_cli.deployment.reading.template import Template

HOUR = 3600.0


class Work(Protocol):
    """Something that acts at certain times."""

    def due(self) -> float | None:
        """When to run next, in seconds since the epoch; None if there is nothing to do."""

    def run(self, now: float) -> None:
        """Do everything that is due now."""


class Watch(NamedTuple):
    """An OSS trigger, and the queue of the function that it calls."""

    trigger: OssTrigger
    queue: AsynchronousQueue


class Rule(NamedTuple):
    """An EventBridge trigger, and the queue of the function that it calls."""

    trigger: EventTrigger
    queue: AsynchronousQueue


class FunctionCompute(Closing):
    """The functions of a template, deployed; use it as a context manager.

    Nothing runs by itself: changes and messages wait until somebody calls `settle`.

    functions: by the names of their resources.
    names: the same functions by their own names, each with its queue of events.
    streams: all queue triggers, by their names.
    destinations: its `lost` are the records that no dead-letter queue took.
    works: the functions' queues of events, then the streams: what acts at certain times.
    """

    def __init__(
        self,
        template: Template,
        clock: Clock,
        smq: Smq,
        *,
        environment: Mapping[str, str],
        credentials: Callable[[], Credentials],
        manner: Manner = Manner(),  # noqa: B008 - immutable
    ) -> None:
        self.destinations = Destinations(smq)
        self.functions: dict[str, Deployed] = {}
        self.streams: dict[str, Stream] = {}
        self.names: dict[str, tuple[Deployed, AsynchronousQueue]] = {}
        self._clock = clock
        self.works: list[Work] = []
        self._watches: list[Watch] = []
        self._rules: list[Rule] = []
        self._settling = threading.Lock()
        platform = Platform(clock, template.account, environment, credentials)
        for function in template.functions:
            deployed = Deployed(function, platform)
            queue = AsynchronousQueue(deployed, clock, self.destinations)
            self.functions[function.resource] = deployed
            self._watches += [Watch(trigger, queue) for trigger in function.oss_triggers]
            self._rules += [Rule(trigger, queue) for trigger in function.event_triggers]
            for each in function.event_triggers:
                if each.synchronous:
                    raise ValueError(f"{each.place}: this stand-in does not support synchronous calls by EventBridge")
            for trigger in function.queue_triggers:
                if trigger.name in self.streams:
                    raise ValueError(f"{trigger.place}: there is another event stream of the name {trigger.name}")
                source = smq.queue(trigger.queue)
                self.streams[trigger.name] = Stream(trigger, deployed, queue, source, clock, self.destinations, manner)
            self.works.append(queue)
            self.names[function.name] = deployed, queue
        self.works += self.streams.values()

    def close(self) -> None:
        """End every instance."""
        for deployed in self.functions.values():
            deployed.close()

    def stop(self) -> None:
        """Take no further call, and end every process; any thread may call this, also while functions run."""
        for deployed in self.functions.values():
            deployed.stop()

    def notice(self, record: Mapping[str, Any]) -> None:
        """Take OSS's record of a change; each trigger that matches it submits an event."""
        for watch in self._watches:
            if fits(watch.trigger, record):
                watch.queue.submit(json.dumps({"events": [record]}, ensure_ascii=False).encode())
        for rule in self._rules:
            if event_bus.matches(rule.trigger, record):
                rule.queue.submit(json.dumps(event_bus.event(rule.trigger, record), ensure_ascii=False).encode())

    def settle(self, within: float = HOUR) -> None:
        """Run all events, batches and retries until none is left.

        A batch window or a retry that lies in the future advances the clock, by `within` seconds in all at most; later
        ones stay. A delayed message is not waited for: it appears when somebody advances the clock.
        """
        with self._settling:
            end = self._clock.now() + within
            while (nearest := self._due()) is not None and nearest <= end:
                self._clock.advance(max(0.0, nearest - self._clock.now()))
                for work in self.works:
                    work.run(max(nearest, self._clock.now()))

    def settle_now(self) -> None:
        """Run what is due, until nothing is; the clock stays as it is."""
        with self._settling:
            while any([run_if_due(work, self._clock) for work in self.works]):  # noqa: C419 - each has its turn
                pass

    def _due(self) -> float | None:
        moments = (work.due() for work in self.works)
        return min((moment for moment in moments if moment is not None), default=None)


def run_if_due(work: Work, clock: Clock) -> bool:
    """Run what is due of some work; whether there was any."""
    due = work.due()
    now = clock.now()
    if due is None or due > now:
        return False
    work.run(now)
    return True


def fits(trigger: OssTrigger, record: Mapping[str, Any]) -> bool:
    """Whether a trigger matches a change: bucket, event, prefix and suffix. No key begins with "/"."""
    if record["oss"]["bucket"]["name"] != trigger.bucket:
        return False
    name, key = f"oss:{record['eventName']}", record["oss"]["object"]["key"]
    named = any(name == event or (event.endswith("*") and name.startswith(event[:-1])) for event in trigger.events)
    return bool(named and key.startswith(trigger.prefix) and key.endswith(trigger.suffix))
