"""SMQ: sends messages to the backlog and the dead letters, through the session that the CDN calls use.

A failed request is tried again after a pause; the queues have a waiting budget of their own. When SMQ took no message
of a request in all its tries, the queue is down for the rest of the invocation and is not tried again.

The operators' command extends `Client`: it also receives and deletes messages, and waits for other times.

Sources: SMQ API 2015-06-06, "Error codes"; signature and headers as `aliyun-mns-sdk` sends them, its `content-md5` (the
Base64 of the hex digest) included.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from email.utils import formatdate
from typing import NamedTuple

from oss_cdn_refresh.model.effects import Effects
from oss_cdn_refresh.model.errors import ConnectionFailed, QueueRefused
from oss_cdn_refresh.model.time_budget import TimeBudget
from oss_cdn_refresh.queueing.messages import Entry, Message, groups, request_body
from oss_cdn_refresh.transport.credentials import Credentials, Source
from oss_cdn_refresh.transport.session import Answer, Request, Session

VERSION = "2015-06-06"
CONTENT_TYPE = "text/xml;charset=UTF-8"
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


class Sent(NamedTuple):
    """A letter, and why the queue does not have it, None when it does."""

    letter: Message
    refusal: QueueRefused | None = None


class Reply(NamedTuple):
    """An answer of SMQ and the credentials of its request: an answer may repeat these, so its texts are redacted."""

    answer: Answer
    credentials: Credentials

    def refusal(self) -> QueueRefused:
        """Why SMQ refused the whole request."""
        text = self.answer.body.decode(errors="replace")
        code, message = re.search(_CODE, text), re.search(_MESSAGE, text)
        if not code:
            return self.not_smqs()
        return self.refused(
            self.credentials.redacted(code[1]), self.credentials.redacted(message[1])[:SHOWN] if message else ""
        )

    def not_smqs(self) -> QueueRefused:
        """The refusal that stands for an answer that SMQ does not give."""
        code = f"HTTP{self.answer.status}"
        return QueueRefused(code, "the answer is not SMQ's", retryable=True, unanswered=True)

    def refused(self, code: str, message: str = "") -> QueueRefused:
        """The refusal with this code, of the request or of one of its messages."""
        final = code in ABOUT_A_MESSAGE or 400 <= self.answer.status < 500  # noqa: PLR2004 - HTTP's classes
        return QueueRefused(code[:CODE_LENGTH], message, retryable=code in PASSING or not final)


class Client:
    """One queue of SMQ, asked over a session. After it failed, or refused for good, it takes no more letters.

    A subclass says how long a try may take and how long the pause before the next one lasts.
    """

    tries = TRIES
    tries_at_once = TRIES_AT_ONCE
    silent_tries = SILENT_TRIES
    answer_bytes = ANSWER_BYTES

    def __init__(
        self, endpoint: str, name: str, credentials: Source, session: Session, now: Callable[[], float]
    ) -> None:
        self._endpoint = endpoint
        self._queue = f"/queues/{name}"
        self._credentials = credentials
        self._session = session
        self._now = now
        self._silences = 0
        self._down: QueueRefused | None = None

    @property
    def down(self) -> bool:
        """Whether it takes no more letters."""
        return self._down is not None

    def send(self, letters: Iterable[Message], *, wait: bool = True) -> Iterator[Sent]:
        """Put letters into the queue, many in a request where they are small; exactly one result for each.

        Without `wait` there are no pauses between tries; letters with a retryable refusal may be sent again later.
        """
        for group in groups(letters):
            yield from self._settle(group, wait=wait)

    def _seconds(self) -> float:
        """How many seconds a try may take now; 0 where the time is up."""
        raise NotImplementedError

    def _pause(self, tries: int) -> None:
        """Wait after so many tries."""
        raise NotImplementedError

    def _settle(self, group: Sequence[Entry], *, wait: bool) -> Iterator[Sent]:
        """Send a group until each of its letters is taken or refused for good, or the tries are used up."""
        most = self.tries if wait else self.tries_at_once
        taken = False
        for tries in range(1, most + 1):
            refusals = self._once(group)
            split = len(group) > 1 and all(refusal and refusal.code in ABOUT_A_MESSAGE for refusal in refusals)
            last = self.down or tries == most or (not wait and self._silences > 0)
            again: list[Entry] = []
            for entry, refusal in zip(group, refusals, strict=True):
                taken = taken or refusal is None
                if refusal and not self.down and (split or (refusal.retryable and not last)):
                    again.append(entry)
                else:
                    yield Sent(entry.letter, refusal)
            if split:  # all are refused and one may be bad: sent one by one, only the bad one is refused
                for entry in again:
                    yield from self._settle([entry], wait=wait)
                return
            if not again:
                break
            if wait:
                self._pause(tries)
            group = again
        if wait and not taken and refusals[0] and refusals[0].retryable:
            self._down = self._down or refusals[0]

    def _once(self, group: Sequence[Entry]) -> Sequence[QueueRefused | None]:
        """One request; for each letter None, or why the queue did not take it."""
        seconds = 0.0 if self._down else self._seconds()
        if self._down or seconds <= 0:
            refusal = self._down or QueueRefused("OutOfTime", "the function's time is up", retryable=False)
            return [refusal] * len(group)
        try:
            reply = self._exchange("POST", f"{self._queue}/messages", seconds, request_body(group))
        except QueueRefused as refusal:
            self._silences += refusal.code == "Timeout"
            if self._silences >= self.silent_tries:
                self._down = refusal
            return [refusal] * len(group)
        refusals = _results(reply, len(group))
        self._down = next((refusal for refusal in refusals if refusal and _about_the_queue(refusal)), None)
        return refusals

    def _exchange(self, method: str, resource: str, seconds: float, body: bytes = b"") -> Reply:
        """Send one request, and return SMQ's answer, whatever it says.

        :raises QueueRefused: no whole answer came in so many seconds.
        """
        credentials = self._credentials()
        try:
            answer = self._session.send(
                lambda: self._signed(method, resource, body, credentials), seconds, self.answer_bytes
            )
        except ConnectionFailed as failure:
            raise QueueRefused(failure.reason, str(failure), retryable=True, unanswered=True) from failure
        return Reply(answer, credentials)

    def _signed(self, method: str, resource: str, body: bytes, credentials: Credentials) -> Request:
        headers = {"date": formatdate(self._now(), usegmt=True), "x-mns-version": VERSION}
        if body:
            md5 = hashlib.md5(body, usedforsecurity=False).hexdigest()
            headers |= {"content-md5": base64.b64encode(md5.encode()).decode(), "content-type": CONTENT_TYPE}
        parts = (headers.get("content-md5", ""), headers.get("content-type", ""), headers["date"])
        to_sign = "\n".join((method, *parts, f"x-mns-version:{VERSION}", resource))
        signature = hmac.new(credentials.access_key_secret.encode(), to_sign.encode(), hashlib.sha1).digest()
        headers["Authorization"] = f"MNS {credentials.access_key_id}:{base64.b64encode(signature).decode()}"
        if credentials.security_token:
            headers["security-token"] = credentials.security_token
        return Request(method, self._endpoint + resource, headers, body)


class Queue(Client):
    """One queue, for one invocation of the function."""

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
        super().__init__(endpoint, name, credentials, session, effects.now)
        self._monotonic = effects.monotonic
        self._time = time_budget
        if not name:
            self._down = QueueRefused("NoQueue", f"{variable} is not set: name the queue", retryable=False)
        elif not endpoint:
            self._down = QueueRefused("NoEndpoint", "SMQ_ENDPOINT is not set: give the base URL", retryable=False)

    def _seconds(self) -> float:
        return min(LONGEST_TRY, SHARE_OF_TIME * self._time.left())

    def _pause(self, tries: int) -> None:
        self._time.back_off_storing(tries)

    def _exchange(self, method: str, resource: str, seconds: float, body: bytes = b"") -> Reply:
        """Send one request, and note how long SMQ took: the time kept for storing is estimated by it."""
        began = self._monotonic()
        reply = super()._exchange(method, resource, seconds, body)
        self._time.request_time.note(self._monotonic() - began)
        return reply


def _about_the_queue(refusal: QueueRefused) -> bool:
    """Whether the queue would refuse all further letters for the same reason."""
    return not refusal.retryable and refusal.code not in ABOUT_A_MESSAGE


def _results(reply: Reply, count: int) -> Sequence[QueueRefused | None]:
    """The result for each of so many letters: a batch can be taken in part, and only SMQ says what it took."""
    found = re.findall(_RESULTS, reply.answer.body.decode(errors="replace"))
    if len(found) == count and (count > 1 or reply.answer.status < 300):  # noqa: PLR2004 - HTTP's classes
        return [None if tag == "MessageId" else reply.refused(value) for tag, value in found]
    return [reply.refusal()] * count
