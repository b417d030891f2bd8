"""Reads the head of an answer of the edge. Sources: RFC 9110, "ETag", "Last-Modified", "Content-Range"."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import timezone
from email.utils import parsedate_to_datetime
from typing import NamedTuple

DIGITS = 18  # of a number in a header, at most


class Seen(NamedTuple):
    """An answer of the edge: `etag` as `tag` writes it, `modified` in epoch seconds, `length` of the whole object."""

    status: int
    etag: str = ""
    modified: float | None = None
    length: int | None = None
    location: str = ""


def tag(text: str) -> str:
    """The value of an ETag, without quotes and the mark of a weak one, in capitals as OSS writes it."""
    return text.strip().removeprefix("W/").strip('"').upper()


def read(status: int, headers: Mapping[str, str]) -> Seen:
    """Read the status and the headers of an answer."""
    whole = headers.get("Content-Range", "").rpartition("/")[2] or headers.get("Content-Length", "")
    encoded = headers.get("Content-Encoding", "identity").strip().lower() not in {"", "identity"}
    return Seen(
        status,
        tag(headers.get("ETag", "")),
        _moment(headers.get("Last-Modified", "")),
        None if encoded else number(whole),  # the length of a compressed copy is not that of the object
        headers.get("Location", "") if status in range(300, 400) else "",
    )


def number(text: str) -> int | None:
    """The number in a header; None for other text, and for thousands of digits, which Python refuses."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= DIGITS else None


def _moment(text: str) -> float | None:
    with suppress(ValueError, OverflowError):
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()
    return None
