"""Many changes at once, and their results according to the records of the stand-ins."""

import json
import math
import re
from base64 import b64decode
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from world import record

from oss_cdn_refresh_box.cdn import Call, Limits, Quota
from oss_cdn_refresh_box.cloud import Cloud
from oss_cdn_refresh_box.smq import Queue

SITE = {"bucket": "my-site", "domains": ["www.example.com"]}
RAISED = Limits(refresh_calls_per_second=1_000, urls_per_minute_per_domain=1_000_000)
PLENTY = Quota(urls=1_000_000)
URLS_PER_CALL = 1_000
KEY = re.compile(r"burst-\d{5}\.jpg")


class Round(NamedTuple):
    """One batch of the queue trigger: its messages, their distinct keys, and the resulting calls."""

    messages: int
    keys: int
    calls: int

    @property
    def needed(self) -> int:
        """The least number of calls for the items."""
        return math.ceil(self.keys / URLS_PER_CALL)


def keys(count: int) -> list[str]:
    """The keys of this number of objects."""
    return [f"burst-{number:05}.jpg" for number in range(count)]


def configuration(**limits: int) -> dict[str, Any]:
    """The function's configuration, without confirmation; without limits it has the default ones."""
    return {"sites": [SITE], "confirm": {"mode": "never"}, **({"limits": limits} if limits else {})}


def raise_limits(cloud: Cloud) -> None:
    """Give the account higher limits than a burst needs."""
    cloud.cdn.limits, cloud.cdn.quota = RAISED, PLENTY


def change(cloud: Cloud, changed: Iterable[str]) -> None:
    """Let OSS send one event for each object to its triggers; the events are processed in `settle`."""
    for key in changed:
        cloud.compute.notice(record(key))


def settle_all(cloud: Cloud, most: int = 100) -> None:
    """Process all events and messages, also delayed ones: the clock moves to them, at most `most` times."""
    for _ in range(most):
        cloud.settle()
        waiting = cloud.backlog.messages()
        if not waiting:
            return
        cloud.clock.advance(max(0.0, min(message.visible_at for message in waiting) - cloud.clock.now()))
    raise AssertionError(f"{len(waiting)} messages still wait")


def rounds(cloud: Cloud) -> Iterator[Round]:
    """Each batch of the queue trigger, with the refresh calls that arrived until the batch was answered."""
    since = -math.inf
    for invocation in cloud.drain.invocations:
        bodies = [message["data"]["messageBody"] for message in json.loads(invocation.event)]
        called = [call for call in refreshes(cloud) if since < call.at <= invocation.at]
        since = invocation.at
        yield Round(len(bodies), len(named(map(_plain, bodies))), len(called))


def refreshes(cloud: Cloud) -> list[Call]:
    """The refresh calls that reached the CDN, also the refused ones."""
    return [call for call in cloud.cdn.calls if call.action == "RefreshObjectCaches"]


def named(texts: Iterable[str]) -> set[str]:
    """The keys of a burst that occur in texts, in any envelope."""
    return {key for text in texts for key in KEY.findall(text)}


def accepted(cloud: Cloud) -> set[str]:
    """The keys whose URLs the CDN has accepted."""
    return named(url for _, url in cloud.cdn.accepted)


def held(queue: Queue) -> set[str]:
    """The keys in the messages of a queue, visible or not."""
    return named(message.body for message in queue.messages())


def _plain(body: str) -> str:
    """A body, decoded if it is Base64."""
    return body if body.startswith("{") else b64decode(body).decode()


def lost(cloud: Cloud, changed: Iterable[str]) -> set[str]:
    """The changes that are neither refreshed nor in the backlog nor in the dead letters."""
    return set(changed) - accepted(cloud) - held(cloud.backlog) - held(cloud.dead_letters)
