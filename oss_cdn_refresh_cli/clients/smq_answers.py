"""Reads SMQ's answers: messages, the attributes of a queue, and the failures of a deletion.

A body that XML cannot carry makes the answer with up to 15 other messages unreadable for a parser. So each message is
read by itself: readable text replaces such a body, and the message carries the fault. Shapes: "BatchReceiveMessage",
"BatchPeekMessage", "GetQueueAttributes", "ChangeMessageVisibility", "BatchDeleteMessage"; that SMQ stores and returns
such characters unchanged is UNCONFIRMED.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple
from xml.etree import ElementTree as ET
from xml.sax.saxutils import unescape

ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, "Char"
REFERENCE = re.compile(r"&#(?:x([0-9a-fA-F]{1,8})|([0-9]{1,8}));")
QUOTES = {"&quot;": '"', "&apos;": "'"}

_message = re.compile(rb"<Message>.*?</Message>", re.DOTALL)
_body = re.compile(rb"(?<=<MessageBody>).*(?=</MessageBody>)", re.DOTALL)
_error = re.compile(rb"<Error>.*?</Error>", re.DOTALL)


class Message(NamedTuple):
    """A message that was received or peeked at; times are epoch seconds by SMQ's clock.

    fault: why XML cannot carry the body, so that `body` is a readable form of it; "" if `body` is the body itself.
    """

    id: str
    body: str
    enqueued_at: float
    receipt: str = ""
    visible_at: float = 0.0
    fault: str = ""


class Attributes(NamedTuple):
    """The approximate numbers of messages in a queue, and its retention and visibility timeout in seconds."""

    active: int
    inactive: int
    delayed: int
    retention: int
    visibility: int

    @property
    def total(self) -> int:
        """The number of all messages."""
        return self.active + self.inactive + self.delayed


class Held(NamedTuple):
    """The new handle of a received message, and the end of its hiding in epoch seconds."""

    receipt: str
    visible_at: float


def messages(answer: bytes) -> list[Message]:
    """The messages of a batch, received or peeked at.

    :raises ValueError: the answer is not SMQ's.
    """
    elements = _message.findall(answer)
    if not elements or not answer.rstrip().endswith(b"</Messages>"):  # or the answer is truncated
        raise ValueError("no messages, or not all of them")
    return [_read(element) for element in elements]


def attributes(answer: bytes) -> Attributes:
    """The attributes of a queue.

    :raises ValueError: the answer is not SMQ's.
    """
    names = ("ActiveMessages", "InactiveMessages", "DelayMessages", "MessageRetentionPeriod", "VisibilityTimeout")
    return Attributes(*(int(_field(answer, name)) for name in names))


def held(answer: bytes) -> Held:
    """The answer to a change of visibility.

    :raises ValueError: the answer is not SMQ's.
    """
    return Held(_field(answer, "ReceiptHandle"), int(_field(answer, "NextVisibleTime")) / 1000)


def undeleted(answer: bytes) -> Mapping[str, str]:
    """The code of each message that was not deleted, by its handle; {} if the whole request was refused."""
    errors = [error for error in _error.findall(answer) if b"<ReceiptHandle>" in error]
    return {_field(error, "ReceiptHandle"): _field(error, "ErrorCode") for error in errors}


def _read(element: bytes) -> Message:
    body = _body.search(element)
    if body is None:
        raise ValueError("no body")
    rest = element[: body.start()] + element[body.end() :]
    text, fault = _text(body[0])
    receipt, until = ("", "0") if b"<ReceiptHandle>" not in rest else held(rest)
    enqueued_at = int(_field(rest, "EnqueueTime")) / 1000
    return Message(_field(rest, "MessageId"), text, enqueued_at, receipt, float(until), fault)


def _field(data: bytes, name: str) -> str:
    found = re.search(rf"<{name}>([^<]*)</{name}>".encode(), data)
    if found is None:
        raise ValueError(f"no {name}")
    return unescape(found[1].decode(), QUOTES)


def _text(body: bytes) -> tuple[str, str]:
    r"""The body and "". If XML cannot carry it: a readable form with escapes like `\u0001`, and the reason."""
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        why = f"its body is not UTF-8: byte 0x{body[error.start]:02X} at {error.start}"
        return _escaped(unescape(body.decode(errors="backslashreplace"), QUOTES)), why
    try:
        # expat of Python 3.10 and later bounds the expansion of entities
        element = ET.fromstring(b"<MessageBody>" + body + b"</MessageBody>")  # noqa: S314
    except ET.ParseError:
        element = None
    if element is not None and not len(element):
        return element.text or "", ""
    references = REFERENCE.sub(lambda found: _character(found[1], found[2]), text)
    wrong = ILLEGAL.search(references)
    if wrong:
        why = f"its body has the character U+{ord(wrong[0]):04X}, which XML cannot carry"
    else:
        why = "its body breaks the XML of the answer"
    return _escaped(unescape(references, QUOTES)), why


def _character(hexadecimal: str | None, decimal: str | None) -> str:
    number = int(hexadecimal, 16) if hexadecimal else int(decimal or "0")
    return chr(number) if number <= 0x10FFFF else "\ufffd"  # noqa: PLR2004 - the last one of Unicode


def _escaped(text: str) -> str:
    return ILLEGAL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
