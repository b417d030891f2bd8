"""Makes the stand-in give each of the two answers to the questions about events."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any
from urllib.parse import quote

from probed import Changed, Lines, Probed, Turn, Turned

WITH_A_QUEUE = ("--queue", "notified")


def notified(change: Changed = lambda record: record, *, base64: bool = False) -> Turned:
    """OSS sends notifications, each changed in this way."""
    return lambda probed: probed.notify(change, base64=base64)


def encoded_key(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """The key is percent-encoded."""
    changed = deepcopy(dict(record))
    changed["oss"]["object"]["key"] = quote(record["oss"]["object"]["key"])
    return changed


def without_sizes(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """A delete has no sizes."""
    changed = deepcopy(dict(record))
    if record["eventName"].startswith("ObjectRemoved:"):
        del changed["oss"]["object"]["size"], changed["oss"]["object"]["deltaSize"]
    return changed


def copies(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """A change of headers is a copy."""
    changed = record["eventName"] == "ObjectModified:UpdateObjectMeta"
    return {**record, "eventName": "ObjectCreated:CopyObject"} if changed else record


def only(*ends: str) -> Changed:
    """A bulk delete fires an event for these keys only; all other events come."""

    def change(record: Mapping[str, Any]) -> Mapping[str, Any] | None:
        bulk = record["eventName"] == "ObjectRemoved:DeleteObjects"
        return None if bulk and not record["oss"]["object"]["key"].endswith(ends) else record

    return change


def with_versions(change: Changed = lambda record: record) -> Turned:
    """The bucket has versions; each notification is changed in this way."""

    def turn(probed: Probed) -> None:
        probed.oss.versioned.add("my-site")
        probed.notify(change)

    return turn


def silent(name: str) -> Changed:
    """The delete of this object has no event."""

    def change(record: Mapping[str, Any]) -> Mapping[str, Any] | None:
        is_lost = record["eventName"].startswith("ObjectRemoved:") and record["oss"]["object"]["key"].endswith(name)
        return None if is_lost else record

    return change


def lost(record: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """One event is lost."""
    return None if record["oss"]["object"]["key"].endswith("/7.txt") else record


def turn(other: Turned, setting: str = "") -> Turn:
    return Turn(other, assumed=notified(), setting=setting, words=WITH_A_QUEUE)


TURNS: dict[str, Turn | Lines] = {
    "event-keys": turn(notified(encoded_key)),
    "bulk-deletes": turn(notified(only("/0.txt")), setting="bulk_delete: directory"),
    "sizes-of-deletes": turn(notified(without_sizes)),
    "header-changes": turn(notified(copies)),
    "base64": turn(notified(base64=True)),
    "event-delivery": turn(notified(lost)),
    "versions": Turn(with_versions(silent("/removed.txt")), assumed=with_versions(), words=WITH_A_QUEUE),
}
