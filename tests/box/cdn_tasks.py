"""Callers of the CDN in a box for tests of tasks: the official SDK, and the library's own client."""

import time
from collections.abc import Iterable
from math import inf
from typing import Any

import pytest
from alibabacloud_cdn20180510 import models
from cdn_client import sdk
from Tea.exceptions import TeaException

from oss_cdn_refresh.model.confirmation import Submission, Task
from oss_cdn_refresh.model.effects import Effects
from oss_cdn_refresh.model.item import FILE, Target
from oss_cdn_refresh.products.api import Peer
from oss_cdn_refresh.products.cdn import Client
from oss_cdn_refresh.transport.credentials import Credentials
from oss_cdn_refresh.transport.session import Session
from oss_cdn_refresh_box.cdn import Cdn, Limits
from oss_cdn_refresh_box.clock import Clock

DOMAIN = "a.example"
ANY_TIME = Limits(clock_skew_seconds=inf)  # the official SDK dates its calls by the machine's clock


def still_clock() -> Clock:
    """A clock that stands still at a whole second of today, near the time by which the official SDK dates its calls."""
    return Clock(int(time.time()))


def pages(*names: str, domain: str = DOMAIN) -> list[str]:
    """URLs of a domain."""
    return [f"https://{domain}/{name}" for name in names]


class Operator:
    """Calls the API by the official SDK."""

    def __init__(self, cdn: Cdn) -> None:
        self.official = sdk(cdn)

    def refresh(self, urls: Iterable[str], object_type: str = "File", *, force: bool | None = None) -> list[str]:
        """Refresh; returns the task ids."""
        request = models.RefreshObjectCachesRequest(force, "\n".join(urls), object_type)
        return str(self.official.refresh_object_caches(request).body.refresh_task_id).split(",")

    def preload(self, urls: Iterable[str], **more: Any) -> list[str]:
        """Preload; returns the task ids."""
        request = models.PushObjectCacheRequest(object_path="\n".join(urls), **more)
        return str(self.official.push_object_cache(request).body.push_task_id).split(",")

    def look(self, ids: Iterable[str]) -> Any:
        """The answer of DescribeRefreshTaskById."""
        request = models.DescribeRefreshTaskByIdRequest(task_id=",".join(ids))
        return self.official.describe_refresh_task_by_id(request).body

    def statuses(self, ids: Iterable[str]) -> list[str]:
        """The statuses that DescribeRefreshTaskById shows, row by row."""
        return [row.status for row in self.look(ids).tasks]

    def list(self, **wanted: Any) -> Any:
        """The answer of DescribeRefreshTasks."""
        return self.official.describe_refresh_tasks(models.DescribeRefreshTasksRequest(**wanted)).body

    def code(self, call: Any, *arguments: Any, **more: Any) -> str:
        """The code with which a call is refused."""
        with pytest.raises(TeaException) as refusal:
            call(*arguments, **more)
        return str(refusal.value.code)


def library(cdn: Cdn, clock: Clock) -> Client:
    """The function's own client of the CDN."""
    effects = Effects(clock.now, clock.now, clock.sleep, lambda low, _high: low)
    peer = Peer(cdn.url, lambda: Credentials("AK", "SECRET"), Session(), effects, set())
    return Client(peer, Target("cdn"), "IgnoreParams")


def looked_up(client: Client, *ids: str) -> list[Task]:
    """The tasks that the library reads of these ids."""
    submission = Submission(FILE, (), ids, 0.0)
    return [task for call in client.look_ups([submission]) for task in client.look_up(call, 5).tasks]
