"""An event stream: a queue trigger that brings the messages of an SMQ queue to a function, in batches.

Facts: Function Compute 3.0, "SMQ queue triggers" and "Advanced features of triggers"; EventBridge, "Retries and dead
letters". Usually a stream works on one batch: while it retries the batch, it pulls no other message.

UNCONFIRMED: `maximumTasks` is documented for Function Compute 2.0 alone, so a stream may work on several batches. The
platform answers 429 to a synchronous call while every instance is busy; the stream retries it as any other failure.
"""

import base64
import binascii
import contextlib
import json
import uuid
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, Literal, NamedTuple

from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.fc.asynchronous import AsynchronousQueue, Destinations
from oss_cdn_refresh_box.fc.deployed import Deployed
from oss_cdn_refresh_box.smq import Message, Queue, SmqError
from oss_cdn_refresh_cli.deployment.model import QueueTrigger

PAUSES = {  # seconds before each retry
    "BACKOFF_RETRY": (15.0,) * 3,  # documented as 10 to 20 s
    "EXPONENTIAL_DECAY_RETRY": (*(2.0**n for n in range(9)), *(512.0,) * 167),  # 176 in 24 h
}


class Manner(NamedTuple):
    """How a stream behaves where no document says it.

    deletes: when it deletes messages from the queue: before or after the function's answer.
    dead_record: the record of a dead message: its bare body, an event as the function gets it, or one for the batch.
    batches: the number of batches at a time; more than one as if the platform ignored `maximumTasks: 1`.
    """

    deletes: Literal["before", "after"] = "after"
    dead_record: Literal["body", "event", "batch"] = "event"
    batches: int = 1


Crash = Literal["received", "answered"] | None


@dataclass(eq=False)
class Batch:
    """Messages for one call; `due` is when the batch is complete, or to be tried again."""

    due: float
    messages: list[Message] = field(default_factory=list)
    tries: int = 0


class Stream:
    """One queue trigger.

    stopped: the stream gave up a batch, and `errorsTolerance` is NONE.
    throttled: the number of calls answered with 429 because every instance was busy.
    crashes: where the stream's process ends, one entry a call: before it calls the function, or after the function's
        answer. A new process starts at once and does not know the batch, which becomes visible again in the queue.
    """

    def __init__(
        self,
        trigger: QueueTrigger,
        deployed: Deployed,
        asynchronous: AsynchronousQueue,
        queue: Queue,
        clock: Clock,
        destinations: Destinations,
        manner: Manner,
    ) -> None:
        if trigger.mode != "event-streaming":
            raise ValueError(f"{trigger.place}: this stand-in does not support {trigger.mode}")
        self.stopped = False
        self.throttled = 0
        self.crashes: deque[Crash] = deque()
        self._trigger = trigger
        self._deployed = deployed
        self._asynchronous = asynchronous
        self._queue = queue
        self._clock = clock
        self._destinations = destinations
        self._manner = manner
        self._batches: list[Batch] = []  # oldest first; only the last one may be incomplete

    def due(self) -> float | None:
        """When to run next, in seconds since the epoch; None if there is nothing to do."""
        if self._may_pull() and self._queue.peek():
            return self._clock.now()
        return min((batch.due for batch in self._batches), default=None)

    def run(self, now: float) -> None:
        """Fill batches, then call the function with all complete ones, in parallel."""
        while self._may_pull() and self._pull(now):
            pass
        due = [batch for batch in self._batches if batch.due <= now]
        if not due:
            return
        free = max(0, self._deployed.cap - len(self._deployed.busy)) if self._trigger.synchronous else len(due)
        for batch in due[free:]:
            self.throttled += 1
            self._after(batch, taken=False)
        if free:
            with ThreadPoolExecutor(min(free, len(due))) as workers:
                list(workers.map(self._try, due[:free]))

    def _filling(self) -> Batch | None:
        """The batch that is not complete and was never tried."""
        last = self._batches[-1] if self._batches else None
        return last if last and not last.tries and len(last.messages) < self._trigger.window_messages else None

    def _may_pull(self) -> bool:
        room = self._filling() or len(self._batches) < self._manner.batches
        return bool(room) and self._trigger.enabled and not self.stopped

    def _pull(self, now: float) -> bool:
        """Receive visible messages; returns whether there was any.

        The first message of a batch opens its time window. When the window ends or the batch is full, it is complete.
        """
        batch = self._filling() or Batch(now + self._trigger.window_seconds)
        pulled = self._queue.receive(self._trigger.window_messages - len(batch.messages))
        if not pulled:
            return False
        if not batch.messages:
            self._batches.append(batch)
        batch.messages += pulled
        if self._manner.deletes == "before":
            self._delete(pulled)
        if len(batch.messages) >= self._trigger.window_messages:
            batch.due = now
        return True

    def _try(self, batch: Batch) -> None:
        crash = self.crashes.popleft() if self.crashes else None
        if crash == "received":
            self._batches.remove(batch)
            return
        taken = self._call(json.dumps([self._event(message) for message in batch.messages]).encode())
        if crash == "answered":
            self._batches.remove(batch)
            return
        self._after(batch, taken=taken)

    def _after(self, batch: Batch, *, taken: bool) -> None:
        """Retry a batch that the function did not take, give it up, or finish it."""
        pauses = PAUSES[self._trigger.retry_strategy]
        if not taken and batch.tries < len(pauses):
            batch.due = self._clock.now() + pauses[batch.tries]
            batch.tries += 1
            return
        if not taken:
            self._give_up(batch)
        if self._manner.deletes == "after" and not self.stopped:
            self._delete(batch.messages)
        self._batches.remove(batch)

    def _call(self, event: bytes) -> bool:
        """Whether the function took the batch; an asynchronous call always does."""
        if self._trigger.synchronous:
            return not self._deployed.invoke(event).error
        self._asynchronous.submit(event)
        return True

    def _give_up(self, batch: Batch) -> None:
        if self._trigger.errors_tolerance == "NONE":
            self.stopped = True
        elif self._trigger.dead_letter_arn:
            for record in self._dead_records(batch):
                self._destinations.send(self._trigger.dead_letter_arn, record)

    def _dead_records(self, batch: Batch) -> list[str]:
        events = [self._event(message) for message in batch.messages]
        match self._manner.dead_record:
            case "body":
                return [message.body for message in batch.messages]
            case "event":
                return [json.dumps(event) for event in events]
            case "batch":
                return [json.dumps(events)]

    def _delete(self, messages: list[Message]) -> None:
        """A message whose visibility timeout is over stays in the queue and is received again."""
        for message in messages:
            with contextlib.suppress(SmqError):
                self._queue.delete(message.receipt)

    def _event(self, message: Message) -> dict[str, Any]:
        """A message as the function gets it: a CloudEvent, or only its data (RawData)."""
        body = _decoded(message.body) if self._trigger.base64 else message.body
        data = {"requestId": message.receipt[-24:], "messageId": message.id, "messageBody": body}
        if self._trigger.schema == "RawData":
            return data
        function = self._deployed.function
        account = self._deployed.arn.split(":")[3]
        source = f"MNS-{function.name}-{self._trigger.name}"
        return {
            "id": str(uuid.uuid5(uuid.NAMESPACE_OID, message.id)),
            "source": source,
            "specversion": "1.0",
            "type": "mns:Queue:SendMessage",
            "datacontenttype": "application/json; charset=utf-8",
            "subject": f"acs:mns:{function.region}:{account}:queues/{self._queue.name}",
            "time": _moment(message.sent_at),
            "aliyunaccountid": account,
            "aliyunpublishtime": _moment(self._clock.now()),
            "aliyunoriginalaccountid": account,
            "aliyuneventbusname": source,
            "aliyunregionid": function.region,
            "aliyunpublishaddr": "127.0.0.1",
            "data": data,
        }


def _decoded(body: str) -> str:
    """The decoded body; a body that is not Base64 stays as it is (UNCONFIRMED)."""
    try:
        return base64.b64decode(body, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return body


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
