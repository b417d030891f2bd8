"""What stands in the requests to SMQ and in its answers.

Sources: SMQ API 2015-06-06, "SendMessage", "BatchSendMessage", "Error codes".
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from oss_cdn_refresh.events.message_format import BATCH_BYTES, NAMESPACE, REQUEST_BYTES, escaped
from oss_cdn_refresh.model.errors import QueueRefused
from oss_cdn_refresh.queueing.messages import Message
from oss_cdn_refresh.transport.credentials import Credentials
from oss_cdn_refresh.transport.session import Answer

BATCH_MESSAGES = 16  # in one request: BatchSendMessage, "up to 16 messages", and the other Batch actions
CODE_LENGTH = 100  # characters of a code that are kept
SHOWN = 500  # characters of a message that are kept
PASSING = frozenset({"InternalServerError", "InternalError", "ServiceUnavailable", "QpsLimitExceeded", "Throttling"})
ABOUT_A_MESSAGE = frozenset(
    {"MalformedXML", "InvalidArgument", "InvalidDelaySeconds", "MessageTooLong", "EntityTooLarge"}
)

_RESULTS = r"<(MessageId|ErrorCode)>([^<]*)</"
_CODE = r"<Code>([^<]*)</Code>"
_MESSAGE = r"<Message>([^<]*)</Message>"


class Entry(NamedTuple):
    """A letter, and its element in a request without the `Message` around it."""

    letter: Message
    xml: str


class Reply(NamedTuple):
    """An answer of SMQ and the credentials of its request: an answer may repeat these, so its texts are redacted."""

    answer: Answer
    who: Credentials

    def refusal(self) -> QueueRefused:
        """Why SMQ refused the whole request."""
        text = self.answer.body.decode(errors="replace")
        code, message = re.search(_CODE, text), re.search(_MESSAGE, text)
        if not code:
            shown = self.who.redacted(message[1])[:SHOWN] if message else "the answer is not SMQ's"
            return QueueRefused(f"HTTP{self.answer.status}", shown, retryable=True, unanswered=True)
        return self.refused(self.who.redacted(code[1]), self.who.redacted(message[1])[:SHOWN] if message else "")

    def refused(self, code: str, message: str = "") -> QueueRefused:
        """The refusal with this code, of the request or of one of its messages."""
        passes = code in PASSING or not 400 <= self.answer.status < 500  # noqa: PLR2004 - HTTP's classes
        return QueueRefused(code[:CODE_LENGTH], message, retryable=passes)


def groups(letters: Iterable[Message]) -> Iterator[list[Entry]]:
    """Letters grouped by request, in order: at most 16 in a request, and at most `REQUEST_BYTES`."""
    group: list[Entry] = []
    room = REQUEST_BYTES - BATCH_BYTES
    left = room
    for letter in letters:
        xml = f"<MessageBody>{escaped(letter.body)}</MessageBody><DelaySeconds>{letter.delay}</DelaySeconds>"
        size = (len(xml) if xml.isascii() else len(xml.encode())) + len("<Message></Message>")
        if group and (len(group) == BATCH_MESSAGES or size > left):
            yield group
            group, left = [], room
        group.append(Entry(letter, xml))
        left -= size
    if group:
        yield group


def request_body(group: Sequence[Entry]) -> bytes:
    """SendMessage for one letter, BatchSendMessage for more."""
    if len(group) == 1:
        inside, root = group[0].xml, "Message"
    else:
        inside, root = "".join([f"<Message>{entry.xml}</Message>" for entry in group]), "Messages"
    return f'<?xml version="1.0" encoding="utf-8"?><{root} xmlns="{NAMESPACE}">{inside}</{root}>'.encode()


def results(reply: Reply, count: int) -> Sequence[QueueRefused | None]:
    """The result for each of so many letters: a batch can be taken in part, and only SMQ says what it took."""
    found = re.findall(_RESULTS, reply.answer.body.decode(errors="replace"))
    if len(found) == count and (count > 1 or reply.answer.status < 300):  # noqa: PLR2004 - HTTP's classes
        return [None if tag == "MessageId" else reply.refused(value) for tag, value in found]
    return [reply.refusal()] * count
