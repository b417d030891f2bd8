"""Answers of the CDN in a box have every field that the official SDK's models have."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from alibabacloud_cdn20180510 import models
from alibabacloud_cdn20180510.client import Client
from cdn_client import sdk
from sdk_models import missing

from oss_cdn_refresh_box.cdn import Cdn
from oss_cdn_refresh_box.cdn.describing import Described, Function, Source
from oss_cdn_refresh_box.clock import Clock

# On Python 3.12 the official SDK's own way to date its calls is deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")

URL = "https://a.example/a.jpg"


@pytest.fixture
def cdn() -> Iterator[Cdn]:
    with Cdn(Clock(time.time()), ["a.example"]) as cdn:
        yield cdn


@pytest.fixture
def client(cdn: Cdn) -> Client:
    return sdk(cdn)


def looked_up(client: Client) -> Any:
    task_id = client.refresh_object_caches(models.RefreshObjectCachesRequest(object_path=URL)).body.refresh_task_id
    return client.describe_refresh_task_by_id(models.DescribeRefreshTaskByIdRequest(task_id=task_id))


def listed(client: Client) -> Any:
    looked_up(client)
    return client.describe_refresh_tasks(models.DescribeRefreshTasksRequest())


@pytest.mark.parametrize(
    "ask",
    [
        lambda client: client.refresh_object_caches(models.RefreshObjectCachesRequest(object_path=URL)),
        lambda client: client.push_object_cache(models.PushObjectCacheRequest(object_path=URL)),
        lambda client: client.describe_refresh_quota(models.DescribeRefreshQuotaRequest()),
        looked_up,
        listed,
        lambda client: client.describe_cdn_domain_detail(
            models.DescribeCdnDomainDetailRequest(domain_name="a.example")
        ),
        lambda client: client.describe_cdn_domain_configs(
            models.DescribeCdnDomainConfigsRequest(domain_name="a.example")
        ),
    ],
    ids=["refresh", "preload", "quota", "tasks by id", "tasks", "domain", "settings"],
)
def test_an_answer_has_every_field_of_the_official_model(
    cdn: Cdn, client: Client, ask: Callable[[Client], Any]
) -> None:
    functions = (Function("set_hashkey_args", {"hashkey_args": "v"}),)
    cdn.described["a.example"] = Described(sources=(Source("oss", "b.oss.example"),), functions=functions)
    assert list(missing(ask(client).body)) == []


def test_a_row_has_no_field_that_the_official_model_has_not(cdn: Cdn, client: Client) -> None:
    looked_up(client)
    (row,) = cdn.tasks.look(cdn.tasks.submitted[0])
    assert models.DescribeRefreshTaskByIdResponseBodyTasks().from_map(row).to_map() == row
