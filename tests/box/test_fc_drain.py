"""The whole cloud in a box where changes are batched: `refresh` fills the backlog, or OSS itself, and `drain` works."""

from pathlib import Path

import pytest
from drain import BATCHED, deployment

from oss_cdn_refresh_box.cloud import Cloud
from oss_cdn_refresh_box.demo import clients

CONFIG = {"sites": [{"bucket": "my-site", "domains": ["www.example.com"]}]}


def test_visitors_get_the_new_object_through_both_functions() -> None:
    url = "https://www.example.com/page.html"
    with Cloud(CONFIG, variables=BATCHED) as cloud, clients.bucket(cloud, "my-site") as bucket:
        bucket.put_object("page.html", "old")
        cloud.settle()
        assert cloud.visit(url).body == b"old"
        bucket.put_object("page.html", "new")
        assert cloud.visit(url).body == b"old"
        cloud.settle()
        assert cloud.visit(url).body == b"new"


def test_the_two_functions_have_instances_of_their_own(tmp_path: Path) -> None:
    with Cloud(CONFIG, file=deployment(tmp_path, instances=7), variables=BATCHED) as cloud:
        caps = {name: deployed.cap for name, deployed in cloud.compute.functions.items()}
    assert caps == {"refresh": 7, "drain": 1}


def test_a_variable_of_the_deployment_may_be_overridden() -> None:
    with Cloud(CONFIG, variables={"REFRESH_BACKLOG_QUEUE": "mine", **BATCHED}) as cloud:
        assert (cloud.backlog.name, cloud.function.function.environment["DELIVERY"]) == ("mine", "batched")


@pytest.mark.parametrize("base64", [False, True])
def test_a_notification_reaches_the_backlog_without_an_invocation(tmp_path: Path, *, base64: bool) -> None:
    file = deployment(tmp_path, oss_triggers=False)
    with Cloud(CONFIG, file=file, variables=BATCHED) as cloud, clients.bucket(cloud, "my-site") as bucket:
        cloud.notify(base64=base64)
        bucket.put_object("a.jpg", "new")
        cloud.settle()
        assert (cloud.function.invocations, cloud.cdn.accepted) == ([], {("File", "https://www.example.com/a.jpg")})
