"""SMQ: the backlog and the dead letters, through the session that the CDN calls use.

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

from oss_cdn_refresh.credentials import Credentials, Source
from oss_cdn_refresh.effects import Effects
from oss_cdn_refresh.errors import ConnectionFailed, QueueRefused
from oss_cdn_refresh.letters import Letter
from oss_cdn_refresh.patience import Patience
from oss_cdn_refresh.session import Answer, Request, Session

VERSION = "2015-06-06"
XML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})
NAMESPACE = "http://mns.aliyuncs.com/doc/v1/"
CONTENT_TYPE = "text/xml;charset=UTF-8"
BATCH_MESSAGES = 16  # BatchSendMessage, "up to 16 messages"
BATCH_BYTES = 61_440  # the page says 64 KB in all and not how it is counted: leave room for the XML
TRIES = 4  # of one request …
SILENT_TRIES = 2  # … and of one that meets silence: it leaves time for the CDN and for the other queue
SHARE_OF_TIME = 0.15  # of what is left, that one try may take
LONGEST_TRY = 5.0  # seconds
PASSING = frozenset({"InternalServerError", "InternalError", "ServiceUnavailable", "QpsLimitExceeded", "Throttling"})
ABOUT_A_MESSAGE = frozenset(
    {"MalformedXML", "InvalidArgument", "InvalidDelaySeconds", "MessageTooLong", "EntityTooLarge"}
)

_RESULTS = r"<(MessageId|ErrorCode)>([^<]*)</"
_CODE = r"<Code>([^<]*)</Code>"
_MESSAGE = r"<Message>([^<]*)</Message>"


class Sent(NamedTuple):
    """A letter, and why the queue does not have it, None when it does."""

    letter: Letter
    refusal: QueueRefused | None = None


class Queue:
    """One queue, for one invocation: once it refused for good, nothing more is tried with it."""

    def __init__(
        self,
        endpoint: str,
        name: str,
        credentials: Source,
        session: Session,
        effects: Effects,
        patience: Patience,
        *,
        variable: str,
    ) -> None:
        self._endpoint = endpoint
        self._name = name
        self._credentials = credentials
        self._session = session
        self._effects = effects
        self._patience = patience
        self._down: QueueRefused | None = None
        if not name:
            self._down = QueueRefused("NoQueue", f"{variable} is not set: name the queue", retryable=False)
        elif not endpoint:
            self._down = QueueRefused("NoEndpoint", "SMQ_ENDPOINT is not set: give the base URL", retryable=False)

    def send(self, letters: Iterable[Letter]) -> Iterator[Sent]:
        """Put letters into the queue, many in a request where they are small; exactly one result for each."""
        for group in _groups(letters):
            yield from self._settle(group)

    def _settle(self, group: Sequence[Letter]) -> Iterator[Sent]:
        for tries in range(1, TRIES + 1):
            refusals = self._once(group)
            again: list[Letter] = []
            for letter, refusal in zip(group, refusals, strict=True):
                if refusal is None:
                    yield Sent(letter)
                elif _worth_it(refusal, tries) or (len(group) > 1 and refusal.code in ABOUT_A_MESSAGE):
                    again.append(letter)
                else:
                    self._note(refusal)
                    yield Sent(letter, refusal)
            if not again:
                return
            if len(group) > 1 and any(refusal and refusal.code in ABOUT_A_MESSAGE for refusal in refusals):
                for letter in again:  # one of them is bad: alone, it is refused alone
                    yield from self._settle([letter])
                return
            self._patience.back_off(tries, self._patience.left())
            group = again

    def _note(self, refusal: QueueRefused) -> None:
        """A refusal that is not about one message is about all that would follow."""
        if refusal.code not in ABOUT_A_MESSAGE:
            self._down = refusal

    def _once(self, group: Sequence[Letter]) -> Sequence[QueueRefused | None]:
        """One request; for each letter None, or why the queue did not take it."""
        if self._down:
            return [self._down] * len(group)
        if self._patience.left() <= 0:
            return [QueueRefused("OutOfTime", "the function's time is up", retryable=False)] * len(group)
        who = self._credentials()
        seconds = min(LONGEST_TRY, SHARE_OF_TIME * self._patience.left())
        try:
            answer = self._session.send(lambda: self._signed(_xml(group), who), seconds)
        except ConnectionFailed as failure:
            return [QueueRefused(failure.reason, str(failure), retryable=True)] * len(group)
        return _read(answer, len(group), who)

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


def _worth_it(refusal: QueueRefused, tries: int) -> bool:
    """Whether to try again after so many tries."""
    return refusal.retryable and tries < (SILENT_TRIES if refusal.code == "Timeout" else TRIES)


def _groups(letters: Iterable[Letter]) -> Iterator[list[Letter]]:
    group: list[Letter] = []
    used = 0
    for letter in letters:
        if group and (len(group) == BATCH_MESSAGES or used + len(letter.body) > BATCH_BYTES):
            yield group
            group, used = [], 0
        group.append(letter)
        used += len(letter.body)
    if group:
        yield group


def _xml(group: Sequence[Letter]) -> bytes:
    """SendMessage for one letter, BatchSendMessage for more."""
    root = "Message" if len(group) == 1 else "Messages"
    each = "{}" if len(group) == 1 else "<Message>{}</Message>"
    inside = "".join(
        each.format(
            f"<MessageBody>{letter.body.translate(XML)}</MessageBody><DelaySeconds>{letter.delay}</DelaySeconds>"
        )
        for letter in group
    )
    return f'<?xml version="1.0" encoding="utf-8"?><{root} xmlns="{NAMESPACE}">{inside}</{root}>'.encode()


def _read(answer: Answer, count: int, who: Credentials) -> Sequence[QueueRefused | None]:
    """The result for each of so many letters: a batch can be taken in part, and only SMQ says what it took."""
    text = answer.body.decode(errors="replace")
    results = re.findall(_RESULTS, text)
    if len(results) == count and (count > 1 or answer.status < 300):  # noqa: PLR2004 - HTTP's classes
        return [None if tag == "MessageId" else _refused(value, "", answer) for tag, value in results]
    code, message = re.search(_CODE, text), re.search(_MESSAGE, text)
    shown = who.redacted(message[1]) if message else "the answer is not SMQ's"
    return [_refused(who.redacted(code[1]) if code else f"HTTP{answer.status}", shown, answer)] * count


def _refused(code: str, message: str, answer: Answer) -> QueueRefused:
    understood = 400 <= answer.status < 500 and not code.startswith("HTTP")  # noqa: PLR2004 - HTTP's classes
    return QueueRefused(code, message, retryable=code in PASSING or not understood)
