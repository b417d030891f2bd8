"""One bucket behind CDN, DCDN and ESA: 1,200 changes reach all three, whatever one of them refuses.

What became of the changes is read from the records of the stand-ins, and asked of the edge as a visitor.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from burst import settle_all
from drain import BATCHED
from three import HOST, NAMES, SITE_ID, SITES

from oss_cdn_refresh_box.cdn import Quota
from oss_cdn_refresh_box.cloud import Cloud
from oss_cdn_refresh_box.demo.clients import bucket
from oss_cdn_refresh_box.esa import Quota as EsaQuota
from oss_cdn_refresh_box.wire.faults import Faults, Refusal

COUNT = 1_200
SAMPLE = range(0, COUNT, 100)
THROTTLED = Refusal(429, "TooManyRequests")
UNTOUCHED = pytest.mark.parametrize("name", NAMES)


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    """Delivery is batched: direct delivery would make a call for each change, and ESA gets one call a second."""
    with Cloud({"sites": SITES}, variables=BATCHED) as cloud:
        yield cloud


def publish(cloud: Cloud, text: str, numbers: Iterable[int] = range(COUNT)) -> None:
    """Write objects through OSS, whose triggers call the function."""
    with bucket(cloud, "my-site") as opened:
        for number in numbers:
            opened.put_object(f"{number}.html", f"{text} {number}")


def accepted(cloud: Cloud) -> dict[str, set[str]]:
    """The URLs that each product has accepted."""
    found = {"cdn": cloud.cdn.accepted, "dcdn": cloud.dcdn.accepted, "esa": cloud.esa.accepted}
    return {name: {url for _, url in items} for name, items in found.items()}


def all_urls(name: str) -> set[str]:
    """The URLs of all objects on the domain of a product."""
    return {f"https://{HOST[name]}/{number}.html" for number in range(COUNT)}


def served(cloud: Cloud, name: str) -> list[bytes]:
    """What a visitor of a product's domain gets for some of the objects."""
    return [cloud.visit(f"https://{HOST[name]}/{number}.html").body for number in SAMPLE]


def summaries(cloud: Cloud) -> list[dict[str, Any]]:
    """The summary of each invocation."""
    lines = (
        json.loads(line[line.index("{") :]) for call in cloud.invocations for line in call.log if '"summary"' in line
    )
    return [line for line in lines if line["event"] == "summary"]


def confirmed(cloud: Cloud) -> int:
    """How many URLs were seen complete."""
    return sum(each["confirmations"]["complete"] for each in summaries(cloud))


def test_1200_changes_reach_all_three_products_and_are_confirmed(cloud: Cloud) -> None:
    publish(cloud, "old", SAMPLE)
    settle_all(cloud)
    before = {name: served(cloud, name) for name in NAMES}
    publish(cloud, "new")
    settle_all(cloud)
    assert before == {name: [f"old {number}".encode() for number in SAMPLE] for name in NAMES}
    assert {name: served(cloud, name) for name in NAMES} == {
        name: [f"new {number}".encode() for number in SAMPLE] for name in NAMES
    }
    assert accepted(cloud) == {name: all_urls(name) for name in NAMES}
    assert (confirmed(cloud), cloud.dead_letters.messages()) == (3 * (COUNT + len(SAMPLE)), [])
    assert all(each["urls"] == each["refreshed"] + each["deferred"] for each in summaries(cloud))


@UNTOUCHED
def test_a_throttled_product_leaves_the_others_untouched(cloud: Cloud, name: str) -> None:
    {"cdn": cloud.cdn, "dcdn": cloud.dcdn, "esa": cloud.esa}[name].faults = Faults(rule=lambda _request: THROTTLED)
    publish(cloud, "new")
    cloud.settle()
    cloud.clock.advance(75)  # the CDN's and DCDN's next minute
    cloud.settle()
    found = accepted(cloud)
    assert {other: found[other] for other in NAMES if other != name} == {
        other: all_urls(other) for other in NAMES if other != name
    }
    assert (found[name], cloud.dead_letters.messages()) == (set(), [])


@UNTOUCHED
def test_a_product_without_quota_leaves_the_others_untouched(cloud: Cloud, name: str) -> None:
    cloud.esa.quota[SITE_ID, "file"] = EsaQuota(0 if name == "esa" else 100_000)
    cloud.esa.quota[SITE_ID, "directory"] = EsaQuota(0)
    cloud.cdn.quota = Quota(urls=0 if name == "cdn" else 100_000, directories=0)
    cloud.dcdn.quota = Quota(urls=0 if name == "dcdn" else 100_000, directories=0)
    publish(cloud, "new")
    cloud.settle()
    cloud.clock.advance(75)  # the CDN's and DCDN's next minute
    cloud.settle()
    found = accepted(cloud)
    assert {other: found[other] for other in NAMES if other != name} == {
        other: all_urls(other) for other in NAMES if other != name
    }
    assert found[name] == set()
    waiting = {url for message in cloud.backlog.messages() for url in json.loads(message.body)["urls"]}
    assert all_urls(name) <= waiting
