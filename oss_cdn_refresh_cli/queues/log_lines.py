"""Finds the items and records that the function could store in no queue, in the `unaccounted` lines of its log.

A line is JSON after any prefix, or an export of SLS with the line as its field `message` (docs/monitoring.md). Some
exports write the line as a field of CSV, with doubled quotes, or as a string of JSON, with escaped quotes. A line that
mentions an unaccounted item and cannot be read is reported, because nothing else records the item.
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from oss_cdn_refresh.events.message_format import dumped
from oss_cdn_refresh.model.history import History
from oss_cdn_refresh.model.item import OBJECT_TYPES, ItemName
from oss_cdn_refresh_cli.queues.exports import objects, spelled_otherwise
from oss_cdn_refresh_cli.queues.returning import backlog

UNACCOUNTED = "unaccounted"

_begun = re.compile(rf"event\W{{1,16}}{UNACCOUNTED}").search  # with any spelling of the quotes
_without_the_error = re.compile(rf"in the log as\W+{UNACCOUNTED}").sub  # the exception of the handler mentions it too


class Found(NamedTuple):
    """An `unaccounted` line: its message for the backlog, or None if the line was shortened."""

    reason: str
    what: str
    body: str | None


class Broken(NamedTuple):
    """An `unaccounted` line that cannot be read, by its number in the file."""

    line: int


def found(lines: Iterable[str], now: float) -> Iterator[Found | Broken | None]:
    """The `unaccounted` entries of each line; None for a line without any."""
    for number, line in enumerate(lines, 1):
        values, between = objects(line)
        entries = list(filter(None, map(_entry, values)))
        broken = UNACCOUNTED in _without_the_error("", between) or any(
            _begun(dumped(value)) for value in values if not _entry(value)
        )
        if broken and not entries:
            entries = next(filter(None, map(_entries, spelled_otherwise(line, UNACCOUNTED))), [])
            broken = not entries
        yield from (_found(entry, now) for entry in entries)
        if broken:
            yield Broken(number)
        elif not entries:
            yield None


def _entries(text: str) -> list[dict[str, Any]]:
    return list(filter(None, map(_entry, objects(text)[0])))


def _entry(value: dict[str, Any]) -> dict[str, Any] | None:
    """The `unaccounted` entry: the JSON object itself, or an object in its field `message`."""
    if value.get("event") == UNACCOUNTED:
        return value
    message = value.get("message")
    inside = objects(message)[0] if isinstance(message, str) and UNACCOUNTED in message else ()
    return next((entry for entry in inside if entry.get("event") == UNACCOUNTED), None)


def _found(entry: dict[str, Any], now: float) -> Found:
    url, object_type, payload = (entry.get(name) for name in ("url", "object_type", "payload"))
    reason = entry["reason"] if isinstance(entry.get("reason"), str) else ""
    whole = entry.get("shortened") is not True
    if isinstance(url, str) and url and object_type in OBJECT_TYPES:
        (body,) = backlog([ItemName(object_type, url)], History(now, changed_at=now), reason, now)
        return Found(reason, url, body if whole else None)
    if isinstance(payload, str) and payload:
        return Found(reason, payload, payload if whole else None)
    return Found(reason, json.dumps(entry), None)
