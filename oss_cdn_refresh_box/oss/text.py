"""Text in requests and answers: header values in UTF-8, and numbers.

OSS reads and writes header values as UTF-8, HTTP libraries as Latin-1. Bytes that are not UTF-8 become surrogates, so
that they come back unchanged and signatures can be compared.
"""

import re
from collections.abc import Mapping
from email.message import Message

BLANK = " \t"  # around a value; `str.strip` would also take bytes of a character that Latin-1 reads as blanks
WHOLE = re.compile(r"[0-9]{1,15}")  # ASCII digits, and no more of them than a count can have
RANGE = re.compile(r"bytes=([0-9]{0,15})-([0-9]{0,15})")


def received(headers: Message) -> list[tuple[str, str]]:
    """The headers of a request in the order of arrival: lower-case names, decoded values."""
    return [(name.lower(), decoded(value)) for name, value in headers.items()]


def decoded(value: str) -> str:
    """A header value as the client meant it."""
    return value.encode("latin-1").decode("utf-8", "surrogateescape").strip(BLANK)


def to_be_sent(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers of an answer, as the server takes them."""
    return {name: raw(value).decode("latin-1") for name, value in headers.items()}


def raw(text: str) -> bytes:
    """The bytes of a decoded text."""
    return text.encode("utf-8", "surrogateescape")


def whole(text: str) -> int | None:
    """The number, or None if the text is not one."""
    return int(text) if WHOLE.fullmatch(text) else None


def span(header: str, size: int) -> tuple[int, int] | None:
    """Start and end (exclusive) of a range of an object of this size, or None if the header is no valid range.

    "bytes=0-9", "bytes=100-" to the end, "bytes=-100" for the last 100.
    """
    match = RANGE.fullmatch(header)
    if match is None or not any(match.groups()):
        return None
    first, last = match.groups()
    start = int(first) if first else max(0, size - int(last))
    end = min(size, int(last) + 1) if first and last else size
    return (start, end) if start < end else None
