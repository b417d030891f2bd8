"""Describes a message of one of the queues: its sender, its reason and its items.

Bodies are read as the function reads them: plain JSON or JSON in Base64. No function here raises: an unreadable body is
shown unchanged.
"""

import base64
import binascii
from contextlib import suppress
from typing import Any, NamedTuple

from oss_cdn_refresh import events
from oss_cdn_refresh.events import envelopes, oss
from oss_cdn_refresh.events.message_format import BACKLOG, CONFIRMATION, DEAD_LETTER
from oss_cdn_refresh.model.effects import timestamp
from oss_cdn_refresh.model.errors import UnreadableRecord
from oss_cdn_refresh_cli.shared.output import pretty, shortened

OURS = "function"  # a dead letter of the function
COMPUTE = "Function Compute"  # its failure destination: an asynchronous invocation that failed after all retries
STREAM = "event stream"  # a message that the queue's trigger gave up, unchanged
WAITING = "backlog"  # a message of the backlog
CONFIRMING = "confirmation"  # accepted URLs whose tasks are looked up later
NOTIFICATION = "OSS"  # a notification that OSS sent to the queue
UNKNOWN = "unknown"

INVOCATION_FAILED = "InvocationFailed"  # the reason if Function Compute gives none
NOT_DELIVERED = "NotDelivered"  # the reason of a message of the stream, which gives none
UNKNOWN_RECORD = "UnknownRecord"
UNREADABLE_MESSAGE = "UnreadableMessage"  # the reason of a body that is not JSON, or that XML cannot carry
WHAT_LENGTH = 200
SOURCES = (  # the kinds of records, recognised as the function does
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
    """The description of a message.

    `what` is the first URL, object or piece of payload; `items` is the number of all. Times are texts of the message or
    "". `value` is the decoded body, None if it is not JSON. `problem` says why the body is unreadable, or "".
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
    """Describe a body; `fault` says why XML cannot carry it, or ""."""
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
    """The JSON of a body, plain or in Base64, as the function reads it; None if it is neither."""
    try:
        return events.decoded(body)
    except UnreadableRecord:
        return None


def payload(record: Record) -> str | None:
    r"""The payload of a rejected record, or the event of a failed invocation, for people; None where there is none.

    JSON is indented. Base64 is decoded, and bytes that are no text are written as `\xff`.
    """
    if not isinstance(record.value, dict):
        return None
    found = record.value.get("payload", record.value.get("requestPayload"))
    if found is None or not isinstance(found, str):
        return None if found is None else pretty(found)
    inside = decoded(found)
    if inside is not None:
        return pretty(inside)
    if record.value.get("payload_encoding") == "base64":
        with suppress(binascii.Error):
            return base64.b64decode(found, validate=True).decode(errors="backslashreplace")
    return found


def _source(value: Any) -> str:
    first = value[0] if isinstance(value, list) and value else value
    if not isinstance(first, dict):
        return UNKNOWN
    source = next((source for infer, source in SOURCES if infer(first)), UNKNOWN)
    wrapped = value is not first  # only the stream wraps records in a list
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
    """The first URL, object or piece of payload of a body, and the number of all."""
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
