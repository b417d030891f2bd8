"""Describes a message of one of the queues: its sender, its reason and its items.

Bodies are read as the function reads them: plain JSON or JSON in Base64. No function here raises: an unreadable body is
shown unchanged.
"""

import base64
import binascii
from contextlib import suppress
from typing import Any, NamedTuple

from oss_cdn_refresh import events
from oss_cdn_refresh.events import confirmations, envelopes, oss
from oss_cdn_refresh.events.message_format import BACKLOG, DEAD_LETTER
from oss_cdn_refresh.model.effects import timestamp
from oss_cdn_refresh.model.errors import UnreadableRecord
from oss_cdn_refresh_cli.shared.output import pretty, shortened

OURS = "function"  # a dead letter of the function
COMPUTE = "Function Compute"  # its failure destination: an asynchronous invocation that failed after all retries
STREAM = "event stream"  # a message that the queue's trigger gave up, unchanged
WAITING = "backlog"  # a message of the backlog
CONFIRMATION = "confirmation"  # a message of the backlog: refreshes that the CDN accepted and that are looked up later
NOTIFICATION = "OSS"  # a notification that OSS sent straight to the queue
UNKNOWN = "unknown"

INVOCATION_FAILED = "InvocationFailed"  # the reason where Function Compute gives none
NOT_DELIVERED = "NotDelivered"  # the reason of a message that the stream gave up, which gives none
OF_CONFIRMATIONS = "Confirmation"  # instead of NOT_DELIVERED, where the message holds nothing but confirmations
UNKNOWN_RECORD = "UnknownRecord"
UNREADABLE_MESSAGE = "UnreadableMessage"  # the reason of a body that is not JSON, or that XML cannot carry
WHAT_LENGTH = 200
SOURCES = (  # the kinds of records, recognised as the function does
    (lambda fields: fields.get("kind") == DEAD_LETTER, OURS),
    (lambda fields: fields.get("kind") == BACKLOG, WAITING),
    (confirmations.infer, CONFIRMATION),
    (envelopes.infer_destination, COMPUTE),
    (oss.infer, NOTIFICATION),
    (oss.infer_list, NOTIFICATION),
    (envelopes.infer_queue_message, STREAM),
    (envelopes.infer_cloud_event, STREAM),
)


class Record(NamedTuple):
    """The description of a message.

    `what` is the first URL, object or piece of payload; `items` is the number of all, of which `unconfirmed` are URLs
    to be confirmed. Times are texts of the message or
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
    unconfirmed: int = 0

    @property
    def only_confirms(self) -> bool:
        """Whether it holds nothing but confirmations."""
        return 0 < self.unconfirmed == self.items


def read(body: str, fault: str = "") -> Record:
    """Describe a body; `fault` says why XML cannot carry it, or ""."""
    if fault:
        return _unreadable(body, fault)
    try:
        value = events.decoded(body)
    except UnreadableRecord as error:
        return _unreadable(body, f"its body cannot be read: {error}")
    what, items, unconfirmed = _contents(body)
    fields = value if isinstance(value, dict) else {}
    source = _source(value)
    attempts = fields.get("attempts") if source in (OURS, WAITING) else None
    reason = _reason(source, fields)
    return Record(
        source=source,
        reason=OF_CONFIRMATIONS if reason == NOT_DELIVERED and 0 < unconfirmed == items else reason,
        what=what,
        items=items,
        attempts=attempts if type(attempts) is int else None,
        first_seen=_text(fields.get("first_seen")),
        failed_at=_failed_at(source, fields),
        value=value,
        unconfirmed=unconfirmed,
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
    wrapped = value is not first  # only the stream puts records into a list
    return STREAM if wrapped and source in (OURS, WAITING, CONFIRMATION, COMPUTE) else source


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


def _contents(body: str) -> tuple[str, int, int]:
    """The first thing that a body is about, how many there are, and how many of these are URLs to be confirmed."""
    reading = events.read(body.encode(errors="replace"))
    urls = [item.url for waiting in reading.waiting for item in waiting.items]
    unconfirmed = [url for confirmation in reading.confirmations for url in confirmation.urls]
    count = len(reading.changes) + len(urls) + len(unconfirmed) + len(reading.unreadable)
    if urls or (unconfirmed and not reading.changes):
        what = (urls or unconfirmed)[0]
    elif reading.changes:
        what = f"oss://{reading.changes[0].bucket}/{reading.changes[0].key}"
    else:
        payload = " ".join(reading.unreadable[0].payload.split()) if reading.unreadable else body
        what = shortened(payload, WHAT_LENGTH)
    return what, count, len(unconfirmed)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
