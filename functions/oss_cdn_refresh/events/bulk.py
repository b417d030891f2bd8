"""Fast reader for events of thousands of queue messages: OSS notifications and messages of the backlog.

Reading JSON into dictionaries is the largest cost of such an event. So `msgspec` decodes it into types here. This
module knows only the usual messages, in plain text or in Base64. It returns the other bodies unread, and `events.read`
reads them one by one. Small events are faster without the import of `msgspec`. If it cannot be imported, all events are
read without it.
"""

import binascii
from functools import lru_cache
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from oss_cdn_refresh.events.change import Change, epoch_of
from oss_cdn_refresh.events.oss import LONGEST_KEY
from oss_cdn_refresh.events.parts import Waiting
from oss_cdn_refresh.events.returned import history_of, lowered
from oss_cdn_refresh.model.history import NOTHING_KEPT, History
from oss_cdn_refresh.model.item import URL_LENGTH, ObjectType

_Nothing = Annotated[int, Meta(gt=0, lt=0)] | UnsetType  # no value fits: the field marks another kind of record
_Text = Annotated[str, Meta(min_length=1)]
_Key = Annotated[str, Meta(min_length=1, max_length=LONGEST_KEY // 4)]  # characters, of four bytes at most
_Url = Annotated[str, Meta(max_length=URL_LENGTH)]


class Bulk(NamedTuple):
    """The changes and deferred items of an event's usual messages, and the bodies of its other messages."""

    changes: list[Change]
    waiting: list[Waiting]
    bodies: list[str]


class _Message(Struct, gc=False):
    """A message of the queue trigger, or a CloudEvent around one."""

    messageBody: _Text | UnsetType = UNSET  # noqa: N815 - the platform's name
    data: "_Message | UnsetType" = UNSET
    kind: _Nothing = UNSET
    requestPayload: _Nothing = UNSET  # noqa: N815 - the platform's name
    oss: _Nothing = UNSET
    events: _Nothing = UNSET


class _Bucket(Struct, gc=False):
    name: _Text


class _Object(Struct, gc=False):
    key: _Key
    size: Any = None
    deltaSize: Any = None  # noqa: N815 - OSS's name


class _Stored(Struct, gc=False):
    bucket: _Bucket
    object: _Object


class _Record(Struct, gc=False):
    """A record of OSS."""

    eventName: _Text  # noqa: N815 - OSS's name
    oss: _Stored
    eventTime: str = ""  # noqa: N815 - OSS's name
    kind: _Nothing = UNSET
    requestPayload: _Nothing = UNSET  # noqa: N815 - the platform's name


class _Body(Struct, gc=False, forbid_unknown_fields=True):
    """The body of a message: a notification of OSS, or a message of the backlog."""

    events: Annotated[list[_Record], Meta(min_length=1)] | UnsetType = UNSET
    kind: Literal["oss-cdn-refresh/backlog"] | UnsetType = UNSET
    version: Literal[1] = 1
    object_type: ObjectType | UnsetType = UNSET
    urls: Annotated[list[_Url], Meta(min_length=1)] | UnsetType = UNSET
    force: bool = False
    attempts: int = 0
    reason: str = ""
    first_seen: str = ""
    changed_at: str = ""
    history: list[dict[str, str]] | UnsetType = UNSET
    resubmissions: int = 0
    preload: bool = False


_messages = msgspec.json.Decoder(list[_Message]).decode
_body = msgspec.json.Decoder(_Body).decode


def read(event: bytes) -> Bulk | None:
    """The messages of an event; None if the event is not an array of queue messages."""
    try:
        if not event.isascii():
            event.decode()  # `msgspec` does not check the text of fields that it skips
        messages = _messages(event)
    except (UnicodeDecodeError, msgspec.DecodeError, RecursionError):
        return None
    bulk = Bulk([], [], [])
    for message in messages:
        text = message.messageBody
        if text is UNSET and message.data is not UNSET:
            text = message.data.messageBody
        if text is UNSET:
            return None
        try:
            body = _body(text if text[0] == "{" else _from_base64(text))
        except (ValueError, msgspec.DecodeError, RecursionError):
            bulk.bodies.append(text)
            continue
        if body.kind is UNSET and body.events is not UNSET:
            bulk.changes.extend(map(_change, body.events))
        elif (
            body.kind is not UNSET and body.events is UNSET and body.object_type is not UNSET and body.urls is not UNSET
        ):
            bulk.waiting.append(Waiting(body.object_type, lowered(body.urls), _history(body), queued=True))
        else:
            bulk.bodies.append(text)
    return bulk


def _from_base64(text: str) -> bytes:
    """The JSON in plain Base64.

    :raises ValueError: the text is not Base64, or has characters that only a lenient decoder ignores.
    """
    decoded = binascii.a2b_base64(text)
    padding = len(text) - len(text.rstrip("="))
    if len(decoded) != len(text) // 4 * 3 - padding:
        raise ValueError("no plain Base64")
    if not decoded.isascii():
        decoded.decode()
    return decoded


def _change(record: _Record) -> Change:
    stored = record.oss.object
    name, at = record.eventName.removeprefix("oss:"), epoch_of(record.eventTime)
    fields = record.oss.bucket.name, stored.key, name, at, stored.size, stored.deltaSize, True
    return tuple.__new__(Change, fields)  # the same as `Change(…)`, in half of the time


def _history(body: _Body) -> History:
    if body.history is UNSET or not body.history:
        return _first_history(
            body.first_seen, body.changed_at, body.attempts, body.resubmissions, force=body.force, preload=body.preload
        )
    return history_of(
        body.first_seen,
        body.changed_at,
        body.attempts,
        body.history,
        NOTHING_KEPT,
        force=body.force,
        resubmissions=body.resubmissions,
        preload=body.preload,
    )


@lru_cache(maxsize=4_096)  # thousands of messages of one event have the same times, and so the same history
def _first_history(
    first_seen: str, changed_at: str, attempts: int, resubmissions: int, *, force: bool, preload: bool
) -> History:
    kept = NOTHING_KEPT
    return history_of(
        first_seen, changed_at, attempts, (), kept, force=force, resubmissions=resubmissions, preload=preload
    )
