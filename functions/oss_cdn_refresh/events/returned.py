"""Reads our own messages when they come back: messages of the backlog, and dead letters that a person put back."""

import base64
import binascii
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from oss_cdn_refresh.events.change import epoch
from oss_cdn_refresh.events.message_format import (
    A_PART,
    BACKLOG,
    DEAD_LETTER,
    HALF_A_MESSAGE,
    KNOWN_FIELDS,
    SHOWN,
    VERSION,
    dumped,
    sent_bytes,
)
from oss_cdn_refresh.events.parts import Part, Unreadable, Waiting, Within
from oss_cdn_refresh.model.errors import UnreadableRecord
from oss_cdn_refresh.model.history import HISTORY_LENGTH, History
from oss_cdn_refresh.model.item import OBJECT_TYPES, URL_LENGTH

REFUSAL_FIELDS = 10  # at most in an entry of a history; this function writes two
MOST_ATTEMPTS = 1_000_000  # this function never writes a larger number

_in_lower_case = re.compile(r"[a-z]+://[a-z0-9.-]+/").match  # fast path: true for each URL that this function wrote


def infer(value: dict[str, Any]) -> bool:
    """Whether it is one of our messages, by its `kind`."""
    return value.get("kind") in (BACKLOG, DEAD_LETTER)


def parse(value: dict[str, Any]) -> Iterator[Part]:
    """The items of the message, or the rejected record in a dead letter."""
    if value.get("version", VERSION) != VERSION:
        raise UnreadableRecord("the version of a message is not known here")
    if "payload" in value and "urls" not in value:
        yield from _unreadable(value)
        return
    urls = value.get("urls")
    if value.get("object_type") not in OBJECT_TYPES or not isinstance(urls, list) or not urls:
        raise UnreadableRecord("object_type or urls of a message are missing or wrong")
    history = _history(value)
    broken = [url for url in urls if not _fits(url)]
    readable = tuple(filter(_fits, urls))
    if readable:
        yield Waiting(value["object_type"], lowered(readable), history)
    if broken:
        yield Within({**value, "urls": None, "broken_urls": broken})


def lowered(urls: Iterable[str]) -> tuple[str, ...]:
    """The URLs with scheme and host in lower case, because case has no meaning there."""
    return tuple([url if _in_lower_case(url) else _lowered(url) for url in urls])


def history_of(
    first_seen: Any,
    changed_at: Any,
    attempts: int,
    history: Iterable[Any],
    kept: Mapping[str, Any],
    *,
    force: bool,
    resubmissions: int = 0,
    preload: bool = False,
) -> History:
    """The history in a message. A missing or wrong field gets the value of a new item."""
    seen, changed = epoch(first_seen), epoch(changed_at)
    return History(
        first_seen=math.inf if seen is None else seen,
        changed_at=changed,
        changed_last=changed,
        attempts=min(max(attempts, 0), MOST_ATTEMPTS),
        force=force,
        refusals=tuple(filter(_is_refusal, history))[-HISTORY_LENGTH:],
        kept=kept,
        resubmissions=min(max(resubmissions, 0), MOST_ATTEMPTS),
        preload=preload,
    )


def _history(value: Mapping[str, Any]) -> History:
    history = value.get("history")
    return history_of(
        value.get("first_seen"),
        value.get("changed_at"),
        whole_number(value.get("attempts")),
        history if isinstance(history, list) else (),
        kept_fields(value),
        force=value.get("force") is True,
        resubmissions=whole_number(value.get("resubmissions")),
        preload=value.get("preload") is True,
    )


def whole_number(value: Any) -> int:
    """A whole number of a message; 0 for anything else."""
    return value if type(value) is int else 0


def _is_refusal(entry: Any) -> bool:
    """Whether it is an entry of a history, `{"at", "reason"}`, of a reasonable size."""
    return (
        isinstance(entry, dict)
        and len(entry) <= REFUSAL_FIELDS
        and all(isinstance(text, str) and len(text) <= SHOWN for pair in entry.items() for text in pair)
    )


def _lowered(url: str) -> str:
    origin = re.match(r"[A-Za-z]+://[^/?#]*", url)
    return origin[0].lower() + url[origin.end() :] if origin else url


def _fits(url: Any) -> bool:
    """Whether it is a text short enough to be a URL in a dead letter."""
    return isinstance(url, str) and (len(url) <= URL_LENGTH or sent_bytes(dumped(url)) < HALF_A_MESSAGE)


def kept_fields(value: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that this version does not know. They are copied into the next message."""
    return {name: entry for name, entry in value.items() if name not in KNOWN_FIELDS}


def _unreadable(value: dict[str, Any]) -> Iterator[Part]:
    """The rejected record in a dead letter: a whole record is read again, a part of a large record is not."""
    payload, encoding = value["payload"], value.get("payload_encoding", "")
    if not isinstance(payload, str) or encoding not in ("", "base64"):
        raise UnreadableRecord("payload or payload_encoding of a dead letter are wrong")
    if "part" in value:
        numbers: dict[str, Any] = {name: value[name] for name in ("part", "parts") if type(value.get(name)) is int}
        yield Unreadable(payload, A_PART, encoding, numbers)
        return
    if not encoding:
        yield Within(payload, kept_fields(value))
        return
    try:
        yield Within(base64.b64decode(payload, validate=True), kept_fields(value))
    except (binascii.Error, ValueError) as error:
        raise UnreadableRecord("the payload of a dead letter is not valid Base64") from error
