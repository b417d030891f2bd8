"""A queue of SMQ for an operator: the function's client, which can also receive, hide and delete messages.

Sources: SMQ API 2015-06-06, "BatchReceiveMessage", "BatchPeekMessage", "BatchDeleteMessage",
"ChangeMessageVisibility", "GetQueueAttributes"; resources as `aliyun-mns-sdk` writes them.
"""

import base64
import re
from collections.abc import Callable, Sequence
from typing import TypeVar
from xml.sax.saxutils import unescape

from oss_cdn_refresh.events.message_format import NAMESPACE, escaped
from oss_cdn_refresh.model.effects import Effects
from oss_cdn_refresh.model.errors import QueueRefused
from oss_cdn_refresh.queueing import smq
from oss_cdn_refresh.queueing.messages import BATCH_MESSAGES
from oss_cdn_refresh.queueing.messages import Message as Letter
from oss_cdn_refresh.queueing.smq import Reply
from oss_cdn_refresh.transport.credentials import Credentials, Source
from oss_cdn_refresh.transport.session import Request, Session
from oss_cdn_refresh_cli.clients import smq_answers
from oss_cdn_refresh_cli.clients.refusals import refusal as explained
from oss_cdn_refresh_cli.clients.smq_answers import Attributes, Message
from oss_cdn_refresh_cli.shared.errors import Failed, Refused, Unanswered
from oss_cdn_refresh_cli.shared.waiting import SECONDS, waiting

ANSWER_BYTES = 8_388_608  # 16 messages of 64 KB, each character of which is escaped
LONGEST_HIDDEN = 43_200  # seconds, ChangeMessageVisibility
TRIES = 5
FIRST_PAUSE = 0.2  # seconds before the second try, doubled with each
NAME = r"[A-Za-z0-9][A-Za-z0-9-]{0,119}"
NOT_IN_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # and "\r", which XML reads as "\n"

EMPTY = "MessageNotExist"  # a queue without a visible message
GONE = frozenset({"ReceiptHandleError", EMPTY})  # the message is visible again under another handle, or deleted
CHECK_ENDPOINT = "check the endpoint and the network, and run it again"
RIGHTS = "the mns: actions on this queue"
WHAT_TO_DO = {
    "QueueNotExist": "create the queue or name another one",
    "InvalidQueueName": "name the queue as it is called in SMQ",
}

_T = TypeVar("_T")


class Queue(smq.Client):
    """One queue. It retries transient refusals and raises the others, each with its remedy.

    variable: the setting with the queue's name. seconds: the time limit of an answer. tries: of a request, at most.
    Not for several threads; use it as a context manager. `unanswered` counts the requests without an answer, which SMQ
    may have acted on.
    """

    silent_tries = 1  # a request that reached its time limit is not retried: five tries would take five times as long
    answer_bytes = ANSWER_BYTES

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
        super().__init__(endpoint, name, credentials, Session(), effects.now)
        self.tries = tries
        self.unanswered = 0
        self._where = f'queue "{name}" ({variable}) at {endpoint}'
        self._effects = effects
        self._patience = seconds
        self._soonest = 0  # seconds; documents say 1 at least, the SDK and the service's own samples 0

    def __enter__(self) -> "Queue":
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connection."""
        self._session.close()

    def attributes(self) -> Attributes:
        """The counts and settings of the queue."""
        return self._asked("GET", "", smq_answers.attributes)

    def receive(self) -> list[Message]:
        """Up to 16 messages, hidden from other readers for the visibility timeout; [] if no message is visible."""
        return self._messages(f"numOfMessages={BATCH_MESSAGES}&waitseconds=0")

    def peek(self) -> list[Message]:
        """Up to 16 messages at the head of the queue, which stay visible."""
        return self._messages(f"peekonly=true&numOfMessages={BATCH_MESSAGES}")

    def put(self, bodies: Sequence[str]) -> list[Refused | None]:
        """Send bodies, without a delay. For each, in order: None when the queue has it, else why it may not have it.

        A lost answer counts as not sent: a duplicate costs one call, a missing message would lose a change.
        """
        letters = [Letter(_carried(body), ()) for body in bodies]
        refusals = {id(sent.letter): sent.refusal for sent in self.send(letters)}
        found = [refusals[id(letter)] for letter in letters]
        return [self._explained(refusal) if refusal else None for refusal in found]

    def post(self, document: bytes) -> Reply:
        """SMQ's answer to a document of messages, which is sent once and as it is, whatever the answer says.

        :raises Unanswered: no answer came.
        """
        try:
            return self._exchange("POST", f"{self._queue}/messages", self._seconds(), document)
        except QueueRefused as refusal:
            raise self._explained(refusal) from refusal

    def delete(self, messages: Sequence[Message]) -> list[Refused | None]:
        """Delete received messages. For each, in order: None when it is deleted, else why it is not."""
        kept: dict[str, QueueRefused] = {}
        for start in range(0, len(messages), BATCH_MESSAGES):
            kept |= self._kept([message.receipt for message in messages[start : start + BATCH_MESSAGES]])
        found = [kept.get(message.receipt) for message in messages]
        return [self._explained(refusal) if refusal else None for refusal in found]

    def hide(self, message: Message, seconds: int) -> Message:
        """Hide a received message for so many seconds from now; returns it with its new handle.

        :raises Refused: with a code of `GONE` if the message is visible again already.
        """
        query = f"ReceiptHandle={message.receipt}&VisibilityTimeout={min(seconds, LONGEST_HIDDEN)}"
        held = self._asked("PUT", f"/messages?{query}", smq_answers.held)
        return message._replace(receipt=held.receipt, visible_at=held.visible_at)

    def release(self, message: Message) -> None:
        """Make a received message visible again. A message that is visible or deleted already is no error."""
        try:
            self.hide(message, self._soonest)
        except Refused as refusal:
            if refusal.code == "InvalidArgument" and not self._soonest:
                self._soonest = 1
                self.release(message)
            elif refusal.code not in GONE:
                raise

    def _messages(self, query: str) -> list[Message]:
        try:
            return self._asked("GET", f"/messages?{query}", smq_answers.messages)
        except Refused as refusal:
            if refusal.code == EMPTY:
                return []
            raise

    def _asked(self, method: str, path: str, read: Callable[[bytes], _T]) -> _T:
        """The result of `read` for SMQ's answer, after retries of transient refusals.

        :raises Refused: SMQ refused the request; `Unanswered` if no answer came that `read` understands.
        """
        tries = 1
        while True:
            try:
                return self._read(method, path, read)
            except QueueRefused as refusal:
                if tries >= self.tries or not _passes(refusal):
                    raise self._explained(refusal) from refusal
            self._pause(tries)
            tries += 1

    def _read(self, method: str, path: str, read: Callable[[bytes], _T]) -> _T:
        reply = self._exchange(method, self._queue + path, self._seconds())
        if not _done(reply):
            raise self._refusal(reply)
        try:
            return read(reply.answer.body)
        except ValueError as error:
            self.unanswered += 1
            raise reply.not_smqs() from error

    def _kept(self, receipts: Sequence[str]) -> dict[str, QueueRefused]:
        """Delete the messages of one batch; returns the refusals by handle."""
        before = self.unanswered
        kept: dict[str, QueueRefused] = {}
        left = list(receipts)
        for tries in range(1, self.tries + 1):
            refused = self._once_kept(left)
            if self.unanswered > before:  # an earlier try without an answer may have deleted them
                refused = {receipt: refusal for receipt, refusal in refused.items() if refusal.code not in GONE}
            kept = {receipt: refusal for receipt, refusal in kept.items() if receipt not in left} | refused
            left = [receipt for receipt, refusal in refused.items() if _passes(refusal)]
            if not left or tries == self.tries:
                break
            self._pause(tries)
        return kept

    def _once_kept(self, receipts: Sequence[str]) -> dict[str, QueueRefused]:
        handles = "".join([f"<ReceiptHandle>{escaped(receipt)}</ReceiptHandle>" for receipt in receipts])
        document = f'<ReceiptHandles xmlns="{NAMESPACE}">{handles}</ReceiptHandles>'
        body = f'<?xml version="1.0" encoding="utf-8"?>{document}'.encode()
        try:
            reply = self._exchange("DELETE", f"{self._queue}/messages", self._seconds(), body)
        except QueueRefused as refusal:
            return dict.fromkeys(receipts, refusal)
        if _done(reply):
            return {}
        codes = smq_answers.undeleted(reply.answer.body)
        if codes:
            return {receipt: reply.refused(codes[receipt]) for receipt in receipts if receipt in codes}
        return dict.fromkeys(receipts, self._refusal(reply))

    def _refusal(self, reply: Reply) -> QueueRefused:
        refusal = reply.refusal()
        self.unanswered += refusal.unanswered
        return refusal

    def _explained(self, refusal: QueueRefused) -> Refused:
        """A refusal for people."""
        message = unescape(refusal.message, smq_answers.QUOTES)
        if refusal.unanswered:
            return Unanswered("NoAnswer", f"{self._where}: {message}: {CHECK_ENDPOINT}")
        return explained(self._where, refusal.code, message or "refused", self._credentials, RIGHTS, WHAT_TO_DO)

    def _exchange(self, method: str, resource: str, seconds: float, body: bytes = b"") -> Reply:
        """Send one request; a note on stderr names SMQ if the answer takes long."""
        with waiting("SMQ", self._endpoint):
            reply = super()._exchange(method, resource, seconds, body)
        self.unanswered -= 1
        return reply

    def _signed(self, method: str, resource: str, body: bytes, credentials: Credentials) -> Request:
        """Sign a request, and count it as unanswered until its answer comes."""
        self.unanswered += 1
        return super()._signed(method, resource, body, credentials)

    def _seconds(self) -> float:
        return self._patience

    def _pause(self, tries: int) -> None:
        longest = FIRST_PAUSE * 2 ** (tries - 1)
        self._effects.sleep(self._effects.uniform(longest / 2, longest))


def _done(reply: Reply) -> bool:
    return 200 <= reply.answer.status < 300  # noqa: PLR2004 - HTTP's classes


def _passes(refusal: QueueRefused) -> bool:
    """Whether a retry may succeed. A timeout is not retried, because it used up the time limit."""
    return refusal.retryable and refusal.code != "Timeout"


def _carried(body: str) -> str:
    """The body to send. Characters that XML cannot hold or would change need Base64, which the function reads too."""
    if not NOT_IN_XML.search(body):
        return body
    return base64.b64encode(body.encode(errors="surrogatepass")).decode()
