"""Reads the lines of the function, with their times, from exported logs.

The formats are those of `queues.exports`. The time of a line is the field `__time__` of an export of SLS, by which the
dashboard counts, or else the time in Function Compute's prefix. Keys and messages in a line are untrusted input: a text
that looks like a line is none, because its quotes are escaped.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timezone
from typing import Any, NamedTuple

from oss_cdn_refresh.events.message_format import dumped
from oss_cdn_refresh.logs import LEVELS
from oss_cdn_refresh_cli.queues.exports import objects, spelled_otherwise

EVENTS = frozenset(
    (
        *("summary", "accepted", "confirmed", "refused", "account_refused", "request_refused", "deferred"),
        *("dead_lettered", "unaccounted", "unreadable", "refresh_failed", "unconfirmed", "look_up_refused"),
        *("confirmation_unavailable", "preloaded", "preload_skipped", "unknown_event", "quota_unknown"),
        *("quota_forecast", "collapsed", "configuration_kept", "log_level_unknown", "inventory_unknown"),
    )
)
PLAIN = '{"event": "'  # how the function begins its JSON object
LAST = 4_102_444_800  # seconds: 2100-01-01; later times are errors

_begun = re.compile(
    rf"\{{\W{{1,16}}event\W{{1,20}}(?:{'|'.join(sorted(EVENTS))})\b"
).search  # any spelling of the quotes
_prefixed = re.compile(r"\s*(?:\d{4}-\S+Z \S+ \[[A-Z]+\] )?(?=\{)").match
_stamped = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?Z \S+ \[[A-Z]+\] ?$").search


class Line(NamedTuple):
    """A line of the function. at: in epoch seconds. fields: its JSON object, whose values may have any type."""

    at: int
    fields: dict[str, Any]

    @property
    def event(self) -> str:
        """The kind of the line."""
        return str(self.fields["event"])


class Lines:
    """The lines of some files. An entry that an earlier file had too counts once: exports may overlap.

    others: lines about something else. broken: lines of the function that cannot be read. untimed: entries without a
    time. repeated: entries that an earlier file had too.
    """

    def __init__(self) -> None:
        self.read = self.others = self.broken = self.untimed = self.repeated = 0
        self._seen: Counter[int] = Counter()

    def of(self, texts: Iterable[str]) -> Iterator[Line]:
        """The lines of a file."""
        here: Counter[int] = Counter()
        for text in texts:
            found = list(_found(text))
            self.others += not found and not _begun(text)
            self.broken += not found and bool(_begun(text))
            for at, fields in found:
                if at is None:
                    self.untimed += 1
                    continue
                mark = hash((at, dumped(fields)))
                here[mark] += 1
                if here[mark] <= self._seen[mark]:
                    self.repeated += 1
                    continue
                self.read += 1
                yield Line(at, fields)
        self._seen |= here

    def document(self) -> dict[str, int]:
        """The counts."""
        return {name: getattr(self, name) for name in ("read", "others", "broken", "untimed", "repeated")}


def _found(text: str) -> Iterator[tuple[int | None, dict[str, Any]]]:
    """The lines of the function in a line of an export; a truncated text is never searched for a line inside it."""
    values, between = objects(text)
    entries = [entry for value in values for entry in _entries(value, between)]
    if not entries and PLAIN not in text and _begun(text):
        for inner in spelled_otherwise(text, "event"):
            entries = _own(inner) or [entry for value in _whole(inner) for entry in _entries(value, "")]
            if entries:
                break
    yield from entries


def _entries(value: dict[str, Any], before: str) -> list[tuple[int | None, dict[str, Any]]]:
    """The JSON object as a line, or the lines in the fields of an export's record."""
    if _is_line(value):
        return [(_time(value.get("__time__")) or _written(before), value)]
    inside = [found for field in value.values() if isinstance(field, str) and PLAIN in field for found in _own(field)]
    at = _time(value.get("__time__"))
    return [(at or written, fields) for written, fields in inside[:1]]


def _own(text: str) -> list[tuple[int | None, dict[str, Any]]]:
    """A text that is a line of the function, with or without its prefix."""
    prefix = _prefixed(text)
    values = objects(text[prefix.end() :])[0] if prefix else []
    return [(_written(prefix[0]), values[0])] if prefix and values and _is_line(values[0]) else []


def _whole(text: str) -> list[dict[str, Any]]:
    return objects(text)[0] if text.lstrip().startswith("{") else []


def _is_line(value: dict[str, Any]) -> bool:
    event, level = value.get("event"), value.get("level")
    return isinstance(event, str) and event in EVENTS and level in LEVELS and isinstance(value.get("request_id"), str)


def _written(prefix: str) -> int | None:
    """The time in the platform's prefix."""
    text = _stamped(prefix)
    try:
        return _time(int(datetime.fromisoformat(text[1]).replace(tzinfo=timezone.utc).timestamp())) if text else None
    except ValueError:  # the 40th of a month
        return None


def _time(value: object) -> int | None:
    """A number of seconds as an export writes it: a number or a text."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= len(str(LAST)):
        value = int(value)
    return value if isinstance(value, int) and 0 < value < LAST else None
