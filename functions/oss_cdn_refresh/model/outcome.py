"""The outcome of items: refreshed, deferred or dead-lettered. All figures of the summary are counted from outcomes."""

from enum import Enum
from typing import NamedTuple

from oss_cdn_refresh.model.item import Item

INVALID = "InvalidItem"  # the reason for items that must not be submitted
BATCHED = "Batched"  # the reason for items that wait for the queue trigger because DELIVERY is batched


class Result(Enum):
    """How an item ends. The values are the names of the summary's fields."""

    REFRESHED = "refreshed"
    DEFERRED = "deferred"
    DEAD_LETTERED = "dead_lettered"


class Until(Enum):
    """The event that a deferred item waits for."""

    TRIGGER = "the queue trigger, which brings many items together"
    RECOVERY = "the end of a transient failure"
    NEXT_MINUTE = "a minute with capacity under the rate limit of the domain"
    PERSON = "a person: the CDN refuses the account, its credentials or its rights"
    RESUBMISSION = "the next submission after a failed task"
    RESET = "the reset of the daily quotas"


class Outcome(NamedTuple):
    """The common result of some items, with its reason.

    reason: the API's error code, or a reason of this library. request_id: the CDN's, or "". failed: a call with these
    items failed transiently in this invocation, which counts as an attempt. until, at_least: a deferred item waits for
    this event, and at least this many seconds.
    """

    items: tuple[Item, ...]
    result: Result
    reason: str = ""
    message: str = ""
    request_id: str = ""
    failed: bool = False
    until: Until = Until.RECOVERY
    at_least: float = 0.0
