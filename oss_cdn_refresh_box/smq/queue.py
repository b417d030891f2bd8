"""One SMQ queue: messages that are delayed, active or inactive, and vanish after the retention period.

Facts: "CreateQueue", "SendMessage", "ReceiveMessage", "DeleteMessage" and "ChangeMessageVisibility" in the SMQ
documentation. All times are the movable clock's. A receipt handle is valid until the message becomes visible again;
the next receiver gets a new one.
"""

import base64
import hashlib
import heapq
import itertools
import threading
import time
from typing import NamedTuple

from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.smq.errors import SmqError

LIMITS = {  # attribute: (least, most), seconds or bytes; "CreateQueue"
    "DelaySeconds": (0, 604_800),
    "MaximumMessageSize": (1_024, 65_536),
    "MessageRetentionPeriod": (60, 604_800),
    "PollingWaitSeconds": (0, 30),
    "VisibilityTimeout": (1, 43_200),
}
PRIORITIES = (1, 16)  # 1 goes first; "SendMessage"
LATER_VISIBILITY = (0, 43_200)  # seconds; "ChangeMessageVisibility", 0 because the SDK allows it
RECEIPT = "1-"  # how every receipt handle begins
POLL = 0.02  # seconds of real time between two looks at the clock, which does not say when it was moved


class QueueAttributes(NamedTuple):
    """What can be set on a queue; seconds and bytes, defaults as documented. No log is written where one is enabled."""

    visibility_timeout: int = 30
    delay_seconds: int = 0
    maximum_message_size: int = 65_536
    message_retention_period: int = 345_600
    polling_wait_seconds: int = 0
    logging_enabled: bool = False


class Counts(NamedTuple):
    """How many messages are in which state."""

    active: int
    inactive: int
    delayed: int


class Message(NamedTuple):
    """A message as it stands in the queue; moments in seconds since the epoch."""

    id: str
    body: str  # as it came over the wire: still Base64 where the sender encoded it
    sent_at: float
    visible_at: float
    delay: int
    dequeue_count: int = 0
    first_dequeued_at: float | None = None
    priority: int = 8
    receipt: str = ""

    @property
    def md5(self) -> str:
        """Of the body as it came over the wire, upper-case hex."""
        return hashlib.md5(self.body.encode(), usedforsecurity=False).hexdigest().upper()


def between(name: str, value: int, limits: tuple[int, int]) -> int:
    """The value, if it lies within the limits; else InvalidArgument in the documentation's words."""
    least, most = limits
    if not least <= value <= most:
        raise SmqError("InvalidArgument", f"The value of {name} should between {least} and {most} seconds/bytes.")
    return value


class Queue:
    """A queue, as the actions use it and as tests look into it.

    `created_at` and `modified_at` are seconds since the epoch.
    """

    def __init__(self, name: str, clock: Clock, attributes: QueueAttributes | None = None) -> None:
        self.name = name
        self.attributes = attributes or QueueAttributes()
        self.created_at = self.modified_at = clock.now()
        self._clock = clock
        self._messages: dict[str, Message] = {}
        self._serial = itertools.count(1)
        self._changed = threading.Condition(threading.RLock())
        self._closed = False

    def messages(self) -> list[Message]:
        """Everything in the queue, in the order in which it was sent."""
        with self._changed:
            self._expire()
            return list(self._messages.values())

    def counts(self) -> Counts:
        """How many messages are active, inactive (received and not deleted) and delayed."""
        messages = self.messages()
        now = self._clock.now()
        hidden = [message for message in messages if message.visible_at > now]
        delayed = sum(1 for message in hidden if message.dequeue_count == 0)
        return Counts(len(messages) - len(hidden), len(hidden) - delayed, delayed)

    def check(self, body: str, delay: int | None, priority: int) -> None:
        """Raise InvalidArgument for a message that the queue does not take."""
        between("MessageBody", len(body.encode()), (1, self.attributes.maximum_message_size))
        between("DelaySeconds", self.attributes.delay_seconds if delay is None else delay, LIMITS["DelaySeconds"])
        between("Priority", priority, PRIORITIES)

    def send(self, body: str, delay: int | None = None, priority: int = 8) -> Message:
        """Put a message in; without `delay` the queue's own counts."""
        self.check(body, delay, priority)
        seconds = self.attributes.delay_seconds if delay is None else delay
        with self._changed:
            now = self._clock.now()
            message = Message(self._next_id(), body, now, now + seconds, seconds, priority=priority)
            self._messages[message.id] = message
            self._changed.notify_all()
        return message

    def receive(self, most: int = 1, wait: float = 0) -> list[Message]:
        """Take up to `most` visible messages and hide them for the visibility timeout.

        Waits up to `wait` seconds of real time for the first one: until something arrives or the clock is moved.
        """
        end = time.monotonic() + wait
        with self._changed:
            while not (found := self._visible(most)) and not self._closed and (left := end - time.monotonic()) > 0:
                self._changed.wait(min(left, POLL))
            return [self._take(message) for message in found]

    def peek(self, most: int = 1) -> list[Message]:
        """Up to `most` visible messages, left as they are."""
        with self._changed:
            return self._visible(most)

    def delete(self, receipt: str) -> None:
        """Delete the message with this handle; ReceiptHandleError if the handle is not its last one, or expired."""
        with self._changed:
            del self._messages[self._received(receipt).id]

    def change_visibility(self, receipt: str, seconds: int) -> Message:
        """Let a received message reappear in so many seconds from now, under a new handle."""
        between("VisibilityTimeout", seconds, LATER_VISIBILITY)
        with self._changed:
            message = self._received(receipt)
            return self._hide(message, self._clock.now() + seconds)

    def close(self) -> None:
        """End every wait for a message."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _visible(self, most: int) -> list[Message]:
        self._expire()
        now = self._clock.now()
        visible = (message for message in self._messages.values() if message.visible_at <= now)
        return heapq.nsmallest(most, visible, key=lambda message: message.priority)

    def _take(self, message: Message) -> Message:
        now = self._clock.now()
        taken = message._replace(
            dequeue_count=message.dequeue_count + 1,
            first_dequeued_at=now if message.first_dequeued_at is None else message.first_dequeued_at,
        )
        return self._hide(taken, now + self.attributes.visibility_timeout)

    def _hide(self, message: Message, until: float) -> Message:
        plain = f"{message.id}-{int(until)}-{message.dequeue_count}-{next(self._serial)}"
        receipt = RECEIPT + base64.b64encode(plain.encode()).decode()
        hidden = message._replace(visible_at=until, receipt=receipt)
        self._messages[message.id] = hidden
        return hidden

    def _received(self, receipt: str) -> Message:
        self._expire()
        message = self._messages.get(_id_within(receipt))
        if message is None or message.receipt != receipt or message.visible_at <= self._clock.now():
            raise SmqError("ReceiptHandleError", "The receipt handle you provide is not valid.")
        return message

    def _expire(self) -> None:
        kept_since = self._clock.now() - self.attributes.message_retention_period
        while self._messages and (oldest := next(iter(self._messages.values()))).sent_at <= kept_since:
            del self._messages[oldest.id]

    def _next_id(self) -> str:
        return hashlib.md5(f"{self.name}/{next(self._serial)}".encode(), usedforsecurity=False).hexdigest()[:16].upper()


def _id_within(receipt: str) -> str:
    """The message id that a handle contains; "" if it is not a handle."""
    try:
        return base64.b64decode(receipt.removeprefix(RECEIPT)).decode().partition("-")[0]
    except ValueError:
        return ""
