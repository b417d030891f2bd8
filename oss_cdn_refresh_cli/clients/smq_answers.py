"""Makes SMQ's answers readable: a body that XML cannot carry breaks the answer with up to 15 other messages.

Such a body is replaced by readable text, and the fault is reported. Shapes: "BatchReceiveMessage" and
"BatchPeekMessage"; that SMQ stores and returns such characters unchanged is UNCONFIRMED.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape, unescape

ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, "Char"
REFERENCE = re.compile(r"&#(?:x([0-9a-fA-F]{1,8})|([0-9]{1,8}));")
QUOTES = {"&quot;": '"', "&apos;": "'"}

_message = re.compile(rb"<Message>.*?</Message>", re.DOTALL)
_id = re.compile(rb"<MessageId>([^<]*)</MessageId>")
_body = re.compile(rb"(?<=<MessageBody>).*(?=</MessageBody>)", re.DOTALL)


class Readable(NamedTuple):
    """An answer that a parser can read; `faults` says, by message id, what was wrong with the body."""

    text: str
    faults: Mapping[str, str]


def readable(data: bytes) -> Readable:
    """The answer as text, each body that XML cannot carry replaced by one that shows it."""
    if _well_formed(data):
        return Readable(data.decode(), {})
    faults: dict[str, str] = {}

    def replaced(found: re.Match[bytes]) -> bytes:
        message = found[0]
        identity, body = _id.search(message), _body.search(message)
        if identity is None or body is None or _well_formed(message):
            return message
        text, why = _shown(body[0])
        faults[identity[1].decode(errors="replace")] = why
        return message[: body.start()] + escape(text).encode() + message[body.end() :]

    readable = _message.sub(replaced, data)
    return Readable(readable.decode(errors="backslashreplace"), faults)


def _well_formed(data: bytes) -> bool:
    try:
        data.decode()
        ET.fromstring(data)  # noqa: S314 - expat of Python 3.10 and later bounds the expansion of entities
    except (ET.ParseError, UnicodeDecodeError):
        return False
    return True


def _shown(body: bytes) -> tuple[str, str]:
    r"""A body with what XML cannot carry as `\u0001`, and why the parser does not take it."""
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        why = f"its body is not UTF-8: byte 0x{body[error.start]:02X} at {error.start}"
        return _escaped(unescape(body.decode(errors="backslashreplace"), QUOTES)), why
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
