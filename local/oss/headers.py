"""Headers in both directions: OSS takes and gives values in UTF-8, HTTP libraries see them as Latin-1.

Bytes that are no UTF-8 survive as surrogates, so that what was stored comes back and what was signed is compared.
"""

from collections.abc import Mapping
from email.message import Message

BLANK = " \t"  # around a value; `str.strip` would also take what Latin-1 makes of parts of a character


def received(headers: Message) -> list[tuple[str, str]]:
    """The headers of a request in the order of arrival: lower-case names, decoded values."""
    return [(name.lower(), decoded(value)) for name, value in headers.items()]


def decoded(value: str) -> str:
    """A value as the client meant it."""
    return value.encode("latin-1").decode("utf-8", "surrogateescape").strip(BLANK)


def to_be_sent(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers of an answer, as the server has to be given them."""
    return {name: raw(value).decode("latin-1") for name, value in headers.items()}


def raw(text: str) -> bytes:
    """The bytes of a decoded text."""
    return text.encode("utf-8", "surrogateescape")
