"""Writes the backlog messages for a dead letter that a person puts back.

A record of the function with items becomes a new record of the backlog, whatever its envelope. It gets all attempts and
seven days again, because a person decided so. A confirmation stays one, and its URLs get all
resubmissions again. Every other message is put back unchanged, and the function reads it.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from oss_cdn_refresh import events
from oss_cdn_refresh.events import returned
from oss_cdn_refresh.events.message_format import BACKLOG, dumped
from oss_cdn_refresh.events.parts import Part, Waiting, Within
from oss_cdn_refresh.model.confirmation import Confirmation
from oss_cdn_refresh.model.errors import UnreadableRecord
from oss_cdn_refresh.model.history import History
from oss_cdn_refresh.model.item import FILE, ItemName
from oss_cdn_refresh.queueing import confirmations
from oss_cdn_refresh.queueing.confirmations import Due
from oss_cdn_refresh.queueing.messages import fields_of, letters
from oss_cdn_refresh_cli.clients.smq import NOT_IN_XML
from oss_cdn_refresh_cli.queues import records


class _Ours(NamedTuple):
    """A record of the function, with its reason."""

    waiting: Waiting
    reason: Any


class _Unconfirmed(NamedTuple):
    """A confirmation, and the record that holds it."""

    confirmation: Confirmation
    value: Any


class _Other(NamedTuple):
    """Another value, unchanged."""

    value: Any


_Found = _Ours | _Unconfirmed | _Other


def bodies(body: str, now: float) -> list[str]:
    """The backlog messages for the body of a dead letter.

    Usually one; several if an envelope holds several records, or if a person made a record larger by hand.
    """
    found = list(_apart(body, events.DEPTH))
    if all(isinstance(each, _Other) for each in found):
        return [body]
    return [text for each in found for text in _texts(each, now)]


def _texts(found: _Found, now: float) -> Iterable[str]:
    if isinstance(found, _Ours):
        return backlog(found.waiting.items, found.waiting.history, found.reason, now)
    if isinstance(found, _Unconfirmed):
        again = found.confirmation._replace(resubmissions=0)
        written = [message.body for message in confirmations.messages([Due(again, 0)])]
        return written or [_compact(found.value)]
    return [found.value if isinstance(found.value, str) else _compact(found.value)]


def _compact(value: Any) -> str:
    """Short JSON, without ASCII escapes if XML can carry it, so that it does not become longer than it was."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return dumped(value) if NOT_IN_XML.search(text) else text


def _apart(value: Any, depth: int) -> Iterator[_Found]:
    """The function's records in a value, and the values beside them; the value itself where it holds no record."""
    inside: Iterable[Any] = ()
    if depth and isinstance(value, str):
        text = records.decoded(value)
        inside = () if text is None else (text,)
    elif depth and isinstance(value, list):
        inside = value
    elif depth and isinstance(value, dict):
        parts = _parts(value)
        if len(parts) == 1 and isinstance(parts[0], Waiting):
            yield _Ours(parts[0], value.get("reason"))
            return
        if len(parts) == 1 and isinstance(parts[0], Confirmation):
            yield _Unconfirmed(parts[0], value)
            return
        if not returned.infer(value):
            inside = [part.value for part in parts if isinstance(part, Within)]
    found = [each for one in inside for each in _apart(one, depth - 1)]
    yield from (_Other(value),) if all(isinstance(each, _Other) for each in found) else found


def _parts(value: dict[str, Any]) -> Sequence[Part]:
    """The parts that the function finds in a record, one envelope deep; () if it cannot read the record."""
    parse = next((parse for infer, parse in events.KINDS if infer(value)), None)
    try:
        return list(parse(value)) if parse else ()
    except UnreadableRecord:
        return ()


def backlog(items: Iterable[ItemName], history: History, reason: Any, now: float) -> Iterable[str]:
    """Records of the backlog for items of one type, none longer than a message may be."""
    items = list(dict.fromkeys(items))
    reason = reason if isinstance(reason, str) else ""
    forced = history.force and items[0].type != FILE
    again = history._replace(first_seen=now, force=forced, resubmissions=0)
    fields = fields_of(BACKLOG, items[0].type, again, reason, now, refusals=history.refusals)
    return (letter.body for letter in letters(fields, items))
