"""Asynchronous invocations of one function: retries, the age of events, the failure destination.

Facts: Function Compute 3.0, "Asynchronous invocation"; `maxAsyncRetryAttempts`, `maxAsyncEventAgeInSeconds` and
`destinationConfig` of its API. UNCONFIRMED: how long it waits between tries.
"""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.fc.deployed import Deployed
from oss_cdn_refresh_box.fc.instance import Answer
from oss_cdn_refresh_box.smq import Smq, SmqError

FIRST_PAUSE = 1.0  # seconds by the clock before the first retry, doubled with each further one


class Lost(NamedTuple):
    """A record that no queue took, and the error code."""

    arn: str
    body: str
    why: str


class Destinations:
    """The SMQ queues of failure destinations and dead letters, named by ARN.

    The platform drops a record that its queue refuses; here it is in `lost`.
    """

    def __init__(self, smq: Smq) -> None:
        self.lost: list[Lost] = []
        self._smq = smq

    def send(self, arn: str, body: str) -> None:
        """Put a record into the queue of `acs:mns:<region>:<account>:/queues/<name>`, with or without `/messages`."""
        name = arn.partition("/queues/")[2].removesuffix("/messages")
        try:
            self._smq.queue(name).send(body)
        except KeyError:
            self.lost.append(Lost(arn, body, "QueueNotExist"))
        except SmqError as error:
            self.lost.append(Lost(arn, body, error.refusal.code))


class Waiting(NamedTuple):
    """An event and the number of its tries; `since` and `due` in seconds since the epoch."""

    request_id: str
    event: bytes
    since: float
    due: float
    tries: int = 0


class AsynchronousQueue:
    """The function's own queue of events; `outdated` are those that it dropped for their age.

    Events that are due together run in parallel, on as many instances as the function may have.
    """

    def __init__(self, deployed: Deployed, clock: Clock, destinations: Destinations) -> None:
        self.outdated: list[Waiting] = []
        self._deployed = deployed
        self._clock = clock
        self._destinations = destinations
        self._waiting: list[Waiting] = []
        self._lock = threading.Lock()

    @property
    def waiting(self) -> tuple[Waiting, ...]:
        """The events to be tried, for the first time or again."""
        with self._lock:
            return tuple(self._waiting)

    def submit(self, event: bytes) -> str:
        """Take an event; returns the request id."""
        now = self._clock.now()
        waiting = Waiting(self._deployed.request_id(), event, now, now)
        with self._lock:
            self._waiting.append(waiting)
        return waiting.request_id

    def due(self) -> float | None:
        """When the next event is to be tried, in seconds since the epoch; None if there is none."""
        return min((waiting.due for waiting in self.waiting), default=None)

    def run(self, now: float) -> None:
        """Try every event that is due."""
        with self._lock:
            due = [waiting for waiting in self._waiting if waiting.due <= now]
            self._waiting = [waiting for waiting in self._waiting if waiting.due > now]
        if due:
            with ThreadPoolExecutor(min(self._deployed.cap, len(due))) as workers:
                list(workers.map(self._try, due))

    def _try(self, waiting: Waiting) -> None:
        function = self._deployed.function
        if self._clock.now() - waiting.since > function.async_event_age:
            self.outdated.append(waiting)
            return
        answer = self._deployed.invoke(waiting.event, waiting.request_id)
        if not answer.error:
            return
        tries = waiting.tries + 1
        if tries <= function.async_retries:
            pause = FIRST_PAUSE * 2 ** (tries - 1)
            with self._lock:
                self._waiting.append(waiting._replace(tries=tries, due=self._clock.now() + pause))
        elif function.failure_destination:
            self._destinations.send(function.failure_destination, self._record(waiting, tries, answer))

    def _record(self, waiting: Waiting, tries: int, answer: Answer) -> str:
        return json.dumps(
            {
                "timestamp": int(self._clock.now() * 1000),
                "requestContext": {
                    "requestId": waiting.request_id,
                    "functionArn": self._deployed.arn,
                    "condition": answer.error,
                    "approximateInvokeCount": tries,
                },
                "requestPayload": waiting.event.decode(errors="replace"),
                "responseContext": {"statusCode": 200, "functionError": answer.error},
                "responsePayload": answer.payload,
            }
        )
