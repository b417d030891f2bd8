"""The parts of a payload: changes, our own messages, rejected records, and the contents of envelopes."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from oss_cdn_refresh.events.change import Change
from oss_cdn_refresh.model.confirmation import Confirmation
from oss_cdn_refresh.model.history import NOTHING_KEPT, History
from oss_cdn_refresh.model.item import ItemName, ObjectType


class Within(NamedTuple):
    """The content of an envelope, which is read next: JSON, or a text that holds JSON, plain or in Base64.

    kept: fields for the dead letter of a record in it that cannot be read.
    """

    value: Any
    kept: Mapping[str, Any] = NOTHING_KEPT


class Waiting(NamedTuple):
    """A message of the backlog, or a dead letter that was put back: URLs of one object type with their history.

    queued: whether it came through a queue trigger.
    """

    type: ObjectType
    urls: tuple[str, ...]
    history: History
    queued: bool = False

    @property
    def items(self) -> tuple[ItemName, ...]:
        """Type and URL of each item."""
        return tuple(ItemName(self.type, url) for url in self.urls)


class Unreadable(NamedTuple):
    """A rejected record: an event record that cannot be read, and becomes a dead letter.

    payload: the smallest broken part of the event as text. encoding: "base64" if the part is not UTF-8. kept: further
    fields for its dead letter, if it already was a dead letter before.
    """

    payload: str
    why: str
    encoding: str = ""
    kept: Mapping[str, Any] = NOTHING_KEPT


class Reading(NamedTuple):
    """The content of an event: changes, deferred items and rejected records."""

    changes: list[Change]
    waiting: list[Waiting]
    unreadable: list[Unreadable]
    confirmations: list[Confirmation]


Part = Change | Waiting | Unreadable | Within | Confirmation
