"""A queue of SMQ for an operator: all of it can be received, given back, sent and deleted, 16 messages at a time.

Sources: SMQ API 2015-06-06, "BatchReceiveMessage", "BatchSendMessage",
"BatchDeleteMessage", "ChangeMessageVisibility", "GetQueueAttributes".
"""

import base64
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, TypeVar

from oss_cdn_refresh.events.message_format import BATCH_BYTES, ENTRY_BYTES, REQUEST_BYTES, escaped
from oss_cdn_refresh.model.effects import Effects
from oss_cdn_refresh.transport.credentials import Source
from oss_cdn_refresh_cli.clients import smq_sdk
from oss_cdn_refresh_cli.clients.smq_refusals import (
    ABOUT_A_MESSAGE,
    EMPTY,
    GONE,
    NO_ANSWER,
    PASSING,
    PartlyRefused,
    sentence,
    translated,
)
from oss_cdn_refresh_cli.shared.errors import Failed, Refused, Unanswered
from oss_cdn_refresh_cli.shared.waiting import SECONDS

BATCH = 16  # messages in one call: receiving, sending, deleting, peeking
BATCH_ROOM = REQUEST_BYTES - BATCH_BYTES  # bytes for the messages in one call, as they are sent
LONGEST_HIDDEN = 43_200  # seconds, ChangeMessageVisibility
TRIES = 5
FIRST_PAUSE = 0.2  # seconds before the second try, doubled with each
NAME = r"[A-Za-z0-9][A-Za-z0-9-]{0,119}"
NOT_IN_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # or read as another character: "\r"

_T = TypeVar("_T")


class Message(NamedTuple):
    """A message as it was received or peeked at; moments are epoch seconds by SMQ's clock.

    fault: why `body` only shows what SMQ has, where XML cannot carry that; "" where it is the body itself.
    """

    id: str
    body: str
    enqueued_at: float
    receipt: str = ""
    visible_at: float = 0.0
    fault: str = ""


class Attributes(NamedTuple):
    """How many messages a queue has, about, and for how many seconds it keeps them, and hides those received."""

    active: int
    inactive: int
    delayed: int
    retention: int
    visibility: int

    @property
    def total(self) -> int:
        """All that is in it."""
        return self.active + self.inactive + self.delayed


class Queue:
    """One queue. Refusals that pass are tried again; those that do not are raised, each with what to do.

    `variable` is the setting that names it, `seconds` what an answer may take, `tries` how often it is asked for one.
    Not for several threads, as the SDK is not; use it as a context manager. `unanswered` counts the requests that SMQ
    may have acted on all the same.
    """

    def __init__(
        self,
        endpoint: str,
        name: str,
        variable: str,
        credentials: Source,
        effects: Effects,
        *,
        seconds: float = SECONDS,
        tries: int = TRIES,
    ) -> None:
        if not re.fullmatch(NAME, name):
            raise Failed(f'{variable}: "{name}" is no name of a queue: letters, digits and hyphens, 120 at most')
        self.name = name
        self._where = f'queue "{name}" ({variable}) at {endpoint}'
        self._endpoint = endpoint
        self._who = smq_sdk.Who(credentials)
        self._effects = effects
        self._seconds = seconds
        self._tries = tries
        self.unanswered = 0
        self._sdk: Any = None
        self._soonest = 0  # seconds; documents say 1 at least, the SDK and the service's own samples 0

    def __enter__(self) -> "Queue":
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connection."""
        if self._sdk is not None:
            self._sdk.mns_client.close_connection()

    def attributes(self) -> Attributes:
        """What the queue says of itself."""

        def read() -> Attributes:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # of the counts, which nothing else gives
                found = self._queue().get_attributes()
                figures = (found.active_messages, found.inactive_messages, found.delay_messages)
            return Attributes(*map(int, (*figures, found.message_retention_period, found.visibility_timeout)))

        return self._tried(read)

    def receive(self) -> list[Message]:
        """Up to 16 messages, hidden from everybody for the visibility timeout; none where none is visible."""
        return self._messages(lambda: self._queue().batch_receive_message(BATCH, 0))

    def peek(self) -> list[Message]:
        """Up to 16 messages at the head, left as they are."""
        return self._messages(lambda: self._queue().batch_peek_message(BATCH))

    def send(self, bodies: Sequence[str]) -> list[Refused | None]:
        """Put bodies in, without a delay. For each, in order: None when the queue has it, else why it may not have it.

        An answer that was lost counts as not sent: a duplicate costs a call, a message that is lost is lost.
        """
        return [result for group in _groups(bodies) for result in self._each(group, self._send)]

    def delete(self, messages: Sequence[Message]) -> list[Refused | None]:
        """Delete what was received. For each, in order: None when it is gone, else why it is not."""
        groups = (messages[start : start + BATCH] for start in range(0, len(messages), BATCH))
        return [result for group in groups for result in self._each(group, self._deletion())]

    def hide(self, message: Message, seconds: int) -> Message:
        """Keep a message that was received hidden for so many seconds from now; gives it with its new handle.

        :raises Refused: with a code of `GONE` where it is visible again already.
        """
        held = self._tried(
            lambda: self._queue().change_message_visibility(message.receipt, min(seconds, LONGEST_HIDDEN))
        )
        return message._replace(receipt=held.receipt_handle, visible_at=int(held.next_visible_time) / 1000)

    def release(self, message: Message) -> None:
        """Make a message visible again that was received. One that is so already, or is gone, is no error."""
        try:
            self.hide(message, self._soonest)
        except Refused as refusal:
            if refusal.code == "InvalidArgument" and not self._soonest:
                self._soonest = 1
                self.release(message)
            elif refusal.code not in GONE:
                raise

    def _messages(self, call: Callable[[], Any]) -> list[Message]:
        try:
            return self._tried(lambda: [self._message(found) for found in call()])
        except Refused as refusal:
            if refusal.code == EMPTY:
                return []
            raise

    def _send(self, bodies: Sequence[str]) -> list[Refused | None]:
        from mns.queue import Message as Draft  # noqa: PLC0415 - it takes a tenth of a second to import

        drafts = [Draft(_carried(body), 0) for body in bodies]
        try:
            self._once(lambda: self._queue().batch_send_message(drafts))
        except PartlyRefused as partly:
            codes = [entry.get("ErrorCode", "") for entry in partly.entries]
            if len(codes) != len(bodies):
                codes = [NO_ANSWER] * len(bodies)
            return [self._refused(code) if code else None for code in codes]
        except Refused as refusal:
            if refusal.code in ABOUT_A_MESSAGE and len(bodies) > 1:  # one of them is bad: alone, it is refused alone
                return [self._send([body])[0] for body in bodies]
            return [refusal] * len(bodies)
        return [None] * len(bodies)

    def _deletion(self) -> Callable[[Sequence[Message]], list[Refused | None]]:
        """Deletes a batch, and knows on a further try that an earlier one, whose answer was lost, may have done it."""
        lost = False

        def delete(messages: Sequence[Message]) -> list[Refused | None]:
            nonlocal lost
            try:
                self._once(lambda: self._queue().batch_delete_message([message.receipt for message in messages]))
            except PartlyRefused as partly:
                codes = {entry["ReceiptHandle"]: entry["ErrorCode"] for entry in partly.entries}
                left = {handle: code for handle, code in codes.items() if not (lost and code in GONE)}
                return [self._refused(left[each.receipt]) if each.receipt in left else None for each in messages]
            except Refused as refusal:
                lost = lost or isinstance(refusal, Unanswered)
                return [refusal] * len(messages)
            return [None] * len(messages)

        return delete

    def _refused(self, code: str) -> Refused:
        """The refusal of a single message of a batch: its code is all that is known."""
        return Refused(code, sentence(self._where, code, "refused"), passing=code in PASSING or code == NO_ANSWER)

    def _each(
        self, things: Sequence[_T], once: Callable[[Sequence[_T]], list[Refused | None]]
    ) -> Iterable[Refused | None]:
        """What became of each thing, after those whose refusals pass were tried again."""
        results = dict(enumerate(once(things)))
        for tries in range(1, self._tries):
            again = [at for at, refusal in results.items() if refusal and refusal.passing]
            if not again:
                break
            self._pause(tries)
            results.update(zip(again, once([things[at] for at in again]), strict=True))
        return results.values()

    def _tried(self, call: Callable[[], _T]) -> _T:
        """The result of a call, tried again while its refusals pass."""
        for tries in range(1, self._tries):
            try:
                return self._once(call)
            except Refused as refusal:  # noqa: PERF203 - that is what the loop is for
                if not refusal.passing:
                    raise
                self._pause(tries)
        return self._once(call)

    def _pause(self, tries: int) -> None:
        longest = FIRST_PAUSE * 2 ** (tries - 1)
        self._effects.sleep(self._effects.uniform(longest / 2, longest))

    def _once(self, call: Callable[[], _T]) -> _T:
        try:
            with translated(self._where, self._who):
                return call()
        except Unanswered:
            self.unanswered += 1
            raise

    def _queue(self) -> Any:
        """The SDK's queue."""
        if self._sdk is None:
            self._sdk = smq_sdk.queue(self._endpoint, self.name, self._who, self._seconds)
        return self._sdk

    def _message(self, found: Any) -> Message:
        receipt, until = getattr(found, "receipt_handle", ""), getattr(found, "next_visible_time", 0)
        fault = self._queue().mns_client.http.faults.get(found.message_id, "")
        return Message(found.message_id, found.message_body, found.enqueue_time / 1000, receipt, until / 1000, fault)


def _groups(bodies: Sequence[str]) -> Iterator[list[str]]:
    """Bodies in batches that one call takes; a body that is too large for any call is alone in one."""
    group: list[str] = []
    used = 0
    for body in bodies:
        size = ENTRY_BYTES + len(escaped(_carried(body)).encode())
        if group and (len(group) == BATCH or used + size > BATCH_ROOM):
            yield group
            group, used = [], 0
        group.append(body)
        used += size
    if group:
        yield group


def _carried(body: str) -> str:
    """The body as it travels: what XML would change or cannot hold goes as Base64, which the function reads as well."""
    if not NOT_IN_XML.search(body):
        return body
    return base64.b64encode(body.encode(errors="surrogatepass")).decode()
