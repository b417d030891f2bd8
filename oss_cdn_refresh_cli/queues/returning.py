"""What goes into the backlog when a person puts something back.

A record of ours with items becomes a new record of the backlog, whatever it is wrapped in: all its attempts and seven
days again, as it is a person who decided. Everything else goes as it is: the function reads it again, whatever it is.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from oss_cdn_refresh import events
from oss_cdn_refresh.events import returned
from oss_cdn_refresh.events.message_format import BACKLOG, SHOWN, VERSION, dumped
from oss_cdn_refresh.events.parts import Part, Waiting, Within
from oss_cdn_refresh.model.effects import timestamp
from oss_cdn_refresh.model.errors import UnreadableRecord
from oss_cdn_refresh.model.history import History
from oss_cdn_refresh.model.item import FILE, ItemName
from oss_cdn_refresh.queueing.messages import letters
from oss_cdn_refresh_cli.clients.smq import NOT_IN_XML
from oss_cdn_refresh_cli.queues import records


class _Ours(NamedTuple):
    """A record of ours with what it says."""

    waiting: Waiting
    reason: Any


class _Other(NamedTuple):
    """Anything else, as it stands there."""

    value: Any


def bodies(body: str, now: float) -> list[str]:
    """The messages for the backlog that a dead letter becomes.

    Mostly one: more where several of our records, or other things beside them, are wrapped together, and where a person
    has blown up a record by hand.
    """
    found = list(_apart(body, events.DEPTH))
    if not any(isinstance(each, _Ours) for each in found):
        return [body]
    return [text for each in found for text in _texts(each, now)]


def _texts(found: _Ours | _Other, now: float) -> Iterable[str]:
    if isinstance(found, _Ours):
        return backlog(found.waiting.items, found.waiting.history, found.reason, now)
    return [found.value if isinstance(found.value, str) else _compact(found.value)]


def _compact(value: Any) -> str:
    """JSON that is no longer than whoever wrote it wrote it, where XML can carry it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return dumped(value) if NOT_IN_XML.search(text) else text


def _apart(value: Any, depth: int) -> Iterator[_Ours | _Other]:
    """The records of ours in a value, and what stands beside them; the value itself where there are none."""
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
        if not returned.infer(value):
            inside = [part.value for part in parts if isinstance(part, Within)]
    found = [each for one in inside for each in _apart(one, depth - 1)]
    yield from found if any(isinstance(each, _Ours) for each in found) else (_Other(value),)


def _parts(value: dict[str, Any]) -> Sequence[Part]:
    """What the function finds in a record, one envelope deep; nothing where it cannot read it."""
    parse = next((parse for infer, parse in events.KINDS if infer(value)), None)
    try:
        return list(parse(value)) if parse else ()
    except UnreadableRecord:
        return ()


def backlog(items: Iterable[ItemName], history: History, reason: Any, now: float) -> Iterable[str]:
    """Records of the backlog for items of one type, none longer than a message may be."""
    items = list(dict.fromkeys(items))
    fields: Mapping[str, Any] = {
        **history.kept,
        "kind": BACKLOG,
        "version": VERSION,
        "object_type": items[0].type,
        "force": history.force and items[0].type != FILE,
        "attempts": 0,
        "reason": reason[:SHOWN] if isinstance(reason, str) else "",
        "first_seen": timestamp(now),
        "changed_at": timestamp(now if history.changed_at is None else history.changed_at),
        "history": list(history.refusals),
    }
    return (letter.body for letter in letters(fields, items))
