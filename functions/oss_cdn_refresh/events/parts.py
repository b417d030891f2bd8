"""What reading a payload leads to: changes, items of our own messages, and further values that lie inside."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from oss_cdn_refresh.events.change import Change
from oss_cdn_refresh.model.confirmation import Confirmation
from oss_cdn_refresh.model.history import NOTHING_KEPT, History
from oss_cdn_refresh.model.item import ItemName, ObjectType


class Within(NamedTuple):
    """A value inside another one, to be read next: JSON, or text that holds JSON, plain or in Base64.

    `kept` goes to the dead letter of whatever cannot be read in it.
    """

    value: Any
    kept: Mapping[str, Any] = NOTHING_KEPT


class Waiting(NamedTuple):
    """A message of ours: URLs of one object type and their history. `queued`: a queue trigger brought it."""

    type: ObjectType
    urls: tuple[str, ...]
    history: History
    queued: bool = False

    @property
    def items(self) -> tuple[ItemName, ...]:
        """The names of its items."""
        return tuple(ItemName(self.type, url) for url in self.urls)


class Unreadable(NamedTuple):
    """A record that says nothing that we understand, for the dead letters.

    `payload` is the smallest broken record as text; `encoding` is "base64" where it is not UTF-8. `kept` are further
    fields of its dead letter, where it has been one before.
    """

    payload: str
    why: str
    encoding: str = ""
    kept: Mapping[str, Any] = NOTHING_KEPT


class Reading(NamedTuple):
    """All that an event holds."""

    changes: list[Change]
    waiting: list[Waiting]
    unreadable: list[Unreadable]
    confirmations: list[Confirmation]


Part = Change | Waiting | Unreadable | Within | Confirmation
