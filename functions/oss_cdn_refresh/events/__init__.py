"""Reads the bytes of an event into changes, deferred items and rejected records.

The content decides the kind of a payload: each kind has an `infer` and a `parse` function, and the first kind whose
`infer` returns True reads the value. The content of an envelope is read in the same way. An array may mix kinds. A
record that cannot be read does not affect the other records.
"""

import base64
import binascii
import json
import math
import re
from collections.abc import Callable, Iterator
from typing import Any

from oss_cdn_refresh.events import confirmations, envelopes, oss, returned
from oss_cdn_refresh.events.change import Change
from oss_cdn_refresh.events.message_format import dumped
from oss_cdn_refresh.events.parts import Part, Reading, Unreadable, Waiting, Within
from oss_cdn_refresh.model.confirmation import Confirmation
from oss_cdn_refresh.model.errors import UnreadableRecord

DEPTH = 16  # nested envelopes; real events have at most four …
ENVELOPES = 4  # … around the body of a message: the text, the array, a CloudEvent and the message
LARGE = 262_144  # bytes; for a smaller event, importing the faster reader costs more time than it saves

KINDS: tuple[tuple[Callable[[dict[str, Any]], bool], Callable[[dict[str, Any]], Iterator[Part]]], ...] = (
    (returned.infer, returned.parse),
    (confirmations.infer, confirmations.parse),
    (envelopes.infer_destination, envelopes.parse_destination),
    (oss.infer, oss.parse),
    (oss.infer_list, oss.parse_list),
    (envelopes.infer_queue_message, envelopes.parse_queue_message),
    (envelopes.infer_cloud_event, envelopes.parse_cloud_event),
    (envelopes.infer_topic_message, envelopes.parse_topic_message),
)
NOTHING_HAPPENED: tuple[Any, ...] = ([], {"events": []})

_BASE64 = r"[A-Za-z0-9+/_-]+={0,2}"


def read(event: bytes) -> Reading:
    """Read any event. It raises nothing: a record that cannot be read is part of the result.

    The result has the order of the event. In a large event, the usual records come first.
    """
    reading = Reading([], [], [], [])
    for part in _large(event, reading) if len(event) >= LARGE else _within(event, DEPTH):
        if isinstance(part, Change):
            reading.changes.append(part)
        elif isinstance(part, Waiting):
            reading.waiting.append(part)
        elif isinstance(part, Unreadable):
            reading.unreadable.append(part)
        elif isinstance(part, Confirmation):
            reading.confirmations.append(part)
    return reading


def decoded(text: bytes | str) -> Any:
    """The JSON in a text: plain, or in Base64 of either alphabet, with or without padding and line breaks.

    :raises UnreadableRecord: the text is neither.
    """
    try:
        plain = text.decode() if isinstance(text, bytes) else text
    except UnicodeDecodeError as error:
        raise UnreadableRecord("not UTF-8") from error
    try:
        return _json(plain)
    except UnreadableRecord:
        compact = "".join(plain.split())
        if not re.fullmatch(_BASE64, compact):
            raise
        try:
            return _json(base64.urlsafe_b64decode(_padded(compact)).decode())
        except (binascii.Error, UnicodeDecodeError) as error:
            raise UnreadableRecord("neither JSON nor JSON in Base64") from error


def _large(event: bytes, reading: Reading) -> Iterator[Part]:
    """Read the usual messages of a large event together. The other messages are read one by one, and yielded."""
    try:
        from oss_cdn_refresh.events import bulk  # noqa: PLC0415 - only large events are worth the import
    except ImportError as error:  # no layer, or a layer for another Python: `_within` reads the same, only slower
        if not str(error.name).startswith("msgspec"):
            raise
        read = None
    else:
        read = bulk.read(event)
    if read is None:
        yield from _within(event, DEPTH)
        return
    reading.changes.extend(read.changes)
    reading.waiting.extend(read.waiting)
    for body in read.bodies:
        yield from (_from(Within(body), part, queued=True) for part in _within(body, DEPTH - ENVELOPES))


def _within(value: Any, depth: int) -> Iterator[Part]:
    """All parts of a value. For a record that cannot be read: its smallest broken part, as `Unreadable`."""
    try:
        yield from _parts(value, depth)
    except UnreadableRecord as error:
        yield _unreadable(value, str(error))


def _parts(value: Any, depth: int) -> Iterator[Part]:
    if not depth:
        raise UnreadableRecord("too many envelopes inside each other")
    if isinstance(value, (bytes, str)):
        inside = decoded(value)
        if inside in NOTHING_HAPPENED and depth == DEPTH:
            return
        yield from _parts(inside, depth - 1)  # an error there makes the original text the rejected record
    elif isinstance(value, list) and value:
        for entry in value:
            yield from _within(entry, depth - 1)
    elif isinstance(value, dict):
        yield from _record(value, depth)
    else:
        raise UnreadableRecord(f"{'an empty list' if value == [] else type(value).__name__} where a record should be")


def _record(value: dict[str, Any], depth: int) -> Iterator[Part]:
    for infer, parse in KINDS:
        if infer(value):
            for part in parse(value):
                if not isinstance(part, Within):
                    yield part
                    continue
                queued = infer is envelopes.infer_queue_message
                yield from (_from(part, inside, queued=queued) for inside in _within(part.value, depth - 1))
            return
    raise UnreadableRecord("no kind of record that is known here")


def _from(within: Within, inside: Part, *, queued: bool) -> Part:
    """A part of an envelope's content, with the fields and the `queued` flag of the envelope."""
    if isinstance(inside, Unreadable):
        return inside._replace(kept={**within.kept, **inside.kept}) if within.kept else inside
    if queued and isinstance(inside, (Change, Waiting)):
        return inside._replace(queued=True)
    return inside


def _padded(compact: str) -> str:
    bare = compact.rstrip("=")
    return bare + "=" * (-len(bare) % 4)


def _json(text: str) -> Any:
    try:
        return _decode(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:  # ValueError also for a number with too many digits
        raise UnreadableRecord("not JSON") from error


def _unknown(_: str) -> None:
    """None instead of NaN and Infinity, which are not JSON and could not be written again."""


def _finite(digits: str) -> float | None:
    number = float(digits)
    return number if math.isfinite(number) else None


_decode = json.JSONDecoder(parse_constant=_unknown, parse_float=_finite).decode  # `json.loads` makes one each time


def _unreadable(value: Any, why: str) -> Unreadable:
    if isinstance(value, str):
        return Unreadable(value, why)
    if isinstance(value, bytes):
        try:
            return Unreadable(value.decode(), why)
        except UnicodeDecodeError:
            return Unreadable(base64.b64encode(value).decode(), why, "base64")
    return Unreadable(dumped(value), why)
