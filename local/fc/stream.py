"""An event stream: a queue trigger that brings the messages of an SMQ queue to a function, in batches.

Facts: Function Compute 3.0, "SMQ queue triggers" and "Advanced features of triggers"; EventBridge, "Retries and dead
letters". One batch at a time: while one is being retried, nothing else is pulled.
"""

import base64
import binascii
import contextlib
import json
import uuid
from collections import deque
from datetime import datetime, timezone
from typing import Any, Literal, NamedTuple

from infra.template import QueueTrigger
from local.clock import Clock
from local.fc.asynchronous import AsynchronousQueue
from local.fc.deployed import Deployed
from local.fc.destinations import Destinations
from local.smq import Message, Queue, SmqError

PAUSES = {  # seconds before each retry
    "BACKOFF_RETRY": (15.0,) * 3,  # documented as 10 to 20 s
    "EXPONENTIAL_DECAY_RETRY": (*(2.0**n for n in range(9)), *(512.0,) * 167),  # 176 in 24 h
}


class Manner(NamedTuple):
    """How a stream behaves where no document says it.

    deletes: messages from the queue, before or after the function's answer.
    dead_record: a dead message is its bare body, an event as the function gets it, or the whole batch in one.
    """

    deletes: Literal["before", "after"] = "after"
    dead_record: Literal["body", "event", "batch"] = "event"


Crash = Literal["received", "answered"] | None


class Stream:
    """One queue trigger.

    stopped: it had to give up a batch and `errorsTolerance` is NONE.
    crashes: where the runner dies, one entry a call: before it calls the function, or after the function's answer. It
        is there again at once and has forgotten the batch, which comes back when its visibility timeout is over.
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
            raise ValueError(f"{trigger.place}: {trigger.mode} is not played here")
        self.stopped = False
        self.crashes: deque[Crash] = deque()
        self._trigger = trigger
        self._deployed = deployed
        self._asynchronous = asynchronous
        self._queue = queue
        self._clock = clock
        self._destinations = destinations
        self._manner = manner
        self._batch: list[Message] = []
        self._due = 0.0  # when the batch is complete, or to be tried again
        self._tries = 0

    def due(self) -> float | None:
        """When there is something to do; None while the queue has nothing to bring."""
        if self._batch:
            return self._due
        if self.stopped or not self._trigger.enabled or not self._queue.peek():
            return None
        return self._clock.now()

    def run(self, now: float) -> None:
        """Do what is due."""
        if self.due() is None:
            return
        if not self._tries:
            self._pull(now)
        if self._batch and self._due <= now:
            self._try()

    def _pull(self, now: float) -> None:
        """Take what is visible; the first message opens the window, time or a full batch closes it."""
        if not self._batch:
            self._due = now + self._trigger.window_seconds
        pulled = self._queue.receive(self._trigger.window_messages - len(self._batch))
        self._batch += pulled
        if self._manner.deletes == "before":
            self._delete(pulled)
        if len(self._batch) >= self._trigger.window_messages:
            self._due = now

    def _try(self) -> None:
        crash = self.crashes.popleft() if self.crashes else None
        if crash == "received":
            self._forget()
            return
        event = json.dumps([self._event(message) for message in self._batch]).encode()
        pauses = PAUSES[self._trigger.retry_strategy]
        taken = self._call(event)
        if crash == "answered":
            self._forget()
            return
        if not taken and self._tries < len(pauses):
            self._due = self._clock.now() + pauses[self._tries]
            self._tries += 1
            return
        if not taken:
            self._give_up()
        if self._manner.deletes == "after" and not self.stopped:
            self._delete(self._batch)
        self._forget()

    def _forget(self) -> None:
        self._batch, self._tries = [], 0

    def _call(self, event: bytes) -> bool:
        """Whether the batch was worked off or, where the trigger calls asynchronously, is the function's to try."""
        if self._trigger.synchronous:
            return not self._deployed.invoke(event).error
        self._asynchronous.submit(event)
        return True

    def _give_up(self) -> None:
        if self._trigger.errors_tolerance == "NONE":
            self.stopped = True
        elif self._trigger.dead_letter_arn:
            for record in self._dead_records():
                self._destinations.send(self._trigger.dead_letter_arn, record)

    def _dead_records(self) -> list[str]:
        events = [self._event(message) for message in self._batch]
        match self._manner.dead_record:
            case "body":
                return [message.body for message in self._batch]
            case "event":
                return [json.dumps(event) for event in events]
            case "batch":
                return [json.dumps(events)]

    def _delete(self, messages: list[Message]) -> None:
        """A message whose visibility timeout has run out meanwhile stays in the queue, and comes again."""
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
    """A body without its Base64; one that has none as it is (UNCONFIRMED)."""
    try:
        return base64.b64decode(body, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return body


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
