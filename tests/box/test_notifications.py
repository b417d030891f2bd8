"""Event notifications: OSS tells a queue what happens in a bucket."""

import base64
import json

from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.oss.notifications import Notifications
from oss_cdn_refresh_box.smq import Queue

PUT = {"eventName": "ObjectCreated:PutObject", "oss": {"object": {"key": "\u4e2d.jpg"}}}


def told(queue: Queue) -> list[str]:
    """The bodies in a queue."""
    return [message.body for message in queue.messages()]


def test_a_message_holds_the_record_of_an_oss_trigger() -> None:
    queue = Queue("backlog", Clock())
    Notifications(queue, ["oss:ObjectCreated:PutObject"])(PUT)
    assert [json.loads(body) for body in told(queue)] == [{"events": [PUT]}]


def test_the_body_may_be_base64() -> None:
    queue = Queue("backlog", Clock())
    Notifications(queue, ["oss:ObjectCreated:PutObject"], base64=True)(PUT)
    assert [json.loads(base64.b64decode(body, validate=True)) for body in told(queue)] == [{"events": [PUT]}]


def test_an_event_outside_the_rule_sends_no_message() -> None:
    queue = Queue("backlog", Clock())
    Notifications(queue, ["oss:ObjectRemoved:DeleteObject"])(PUT)
    assert told(queue) == []
