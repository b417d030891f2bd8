"""Describes a message of one of the queues: who wrote it, why it is there, which items it holds.

Bodies are read as the function reads them: plain JSON or JSON in Base64. Nothing here raises: a body that cannot be
read is shown unchanged.
"""

import base64
import binascii
from typing import Any, NamedTuple

from oss_cdn_refresh import events
from oss_cdn_refresh.events import envelopes, oss
from oss_cdn_refresh.events.message_format import BACKLOG, CONFIRMATION, DEAD_LETTER
from oss_cdn_refresh.model.effects import timestamp
from oss_cdn_refresh.model.errors import UnreadableRecord
from oss_cdn_refresh_cli.shared.output import shortened

OURS = "function"  # a dead letter of our function
COMPUTE = "Function Compute"  # its failure destination: an asynchronous invocation that failed for good
STREAM = "event stream"  # a message that the queue's trigger gave up, as it came
WAITING = "backlog"  # a message of the backlog
CONFIRMING = "confirmation"  # accepted URLs whose tasks are looked up later
NOTIFICATION = "OSS"  # a notification that OSS sent straight to the queue
UNKNOWN = "unknown"

INVOCATION_FAILED = "InvocationFailed"  # the reason where Function Compute gives none
NOT_DELIVERED = "NotDelivered"  # the reason of a message that the stream gave up, which gives none
UNKNOWN_RECORD = "UnknownRecord"
UNREADABLE_MESSAGE = "UnreadableMessage"  # the reason of a body that is no JSON, or that XML cannot carry
WHAT_LENGTH = 200
SOURCES = (  # the kinds of records, told apart as the function does
    (lambda fields: fields.get("kind") == DEAD_LETTER, OURS),
    (lambda fields: fields.get("kind") == BACKLOG, WAITING),
    (lambda fields: fields.get("kind") == CONFIRMATION, CONFIRMING),
    (envelopes.infer_destination, COMPUTE),
    (oss.infer, NOTIFICATION),
    (oss.infer_list, NOTIFICATION),
    (envelopes.infer_queue_message, STREAM),
    (envelopes.infer_cloud_event, STREAM),
)


class Record(NamedTuple):
    """What a message's body says.

    `what` is the first URL, object or piece of payload, of `items` in all. Times are as messages have them, or "".
    `value` is the decoded body, None where it is not JSON; `problem` says why it cannot be read at all, or "".
    """

    source: str
    reason: str
    what: str
    items: int
    attempts: int | None
    first_seen: str
    failed_at: str
    value: Any
    problem: str = ""


def read(body: str, fault: str = "") -> Record:
    """Read a body, whatever it is; `fault` is why `body` only shows what the queue holds, or ""."""
    if fault:
        return _unreadable(body, fault)
    try:
        value = events.decoded(body)
    except UnreadableRecord as error:
        return _unreadable(body, f"its body cannot be read: {error}")
    what, items = _contents(body)
    fields = value if isinstance(value, dict) else {}
    source = _source(value)
    attempts = fields.get("attempts") if source in (OURS, WAITING) else None
    return Record(
        source=source,
        reason=_reason(source, fields),
        what=what,
        items=items,
        attempts=attempts if type(attempts) is int else None,
        first_seen=_text(fields.get("first_seen")),
        failed_at=_failed_at(source, fields),
        value=value,
    )


def _unreadable(body: str, problem: str) -> Record:
    what = shortened(" ".join(body.split()), WHAT_LENGTH)
    return Record(UNKNOWN, UNREADABLE_MESSAGE, what, 1, None, "", "", None, problem)


def decoded(body: str) -> Any:
    """The JSON of a body, plain or in Base64, as the function reads it; None where it is neither."""
    try:
        return events.decoded(body)
    except UnreadableRecord:
        return None


def text_of_base64(payload: str) -> str:
    r"""The text of a payload in Base64, with what is no text written as `\xff`; the payload itself where it is none."""
    try:
        return base64.b64decode(payload, validate=True).decode(errors="backslashreplace")
    except binascii.Error:
        return payload


def _source(value: Any) -> str:
    first = value[0] if isinstance(value, list) and value else value
    if not isinstance(first, dict):
        return UNKNOWN
    source = next((source for infer, source in SOURCES if infer(first)), UNKNOWN)
    wrapped = value is not first  # only the stream puts records into a list
    return STREAM if wrapped and source in (OURS, WAITING, CONFIRMING, COMPUTE) else source


def _reason(source: str, fields: dict[str, Any]) -> str:
    if source in (OURS, WAITING):
        return _text(fields.get("reason")) or UNKNOWN_RECORD
    if source == COMPUTE:
        context = fields.get("requestContext")
        return (_text(context.get("condition")) if isinstance(context, dict) else "") or INVOCATION_FAILED
    return UNKNOWN_RECORD if source == UNKNOWN else NOT_DELIVERED


def _failed_at(source: str, fields: dict[str, Any]) -> str:
    at = fields.get("timestamp")  # of a failure destination, in milliseconds
    if source == COMPUTE and type(at) is int and 0 <= at < 253_402_300_800_000:  # noqa: PLR2004 - the year 10000
        return timestamp(at / 1000)
    return _text(fields.get("failed_at"))


def _contents(body: str) -> tuple[str, int]:
    """The first thing that a body is about, and how many there are."""
    reading = events.read(body.encode(errors="replace"))
    urls = [url for waiting in reading.waiting for url in waiting.urls]
    urls += (url for asked in reading.confirmations for url in asked.urls)
    count = len(reading.changes) + len(urls) + len(reading.unreadable)
    if urls:
        return urls[0], count
    if reading.changes:
        return f"oss://{reading.changes[0].bucket}/{reading.changes[0].key}", count
    return shortened(
        " ".join(reading.unreadable[0].payload.split()) if reading.unreadable else body, WHAT_LENGTH
    ), count


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
