"""Outcomes: what became of items. Every figure of an invocation is counted from them."""

from enum import Enum
from typing import NamedTuple

from oss_cdn_refresh.model.item import Item

INVALID = "InvalidItem"  # the reason of items that must not be submitted
BATCHED = "Batched"  # the reason of items that wait for the queue trigger, as DELIVERY says


class Result(Enum):
    """Where an item ends; the values name the fields of the summary."""

    REFRESHED = "refreshed"
    DEFERRED = "deferred"
    DEAD_LETTERED = "dead_lettered"


class Until(Enum):
    """What a deferred item waits for."""

    TRIGGER = "nothing but the queue trigger, which brings many together"
    RECOVERY = "a transient failure to pass"
    NEXT_MINUTE = "the limit of a domain's minute"
    PERSON = "a person to act: the account, its credentials or its rights are refused"
    RESUBMISSION = "its next submission after a failed task"
    RESET = "the daily quotas to come back"


class Outcome(NamedTuple):
    """The one fate of some items, and why.

    `reason` is the API's error code or a word of ours, `request_id` the CDN's or "". `failed`: they were sent in this
    invocation and failed transiently at least once, which counts as an attempt. Deferred items wait for `until`, and
    no less than `at_least` seconds.
    """

    items: tuple[Item, ...]
    result: Result
    reason: str = ""
    message: str = ""
    request_id: str = ""
    failed: bool = False
    until: Until = Until.RECOVERY
    at_least: float = 0.0
