"""Reads all messages of a queue, each once, and makes them visible again at the end.

A peek shows only the head of a queue. To see all messages, the reader has to receive them, which hides them from
everybody else for the queue's visibility timeout. In a long queue the first messages become visible again before the
last ones were seen, and would be received again in their place. The reader hides such messages for longer.
"""

from collections.abc import Iterable, Iterator, Sequence
from math import ceil
from typing import NamedTuple

from oss_cdn_refresh.model.effects import Effects
from oss_cdn_refresh.queueing.messages import BATCH_MESSAGES
from oss_cdn_refresh_cli.clients.smq import GONE, Queue
from oss_cdn_refresh_cli.clients.smq_answers import Attributes, Message
from oss_cdn_refresh_cli.operation.operation import Operation
from oss_cdn_refresh_cli.shared.errors import Refused, Unanswered
from oss_cdn_refresh_cli.shared.interruptions import delayed
from oss_cdn_refresh_cli.shared.output import Output, counted

ROUNDS = 3  # how often all known messages may come again without a new one
SLACK = 1.0  # seconds after the first batch; later messages are not read
AGAIN_AFTER = 1.0  # seconds before SMQ's counts are read again, because they lag behind


def backlog_queue(operation: Operation) -> Queue:
    """The backlog.

    :raises NotSet: the settings give no endpoint or no name.
    """
    return queue(operation, operation.settings.backlog_queue(), "BACKLOG_QUEUE")


def dead_letter_queue(operation: Operation) -> Queue:
    """The dead-letter queue.

    :raises NotSet: the settings give no endpoint or no name.
    """
    return queue(operation, operation.settings.dead_letter_queue(), "DEAD_LETTER_QUEUE")


def queue(operation: Operation, name: str, variable: str) -> Queue:
    """A queue by its name, which `variable` gave.

    :raises NotSet: the settings give no endpoint.
    """
    endpoint, seconds = operation.settings.smq_endpoint(), operation.settings.seconds
    return Queue(endpoint, name, variable, operation.credentials, operation.effects, seconds=seconds)


class Hidden(NamedTuple):
    """How many messages are hidden now and not held by this run, and for how many seconds at most.

    others: received by another reader before this run. lost: SMQ's answer with them did not arrive.
    """

    others: int = 0
    lost: int = 0
    seconds: int = 0

    @property
    def total(self) -> int:
        """The number of both kinds."""
        return self.others + self.lost


NONE_HIDDEN = Hidden()


class _Held(NamedTuple):
    message: Message  # with its latest handle
    until: float  # monotonic seconds; afterwards the message is visible again


class Reader:
    """Receives the messages that a queue has at the beginning; use it as a context manager.

    It skips messages that arrive while it reads, so that a message that is given up again is not put back again. At the
    end, also after an error or an interruption, it makes all received messages visible that it did not delete.
    """

    def __init__(self, queue: Queue, output: Output, effects: Effects) -> None:
        self._queue = queue
        self._output = output
        self._monotonic = effects.monotonic
        self._sleep = effects.sleep
        self._held: dict[str, _Held] = {}
        self._seen: set[str] = set()
        self._to_delete: set[str] = set()  # ids of messages that were visible again before their deletion
        self._attributes: Attributes | None = None
        self._longest = 0  # seconds for which a message was hidden

    def __enter__(self) -> "Reader":
        return self

    def __exit__(self, *_: object) -> None:
        """Make the remaining messages visible again."""
        self._release()

    @property
    def undeleted(self) -> int:
        """How many messages could not be deleted so far, because they had become visible again."""
        return len(self._to_delete)

    def batches(self, what: str) -> Iterator[list[Message]]:
        """Batches of new messages, until no new one comes."""
        self._attributes = attributes = self._queue.attributes()
        self._longest = attributes.visibility
        most = 2 * attributes.total + 1_000  # counts are approximate; this guarantees an end
        began: float | None = None
        stale = 0  # messages received since the last new one
        with self._output.progress(what, attributes.total) as step:
            while stale <= ROUNDS * len(self._seen) and len(self._seen) <= most:
                known = set(self._held)
                received = self._receive(attributes.visibility)
                if not received:
                    return
                now = received[0].visible_at - attributes.visibility
                began = now if began is None else began
                self._delete_again(received)
                self._hide((each for each in received if each.id in known), attributes.visibility, now - began)
                new = [each for each in received if each.id not in self._seen and each.enqueued_at <= began + SLACK]
                self._seen.update(message.id for message in new)
                stale = 0 if new else stale + len(received)
                step(len(new))
                if new:
                    yield new

    def delete(self, messages: Sequence[Message]) -> list[Refused]:
        """Delete received messages; returns the refusals.

        A message that has become visible again is deleted when it is received again, and counts as deleted here.
        """
        refusals = []
        latest = [self._held[message.id].message for message in messages if message.id in self._held]
        for message, refusal in zip(latest, self._queue.delete(latest), strict=True):
            if refusal is None:
                self._held.pop(message.id)
            elif refusal.code in GONE:
                self._to_delete.add(message.id)
            else:
                refusals.append(refusal)
        return refusals

    def hidden(self) -> Hidden:
        """How many messages are hidden now and not held here: others received them, or an answer was lost.

        SMQ's counts lag behind. So the result is at most the number of messages that were hidden at the beginning,
        and of those that lost answers may hold.

        :raises Refused: SMQ does not give its counts.
        """
        hidden = self._hidden_now()
        if hidden:
            self._sleep(AGAIN_AFTER)
            hidden = min(hidden, self._hidden_now())
        before = self._attributes.inactive if self._attributes else 0
        others = min(hidden, before)
        return Hidden(others, hidden - others, self._longest)

    def _hidden_now(self) -> int:
        before = self._attributes.inactive if self._attributes else 0
        possible = before + BATCH_MESSAGES * self._queue.unanswered
        return max(0, min(possible, self._queue.attributes().inactive - len(self._held))) if possible else 0

    def _receive(self, visibility: int) -> list[Message]:
        with delayed():  # an interruption here would lose the handles of hidden messages
            received = self._queue.receive()
            until = self._monotonic() + visibility
            self._held.update((message.id, _Held(message._replace(body=""), until)) for message in received)
        return received

    def _hide(self, known: Iterable[Message], visibility: int, elapsed: float) -> None:
        """Hide known messages that came again for longer, so that new messages come first."""
        seconds = visibility + ceil(2 * elapsed)
        for message in known:
            if message.id in self._held:
                try:
                    again = self._queue.hide(self._held[message.id].message, seconds)
                    self._held[message.id] = _Held(again, self._monotonic() + seconds)
                    self._longest = seconds
                except Refused as refusal:
                    if refusal.code not in GONE:
                        raise

    def _delete_again(self, received: Sequence[Message]) -> None:
        again = [message for message in received if message.id in self._to_delete]
        if again:
            self._to_delete.difference_update(message.id for message in again)
            self.delete(again)

    def _release(self) -> None:
        with self._output.progress("Making visible again", len(self._held)) as step:
            while self._held:
                _, (message, until) = self._held.popitem()  # the latest first: the earliest may be visible by then
                try:
                    if self._monotonic() < until:
                        self._queue.release(message)
                except Refused as refusal:
                    hidden = len(self._held) + 1 if isinstance(refusal, Unanswered) else 1
                    self._output.warn(f"{counted(hidden, 'message')} hidden for up to {self._longest} s: {refusal}")
                    if isinstance(refusal, Unanswered):
                        return
                step(1)
