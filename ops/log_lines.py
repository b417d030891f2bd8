"""The function's log as a source: items and records that it could put nowhere, in its `unaccounted` lines.

A line is JSON after any prefix, or an export of SLS with the line as its field `message` (docs/monitoring.md).
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from ops.returning import backlog
from oss_cdn_refresh.items import OBJECT_TYPES, Item, Trail

UNACCOUNTED = "unaccounted"


class Found(NamedTuple):
    """What an `unaccounted` line holds: a message for the backlog, or none where the line was shortened."""

    reason: str
    what: str
    body: str | None


def found(lines: Iterable[str], now: float) -> Iterator[Found | None]:
    """For each line what it holds; None for a line of anything else."""
    for line in lines:
        entries = [entry for value in _objects(line) if (entry := _entry(value))]
        if not entries:
            yield None
        yield from (_found(entry, now) for entry in entries)


def _entry(value: dict[str, Any]) -> dict[str, Any] | None:
    """The `unaccounted` line that a JSON object is, or has in its field `message`."""
    if value.get("event") == UNACCOUNTED:
        return value
    message = value.get("message")
    inside = _objects(message) if isinstance(message, str) and UNACCOUNTED in message else iter(())
    return next((entry for entry in inside if entry.get("event") == UNACCOUNTED), None)


def _found(entry: dict[str, Any], now: float) -> Found:
    url, object_type, payload = (entry.get(name) for name in ("url", "object_type", "payload"))
    reason = entry["reason"] if isinstance(entry.get("reason"), str) else ""
    whole = entry.get("shortened") is not True
    if isinstance(url, str) and url and object_type in OBJECT_TYPES:
        (body,) = backlog([Item(object_type, url)], Trail(now, changed_at=now), reason, now)
        return Found(reason, url, body if whole else None)
    if isinstance(payload, str) and payload:
        return Found(reason, payload, payload if whole else None)
    return Found(reason, json.dumps(entry), None)


def _objects(line: str) -> Iterator[dict[str, Any]]:
    """The JSON objects in a line, one after the other; what stands between them is skipped."""
    decoder = json.JSONDecoder()
    at = line.find("{")
    while at >= 0:
        try:
            value, end = decoder.raw_decode(line, at)
        except (ValueError, RecursionError):
            end = at + 1
        else:
            if isinstance(value, dict):
                yield value
        at = line.find("{", end)
