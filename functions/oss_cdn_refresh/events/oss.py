"""Reads event records of OSS: of native triggers, of event notifications, and in the `data` of EventBridge ("RawData").

Sources: Function Compute 3.0, "Event formats of triggers"; OSS, "Event notifications"; EventBridge, "OSS events".
Keys are raw UTF-8. They are not URL-decoded: that would change a key that contains `+` or `%`.
"""

import math
from collections.abc import Iterator
from typing import Any

from oss_cdn_refresh.events.change import Change, epoch
from oss_cdn_refresh.events.parts import Part, Within
from oss_cdn_refresh.model.errors import UnreadableRecord

LONGEST_KEY = 10_000  # bytes; OSS allows 1,023, and the URL of a longer key would not fit into a dead letter


def infer_list(value: dict[str, Any]) -> bool:
    """Whether it is `{"events": […]}`, the envelope of native triggers and of notifications."""
    return "events" in value


def parse_list(value: dict[str, Any]) -> Iterator[Part]:
    """Each record of the envelope."""
    events = value["events"]
    if not isinstance(events, list) or not events:
        raise UnreadableRecord("events is no list with records in it")
    yield from map(Within, events)


def infer(value: dict[str, Any]) -> bool:
    """Whether it is one record without an envelope."""
    return "oss" in value


def parse(value: dict[str, Any]) -> Iterator[Part]:
    """The change in the record."""
    oss = _mapping(value["oss"], "oss")
    bucket = _mapping(oss.get("bucket"), "oss.bucket")
    stored = _mapping(oss.get("object"), "oss.object")
    yield Change(
        bucket=_text(bucket.get("name"), "oss.bucket.name"),
        key=_text(stored.get("key"), "oss.object.key", LONGEST_KEY),
        event=_text(value.get("eventName"), "eventName").removeprefix("oss:"),
        at=epoch(value.get("eventTime")),
        size=stored.get("size"),
        delta=stored.get("deltaSize"),
    )


def _mapping(value: Any, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise UnreadableRecord(f"{place} is missing or no object")
    return value


def _text(value: Any, place: str, longest: float = math.inf) -> str:
    if not isinstance(value, str) or not value:
        raise UnreadableRecord(f"{place} is missing, empty or no text")
    try:
        length = len(value.encode())
    except UnicodeEncodeError as error:
        raise UnreadableRecord(f"{place} is not UTF-8") from error
    if length > longest:
        raise UnreadableRecord(f"{place} has {length} bytes")
    return value
