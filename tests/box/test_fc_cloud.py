"""The whole cloud in a box: from an upload with the real SDK to what the edge serves."""

from collections.abc import Iterator
from typing import Any

import pytest

from oss_cdn_refresh_box.cdn import Quota
from oss_cdn_refresh_box.cloud import Cloud
from oss_cdn_refresh_box.demo import clients

SITE = "https://www.example.com"


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    """One for all: an instance that is warm already saves the tests their cold starts."""
    with Cloud({"sites": [{"bucket": "my-site", "domains": ["www.example.com", "img.example.com"]}]}) as cloud:
        yield cloud


@pytest.fixture
def bucket(cloud: Cloud) -> Iterator[Any]:
    with clients.bucket(cloud, "my-site") as bucket:
        yield bucket


def served(cloud: Cloud, *paths: str, domain: str = SITE) -> list[bytes]:
    return [cloud.visit(domain + path).body for path in paths]


def test_after_an_upload_the_edge_serves_the_new_page_under_every_url(cloud: Cloud, bucket: Any) -> None:
    paths = ("/d/index.html", "/d/", "/d")
    bucket.put_object("d/index.html", "old")
    assert served(cloud, *paths) == [b"old"] * 3
    bucket.put_object("d/index.html", "new")
    assert served(cloud, *paths) == [b"old"] * 3
    cloud.settle()
    assert served(cloud, *paths) == [b"new"] * 3


def test_the_root_is_refreshed_with_its_index_page(cloud: Cloud, bucket: Any) -> None:
    for body in ("old", "new"):
        bucket.put_object("index.html", body)
        cloud.settle()
        assert served(cloud, "/") == [body.encode()]


def test_a_deleted_object_is_gone_from_every_domain(cloud: Cloud, bucket: Any) -> None:
    domains = (SITE, "https://img.example.com")
    bucket.put_object("gone.jpg", "here")
    assert [served(cloud, "/gone.jpg", domain=domain) for domain in domains] == [[b"here"], [b"here"]]
    bucket.delete_object("gone.jpg")
    cloud.settle()
    assert [cloud.visit(f"{domain}/gone.jpg").status for domain in domains] == [404, 404]


def test_deferred_items_come_back_by_themselves(cloud: Cloud, bucket: Any) -> None:
    bucket.put_object("late.html", "old")
    assert served(cloud, "/late.html") == [b"old"]
    cloud.cdn.quota = Quota(urls=0)
    bucket.put_object("late.html", "new")
    cloud.settle()
    cloud.cdn.quota = Quota()
    due = max(message.visible_at for message in cloud.backlog.messages())
    assert served(cloud, "/late.html") == [b"old"]
    cloud.clock.advance(due - cloud.clock.now())
    cloud.settle()
    assert served(cloud, "/late.html") == [b"new"]


def test_the_queues_have_the_attributes_of_the_stack(cloud: Cloud) -> None:
    assert cloud.backlog.attributes.visibility_timeout == 300
    assert cloud.dead_letters.attributes.message_retention_period == 604_800


def test_the_functions_role_may_refresh_the_configured_domains_alone(cloud: Cloud) -> None:
    assert cloud.cdn.rights["STS.refresh"] == {"www.example.com", "img.example.com"}
