"""SMQ: the backlog and the dead letters, through the session that the CDN calls use.

A failed request is tried again after a pause; the queues have a waiting budget of their own. When SMQ took no message
of a request in all its tries, the queue is down for the rest of the invocation and is not tried again.

Sources: SMQ API 2015-06-06, "SendMessage" and "BatchSendMessage"; signature and headers as `aliyun-mns-sdk` sends them,
its `content-md5` (the Base64 of the hex digest) included.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator, Sequence
from email.utils import formatdate
from typing import NamedTuple

from oss_cdn_refresh.events.message_format import BATCH_BYTES, NAMESPACE, REQUEST_BYTES, escaped
from oss_cdn_refresh.model.effects import Effects
from oss_cdn_refresh.model.errors import ConnectionFailed, QueueRefused
from oss_cdn_refresh.model.time_budget import TimeBudget
from oss_cdn_refresh.queueing.messages import Message
from oss_cdn_refresh.transport.credentials import Credentials, Source
from oss_cdn_refresh.transport.session import Answer, Request, Session

VERSION = "2015-06-06"
CONTENT_TYPE = "text/xml;charset=UTF-8"
BATCH_MESSAGES = 16  # BatchSendMessage, "up to 16 messages"
TRIES = 4  # of one request, with pauses; if SMQ took none of its messages, the queue is down for this invocation
TRIES_AT_ONCE = 2  # of one request before the first call to the CDN, without pauses
SILENT_TRIES = 2  # tries without an answer in an invocation, then the queue is down: this leaves time for the other one
SHARE_OF_TIME = 0.15  # of the time that is left: the most that one try may take
LONGEST_TRY = 5.0  # seconds
ANSWER_BYTES = 65_536  # of an answer; the answer to 16 messages has 3 KB
CODE_LENGTH = 100  # characters of a code that are kept
SHOWN = 500  # characters of a message that are kept
PASSING = frozenset({"InternalServerError", "InternalError", "ServiceUnavailable", "QpsLimitExceeded", "Throttling"})
ABOUT_A_MESSAGE = frozenset(
    {"MalformedXML", "InvalidArgument", "InvalidDelaySeconds", "MessageTooLong", "EntityTooLarge"}
)

_RESULTS = r"<(MessageId|ErrorCode)>([^<]*)</"
_CODE = r"<Code>([^<]*)</Code>"
_MESSAGE = r"<Message>([^<]*)</Message>"


class _Entry(NamedTuple):
    """A letter, and its element in a request without the `Message` around it."""

    letter: Message
    xml: str


class Sent(NamedTuple):
    """A letter, and why the queue does not have it, None when it does."""

    letter: Message
    refusal: QueueRefused | None = None


class Queue:
    """One queue, for one invocation: after it failed, or refused for good, it is not tried again."""

    def __init__(
        self,
        endpoint: str,
        name: str,
        credentials: Source,
        session: Session,
        effects: Effects,
        time_budget: TimeBudget,
        *,
        variable: str,
    ) -> None:
        self._endpoint = endpoint
        self._name = name
        self._credentials = credentials
        self._session = session
        self._effects = effects
        self._time = time_budget
        self._silences = 0
        self._down: QueueRefused | None = None
        if not name:
            self._down = QueueRefused("NoQueue", f"{variable} is not set: name the queue", retryable=False)
        elif not endpoint:
            self._down = QueueRefused("NoEndpoint", "SMQ_ENDPOINT is not set: give the base URL", retryable=False)

    @property
    def down(self) -> bool:
        """Whether it takes nothing more in this invocation."""
        return self._down is not None

    def send(self, letters: Iterable[Message], *, wait: bool = True) -> Iterator[Sent]:
        """Put letters into the queue, many in a request where they are small; exactly one result for each.

        Without `wait` there are no pauses between tries; letters with a retryable refusal may be sent again later.
        """
        for group in _groups(letters):
            yield from self._settle(group, wait=wait)

    def _settle(self, group: Sequence[_Entry], *, wait: bool) -> Iterator[Sent]:
        """Send a group until each of its letters is taken or refused for good, or the tries are used up."""
        most = TRIES if wait else TRIES_AT_ONCE
        taken = False
        for tries in range(1, most + 1):
            refusals = self._once(group)
            split = len(group) > 1 and any(refusal and refusal.code in ABOUT_A_MESSAGE for refusal in refusals)
            last = self.down or tries == most or (not wait and self._silences > 0)
            again: list[_Entry] = []
            for entry, refusal in zip(group, refusals, strict=True):
                taken = taken or refusal is None
                if refusal and not self.down and (split or (refusal.retryable and not last)):
                    again.append(entry)
                else:
                    yield Sent(entry.letter, refusal)
            if split:  # one of them is bad: sent one by one, only the bad one is refused
                for entry in again:
                    yield from self._settle([entry], wait=wait)
                return
            if not again:
                break
            if wait:
                self._time.back_off_storing(tries)
            group = again
        if wait and not taken and refusals[0] and refusals[0].retryable:
            self._down = self._down or refusals[0]

    def _once(self, group: Sequence[_Entry]) -> Sequence[QueueRefused | None]:
        """One request; for each letter None, or why the queue did not take it."""
        if self._down:
            return [self._down] * len(group)
        left = self._time.left()
        if left <= 0:
            return [QueueRefused("OutOfTime", "the function's time is up", retryable=False)] * len(group)
        who = self._credentials()
        began = self._effects.monotonic()
        try:
            answer = self._session.send(
                lambda: self._signed(_body(group), who), min(LONGEST_TRY, SHARE_OF_TIME * left), ANSWER_BYTES
            )
        except ConnectionFailed as failure:
            refusal = QueueRefused(failure.reason, str(failure), retryable=True)
            self._silences += failure.reason == "Timeout"
            if self._silences >= SILENT_TRIES:
                self._down = refusal
            return [refusal] * len(group)
        self._time.request_time.note(self._effects.monotonic() - began)
        refusals = _read(answer, len(group), who)
        self._down = next((refusal for refusal in refusals if refusal and _about_the_queue(refusal)), None)
        return refusals

    def _signed(self, body: bytes, who: Credentials) -> Request:
        resource = f"/queues/{self._name}/messages"
        headers = {
            "content-md5": base64.b64encode(hashlib.md5(body, usedforsecurity=False).hexdigest().encode()).decode(),
            "content-type": CONTENT_TYPE,
            "date": formatdate(self._effects.now(), usegmt=True),
            "x-mns-version": VERSION,
        }
        to_sign = "\n".join(
            ("POST", headers["content-md5"], CONTENT_TYPE, headers["date"], f"x-mns-version:{VERSION}", resource)
        )
        signature = hmac.new(who.access_key_secret.encode(), to_sign.encode(), hashlib.sha1).digest()
        headers["Authorization"] = f"MNS {who.access_key_id}:{base64.b64encode(signature).decode()}"
        if who.security_token:
            headers["security-token"] = who.security_token
        return Request("POST", self._endpoint + resource, headers, body)


def _about_the_queue(refusal: QueueRefused) -> bool:
    """Whether the queue would refuse all further letters for the same reason."""
    return not refusal.retryable and refusal.code not in ABOUT_A_MESSAGE


def _groups(letters: Iterable[Message]) -> Iterator[list[_Entry]]:
    """Letters grouped by request, in order: at most 16 in a request, and at most `REQUEST_BYTES`."""
    group: list[_Entry] = []
    room = REQUEST_BYTES - BATCH_BYTES
    left = room
    for letter in letters:
        xml = f"<MessageBody>{escaped(letter.body)}</MessageBody><DelaySeconds>{letter.delay}</DelaySeconds>"
        size = len(xml) + len("<Message></Message>")
        if group and (len(group) == BATCH_MESSAGES or size > left):
            yield group
            group, left = [], room
        group.append(_Entry(letter, xml))
        left -= size
    if group:
        yield group


def _body(group: Sequence[_Entry]) -> bytes:
    """SendMessage for one letter, BatchSendMessage for more."""
    if len(group) == 1:
        inside, root = group[0].xml, "Message"
    else:
        inside, root = "".join([f"<Message>{entry.xml}</Message>" for entry in group]), "Messages"
    return f'<?xml version="1.0" encoding="utf-8"?><{root} xmlns="{NAMESPACE}">{inside}</{root}>'.encode()


def _read(answer: Answer, count: int, who: Credentials) -> Sequence[QueueRefused | None]:
    """The result for each of so many letters: a batch can be taken in part, and only SMQ says what it took."""
    text = answer.body.decode(errors="replace")
    results = re.findall(_RESULTS, text)
    if len(results) == count and (count > 1 or answer.status < 300):  # noqa: PLR2004 - HTTP's classes
        return [None if tag == "MessageId" else _refused(value, "", answer) for tag, value in results]
    code, message = re.search(_CODE, text), re.search(_MESSAGE, text)
    shown = who.redacted(message[1])[:SHOWN] if message else "the answer is not SMQ's"
    return [_refused(who.redacted(code[1]) if code else f"HTTP{answer.status}", shown, answer)] * count


def _refused(code: str, message: str, answer: Answer) -> QueueRefused:
    understood = 400 <= answer.status < 500 and not code.startswith("HTTP")  # noqa: PLR2004 - HTTP's classes
    return QueueRefused(code[:CODE_LENGTH], message, retryable=code in PASSING or not understood)
