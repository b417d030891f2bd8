"""Reads envelopes: CloudEvents, SMQ messages of queue and topic triggers, records of a failure destination.

Sources: EventBridge, "Event structure" (CloudEvents 1.0); Function Compute 3.0, "SMQ triggers" (queue: `messageBody`;
topic: `Message`, or `body` with `attrs`) and "Asynchronous invocation" (`requestPayload` is the original event).
Only the content of an envelope counts: the `subject` of a CloudEvent is never read.
"""

from collections.abc import Iterator
from typing import Any

from oss_cdn_refresh.events.parts import Part, Within
from oss_cdn_refresh.model.errors import UnreadableRecord


def infer_destination(value: dict[str, Any]) -> bool:
    """Whether it is Function Compute's record of a failed asynchronous invocation."""
    return "requestPayload" in value


def parse_destination(value: dict[str, Any]) -> Iterator[Part]:
    """The event of the failed invocation."""
    yield _inside(value, "requestPayload")


def infer_cloud_event(value: dict[str, Any]) -> bool:
    """Whether it is a CloudEvent."""
    return "specversion" in value or "data" in value


def parse_cloud_event(value: dict[str, Any]) -> Iterator[Part]:
    """The data of a CloudEvent."""
    yield _inside(value, "data")


def infer_queue_message(value: dict[str, Any]) -> bool:
    """Whether it is a message of a queue trigger."""
    return "messageBody" in value


def parse_queue_message(value: dict[str, Any]) -> Iterator[Part]:
    """The body of the message."""
    yield _inside(value, "messageBody")


def infer_topic_message(value: dict[str, Any]) -> bool:
    """Whether it is a message of a topic trigger, in one of its two formats."""
    return "Message" in value or "body" in value


def parse_topic_message(value: dict[str, Any]) -> Iterator[Part]:
    """The body of the message."""
    yield _inside(value, "Message" if "Message" in value else "body")


def _inside(value: dict[str, Any], name: str) -> Within:
    if not value.get(name):
        raise UnreadableRecord(f"{name} is missing or empty")
    return Within(value[name])
