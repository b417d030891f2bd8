"""The format of our messages in SMQ, which `letters` writes and `events.returned` reads; see docs/operating.md."""

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
SHOWN = 500  # characters of a reason, an id or an explanation that a message keeps
NAMESPACE = "http://mns.aliyuncs.com/doc/v1/"
REQUEST_BYTES = 65_536  # SMQ: a message, and the messages of a batch together; here the whole HTTP body, XML included
BATCH_BYTES = len(f'<?xml version="1.0" encoding="utf-8"?><Messages xmlns="{NAMESPACE}"></Messages>')
ENTRY_BYTES = len("<Message><MessageBody></MessageBody><DelaySeconds>604800</DelaySeconds></Message>")
MESSAGE_BYTES = REQUEST_BYTES - BATCH_BYTES - ENTRY_BYTES  # of a message's body as it is sent, escaped for XML
CLOSE_ENOUGH = 1_024  # bytes of a part that may stay empty
FITTINGS = 8  # tries to cut a part better than that
LONGEST_CHARACTER = 12  # bytes: two \\u escapes
HALF_A_MESSAGE = MESSAGE_BYTES // 2 - 256  # for the fields, or for the longest URL, as sent: both fit together


def escaped(text: str) -> str:
    """A text for XML, as `aliyun-mns-sdk` writes it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;").replace(">", "&gt;")


def sent_bytes(text: str) -> int:
    """How long an ASCII text is in the HTTP body of a request: `len(escaped(text))`, without making it."""
    return len(text) + 5 * text.count('"') + 4 * text.count("&") + 3 * (text.count("<") + text.count(">"))


def dumped_each(texts: list[str]) -> list[str]:
    """Each of some texts in ASCII JSON; all at once, because they may be thousands."""
    return _one_a_line(texts)[1:-1].split("\n") if texts else []  # in JSON, a newline stands between texts only


def dumped(value: Any) -> str:
    """ASCII JSON: each character of it is one byte and may stand in XML, whatever the untrusted input held."""
    try:
        return json.dumps(value)
    except RecursionError:  # it was read with fewer frames on the stack than there are now
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
