"""The edge serves every object fresh that a plan covers: each object is compared."""

from pathlib import Path
from random import Random

import pytest
from burst import settle_all
from drain import BATCHED

from oss_cdn_refresh_box.cdn import Quota
from oss_cdn_refresh_box.cloud import Cloud
from oss_cdn_refresh_box.demo import clients

SITE = {"bucket": "my-site", "domains": ["www.example.com", "img.example.com"]}
CONFIG = {"sites": [SITE], "collapse": {"reserve_urls": 0, "reserve_directories": 0}}
DIRECTORIES = ["", "docs/", "docs/a/", "img/", "img/2026/", "img/2026/x y/", "img/2026/\u4e2d/", "other/"]


@pytest.mark.parametrize("seed", [1, 2])
def test_every_changed_object_is_served_fresh_after_the_plan_was_sent(drained: Path, seed: int) -> None:
    random = Random(seed)  # noqa: S311 - a seed repeats it
    keys = [f"{directory}{number}.jpg" for directory in DIRECTORIES for number in range(15)]
    changed = [key for key in keys if key.count("/") > 1 or random.random() < 0.3]
    with Cloud(CONFIG, file=drained, variables=BATCHED) as cloud, clients.bucket(cloud, "my-site") as bucket:
        for key in keys:
            bucket.put_object(key, "old")
        settle_all(cloud)
        urls = {key: [f"https://{domain}/{_encoded(key)}" for domain in SITE["domains"]] for key in keys}
        for key in keys:
            assert {cloud.visit(url).body for url in urls[key]} == {b"old"}
        cloud.clock.advance(86_400)
        cloud.cdn.quota = Quota(urls=100, directories=10)
        for key in changed:
            bucket.put_object(key, "new")
        settle_all(cloud)
        sent = [call for call in cloud.cdn.calls if call.action == "RefreshObjectCaches" and call.at >= 86_400]
        assert "Directory" in {call.object_type for call in sent}
        assert {cloud.visit(url).body for key in changed for url in urls[key]} == {b"new"}


def _encoded(key: str) -> str:
    return key.replace(" ", "%20").replace("\u4e2d", "%E4%B8%AD")
