"""What goes into the backlog when a person puts something back.

A record of ours with items becomes a new record of the backlog: all its attempts and seven days again, as it is a
person who decided. Everything else goes as it is: the function reads it again, whatever it is.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from ops import records
from oss_cdn_refresh.effects import timestamp
from oss_cdn_refresh.errors import UnreadableRecord
from oss_cdn_refresh.events import returned
from oss_cdn_refresh.events.parts import Waiting
from oss_cdn_refresh.items import FILE, Item, Trail
from oss_cdn_refresh.letters import letters
from oss_cdn_refresh.messages import BACKLOG, SHOWN, VERSION


def bodies(body: str, now: float) -> list[str]:
    """The messages for the backlog that a dead letter becomes: one, but for what a person has blown up by hand."""
    value = records.decoded(body)
    if isinstance(value, dict) and returned.infer(value):
        try:
            parts = list(returned.parse(value))
        except UnreadableRecord:
            return [body]
        if len(parts) == 1 and isinstance(parts[0], Waiting):
            return list(backlog(parts[0].items, parts[0].trail, value.get("reason"), now))
    return [body]


def backlog(items: Iterable[Item], trail: Trail, reason: Any, now: float) -> Iterable[str]:
    """Records of the backlog for items of one type, none longer than a message may be."""
    items = list(dict.fromkeys(items))
    fields: Mapping[str, Any] = {
        **trail.kept,
        "kind": BACKLOG,
        "version": VERSION,
        "object_type": items[0].type,
        "force": trail.force and items[0].type != FILE,
        "attempts": 0,
        "reason": reason[:SHOWN] if isinstance(reason, str) else "",
        "first_seen": timestamp(now),
        "changed_at": timestamp(now if trail.changed_at is None else trail.changed_at),
        "history": list(trail.history),
    }
    return (letter.body for letter in letters(fields, items))
