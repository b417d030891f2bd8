"""The format of our SMQ messages. `queueing.messages` writes it, `events.returned` reads it; see docs/operating.md."""

import json
import sys
from collections.abc import Iterator
from typing import Any

BACKLOG = "oss-cdn-refresh/backlog"
DEAD_LETTER = "oss-cdn-refresh/dead-letter"
CONFIRMATION = "oss-cdn-refresh/confirmation"
VERSION = 1
BACKLOG_FIELDS = frozenset(
    {"kind", "version", "object_type", "urls", "force", "attempts", "reason", "first_seen", "changed_at", "history"}
) | {"resubmissions", "preload"}
DEAD_LETTER_FIELDS = frozenset({"message", "request_id", "failed_at", "payload", "payload_encoding", "part", "parts"})
KNOWN_FIELDS = BACKLOG_FIELDS | DEAD_LETTER_FIELDS
A_PART = "a part of a record that is too large for one message"
SHOWN = 500  # characters of a reason, an id or an explanation in a message; the rest is cut off
NAMESPACE = "http://mns.aliyuncs.com/doc/v1/"
REQUEST_BYTES = 65_536  # SMQ's limit for a message, and for all messages of a batch; here for the whole HTTP body
BATCH_BYTES = len(f'<?xml version="1.0" encoding="utf-8"?><Messages xmlns="{NAMESPACE}"></Messages>')
ENTRY_BYTES = len("<Message><MessageBody></MessageBody><DelaySeconds>604800</DelaySeconds></Message>")
MESSAGE_BYTES = REQUEST_BYTES - BATCH_BYTES - ENTRY_BYTES  # of the body of a message, escaped for XML
CLOSE_ENOUGH = 1_024  # bytes of a part that may stay empty
FITTINGS = 8  # tries to cut a part better than that
LONGEST_CHARACTER = 12  # bytes: two \\u escapes
HALF_A_MESSAGE = MESSAGE_BYTES // 2 - 256  # escaped bytes for the other fields, and as many for the longest URL


def escaped(text: str) -> str:
    """A text, escaped for XML in the same way as in `aliyun-mns-sdk`."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;").replace(">", "&gt;")


def sent_bytes(text: str) -> int:
    """The bytes of an ASCII text in the HTTP body of a request: `len(escaped(text))`, without escaping it."""
    return len(text) + 5 * text.count('"') + 4 * text.count("&") + 3 * (text.count("<") + text.count(">"))


def dumped_each(texts: list[str]) -> list[str]:
    """Each text as ASCII JSON. One call encodes all of them, which is faster for thousands of texts."""
    return _one_a_line(texts)[1:-1].split("\n") if texts else []  # the only newlines are those between the texts


def dumped(value: Any) -> str:
    """A value as ASCII JSON: each character is one byte and is allowed in XML, even for untrusted input."""
    try:
        return json.dumps(value)
    except RecursionError:  # the value was read when the stack was less deep than it is now
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(2 * limit)
        try:
            return json.dumps(value)
        finally:
            sys.setrecursionlimit(limit)


def pieces(text: str, room: int) -> Iterator[str]:
    """A text in nearly as few pieces as possible: each has at most `room` bytes when it is sent in a JSON string."""
    start = 0
    while start < len(text):
        longest = min(room, len(text) - start)
        fits = min(room // LONGEST_CHARACTER, longest)
        length = longest
        for _ in range(FITTINGS):
            size = sent_bytes(dumped(text[start : start + length])[1:-1])
            if size <= room:
                fits = length
            else:
                longest = length - 1
            if fits >= longest or 0 <= room - size < CLOSE_ENOUGH:
                break
            length = min(max(length * room // size, fits + 1), longest)  # if the rest is like what was measured
        yield text[start : start + fits]
        start += fits


_one_a_line = json.JSONEncoder(separators=("\n", ":")).encode
