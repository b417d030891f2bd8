"""ESA: the size of a call, quotas, sites and records, and how tasks are looked up."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from three import ESA, SITE_ID, Three, three_products, urls
from world import NOON, backlog_record, event, objects, record

from oss_cdn_refresh.model.batch import Batch
from oss_cdn_refresh.model.confirmation import Submission
from oss_cdn_refresh.model.effects import Effects
from oss_cdn_refresh.model.item import DIRECTORY, FILE, IGNORE_PARAMS, Item, ObjectType, Target
from oss_cdn_refresh.model.quota import Allowance
from oss_cdn_refresh.model.quota import Quota as InstanceQuota
from oss_cdn_refresh.products import product
from oss_cdn_refresh.products.api import Peer
from oss_cdn_refresh.products.interface import ProductClient
from oss_cdn_refresh.transport.credentials import Credentials
from oss_cdn_refresh.transport.session import Session
from oss_cdn_refresh_box.esa import Quota, Site
from oss_cdn_refresh_box.wire.faults import Faults, Refusal
from oss_cdn_refresh_box.wire.serving import Response

ONE = {"bucket": "my-site", "domains": [ESA], "product": "esa", "esa_site_id": SITE_ID}
DAY = 86_400


@pytest.fixture
def three(tmp_path: Path) -> Iterator[Three]:
    with three_products(tmp_path) as found:
        found.world.configure(ONE)
        yield found


@pytest.fixture
def client(three: Three) -> ProductClient:
    clock = three.world.clock
    effects = Effects(clock.now, clock.now, clock.sleep, lambda low, _high: low)
    peer = Peer(three.esa.url, lambda: Credentials("AK", "SECRET"), Session(), effects, set())
    return product("esa").Client(peer, Target("esa", str(SITE_ID)), IGNORE_PARAMS)


# Calls


def test_a_call_has_at_most_a_hundred_urls(three: Three) -> None:
    three.world.invoke(objects(250))
    assert [len(call.urls) for call in three.refreshes("esa")] == [100, 100, 50]


@pytest.mark.parametrize("key", ["-" * 900, "中" * 200], ids=["long", "Chinese"])
def test_the_query_of_a_call_is_not_longer_than_eight_kilobytes(three: Three, key: str) -> None:
    three.esa.limits = three.esa.limits._replace(query_bytes=8_192)
    summary = three.world.invoke(event(*(record(f"{number}{key}") for number in range(20))))
    assert (summary["refreshed"], {call.code for call in three.refreshes("esa")}) == (20, {""})


def test_a_call_may_be_configured_to_have_more_urls(three: Three) -> None:
    three.world.configure(ONE, limits={"esa": {"urls_per_call": 150}})
    three.world.invoke(objects(150))
    assert [len(call.urls) for call in three.refreshes("esa")] == [150]


@pytest.mark.parametrize("status", [413, 414])
def test_a_call_that_is_too_large_for_the_gateway_is_split(three: Three, status: int) -> None:
    three.esa.faults = Faults(Response(status, b"<html>too large</html>"))
    summary = three.world.invoke(objects(4))
    assert (summary["refreshed"], [len(call.urls) for call in three.refreshes("esa")]) == (4, [4, 2, 2])


@pytest.mark.parametrize(
    ("object_type", "url"),
    [(FILE, f"https://{ESA}/a.jpg"), (DIRECTORY, f"https://{ESA}/d/"), (IGNORE_PARAMS, f"https://{ESA}/a.jpg")],
)
def test_force_is_sent_for_every_type_but_files(three: Three, object_type: ObjectType, url: str) -> None:
    three.world.invoke(backlog_record(url, object_type=object_type, force=True))
    (call,) = three.refreshes("esa")
    assert (three.esa.accepted, call.force) == ({(object_type, url)}, object_type != FILE)


# Refusals


def test_a_host_that_is_no_proxied_record_of_the_site_is_dead_lettered_alone(three: Three) -> None:
    three.world.configure({**ONE, "domains": [ESA, "other.example.org"]})
    three.esa.sites[SITE_ID] = Site("example.org", records={ESA: True, "other.example.org": False})
    summary = three.world.invoke(objects(2))
    assert (three.accepted()["esa"], summary["dead_lettered"]) == (urls(ESA, 2), 2)
    assert {message["reason"] for message in three.world.dead_letters} == {"InvalidParameter.RecordNotBelongToSite"}


@pytest.mark.parametrize("code", ["SiteNotFound", "InvalidStationParameter"])
def test_a_wrong_site_is_a_wrong_call_whose_remedy_names_the_setting(three: Three, code: str) -> None:
    three.esa.faults = Faults(rule=lambda _request: Refusal(404, code))
    summary = three.world.invoke(objects(3))
    assert (summary["dead_lettered"], summary["requests"]) == (3, 1)
    assert "esa_site_id" in three.world.line("request_refused")["remedy"]


def test_a_site_that_is_being_configured_is_tried_again_later(three: Three) -> None:
    three.esa.faults = Faults(Refusal(400, "Site.ServiceBusy"))
    assert (three.world.invoke(objects(3))["deferred"], len(three.refreshes("esa"))) == (3, 1)


@pytest.mark.parametrize("code", ["QuotaExceeded.PurgeFile", "PurgeUrlOverThreshold", "OverThreshold.File"])
def test_a_used_up_quota_waits_for_the_reset(three: Three, code: str) -> None:
    three.esa.quota[SITE_ID, "file"] = Quota(0)
    three.esa.faults = Faults(rule=lambda request: Refusal(400, code) if "Content" in request.parameters else None)
    three.world.invoke(objects(1))
    (delay,) = three.world.delays
    assert 12 * 3_600 <= delay < DAY


def test_an_invalid_content_of_one_url_is_found_by_halves(three: Three) -> None:
    bad = f"{ESA}/3.jpg"
    three.esa.faults = Faults(
        rule=lambda request: Refusal(400, "InvalidContent") if bad in request.parameters.get("Content", "") else None
    )
    summary = three.world.invoke(objects(8))
    assert (summary["refreshed"], summary["dead_lettered"]) == (7, 1)


def test_an_invalid_content_of_every_url_ends_after_a_few_calls(three: Three) -> None:
    three.esa.faults = Faults(rule=lambda _request: Refusal(400, "InvalidContent"))
    summary = three.world.invoke(objects(100))
    assert (summary["deferred"], summary["requests"] <= 24) == (100, True)


# Quotas


def test_the_quota_of_a_type_is_that_of_the_day(client: ProductClient, three: Three) -> None:
    three.esa.quota[SITE_ID, "directory"] = Quota(80)
    client.refresh(a_batch(DIRECTORY, f"https://{ESA}/d/"), 5)
    assert client.quota([DIRECTORY], 5) == {DIRECTORY: Allowance(79, 80)}


def test_a_shorter_quota_of_thirty_days_counts(client: ProductClient, three: Three) -> None:
    three.esa.quota[SITE_ID, "file"] = Quota(1_000, days_30=10)
    assert client.quota([FILE], 5) == {FILE: Allowance(10, 1_000)}


@pytest.mark.parametrize(
    ("answer", "left"),
    [
        ({"Quota": 100, "Usage": 1}, 99),
        ({"Quota": "100", "Usage": "130"}, 0),
        ({"Quota": "100", "Usage": "1", "Quota30Day": "0", "Usage30Day": "5"}, 99),
        ({"Quota": "100"}, None),
        ({"Quota": "many", "Usage": "1"}, None),
    ],
)
def test_figures_may_be_texts_or_numbers(
    client: ProductClient, three: Three, answer: dict[str, Any], left: int | None
) -> None:
    three.esa.faults = Faults(Response(200, json.dumps(answer).encode()))
    assert client.quota([FILE], 5)[FILE].left == left


def test_the_quota_of_each_type_that_is_refused_is_read(three: Three) -> None:
    three.world.configure(ONE, {**ONE, "prefix": "d/", "path": "/d/", "bulk_delete": "directory"})
    three.esa.quota[SITE_ID, "file"], three.esa.quota[SITE_ID, "directory"] = Quota(2), Quota(2)
    deleted = [record(f"d/{number}/a.jpg", "ObjectRemoved:DeleteObjects") for number in range(3)]
    three.world.invoke(event(*deleted))
    kinds = [object_type for object_type, _ in three.esa.accepted]
    assert (kinds.count(FILE), kinds.count(DIRECTORY)) == (2, 2)


def test_an_answer_about_one_type_keeps_what_is_known_of_the_others() -> None:
    found = InstanceQuota(lambda: 0.0)
    found.answered({FILE: Allowance(5)})
    found.answered({DIRECTORY: Allowance(2)})
    assert (found.left(FILE), found.left(DIRECTORY)) == (5, 2)


# Tasks


def a_batch(object_type: ObjectType, *some: str) -> Batch:
    """A batch of these URLs."""
    items = tuple(Item(object_type, url, ESA, Target("esa", str(SITE_ID))) for url in some)
    return Batch(object_type, force=False, items=items)


def submission(*some: str, at: float = NOON, object_type: ObjectType = FILE) -> Submission:
    """A submission of these URLs."""
    return Submission(object_type, some, ("1",), at)


def test_submissions_of_ten_minutes_share_a_list(client: ProductClient) -> None:
    together = [submission("a", "b"), submission("c", at=NOON + 599), submission("d", "e", at=NOON + 600)]
    lists = list(client.look_ups(together))
    assert [[each.urls for each in look.submissions] for look in lists] == [[("a", "b"), ("c",)], [("d", "e")]]


def test_types_are_listed_apart(client: ProductClient) -> None:
    looks = client.look_ups([submission("a"), submission("a", object_type=DIRECTORY)])
    assert [look.submissions[0].type for look in looks] == [FILE, DIRECTORY]


def test_a_list_begins_and_ends_within_what_esa_shows(client: ProductClient, three: Three) -> None:
    three.world.clock.advance(3 * DAY)
    (look,) = client.look_ups([submission("a", "b", at=NOON)])
    client.look_up(look, 5)
    assert three.esa.calls[-1].code == ""


@pytest.mark.parametrize(
    "content",
    [
        '"https://e.example.org/a.jpg"',
        '"{\\"Files\\": [\\"https://e.example.org/a.jpg\\"]}"',
        '"[\\"https://e.example.org/a.jpg\\"]"',
    ],
    ids=["a URL", "the content of the call", "a list"],
)
def test_a_row_shows_a_url_or_the_content_of_its_call(client: ProductClient, three: Three, content: str) -> None:
    time = "2026-11-22 04:00:00"
    row = f'{{"TaskId": 1, "Type": "file", "Content": {content}, "Status": "Complete", "CreateTime": "{time}"}}'
    three.esa.faults = Faults(Response(200, f'{{"TotalCount": 1, "Tasks": [{row}]}}'.encode()))
    (look,) = client.look_ups([submission("https://e.example.org/a.jpg")])
    (task,) = client.look_up(look, 5).tasks
    assert (task.id, task.url, task.created_at) == ("1", "https://e.example.org/a.jpg", "2026-11-22T04:00:00Z")


@pytest.mark.parametrize(
    "content", ["{broken", "[" * 5_000, '{"Files": 7}', "[7]"], ids=["broken", "deep", "no list", "no text"]
)
def test_a_row_with_an_unreadable_content_confirms_nothing(client: ProductClient, three: Three, content: str) -> None:
    row = {"TaskId": "1", "Type": "file", "Content": content, "Status": "Complete"}
    three.esa.faults = Faults(Response(200, json.dumps({"TotalCount": 1, "Tasks": [row]}).encode()))
    (look,) = client.look_ups([submission("https://e.example.org/a.jpg")])
    assert all(task.url != "https://e.example.org/a.jpg" for task in client.look_up(look, 5).tasks)


def test_a_page_that_is_not_full_is_the_last_of_a_list_without_a_count(client: ProductClient, three: Three) -> None:
    rows = [{"TaskId": "1", "Type": "file", "Content": f"https://{ESA}/{number}"} for number in range(50)]
    three.esa.faults = Faults(
        Response(200, json.dumps({"Tasks": rows}).encode()), Response(200, json.dumps({"Tasks": rows[:49]}).encode())
    )
    (look,) = client.look_ups([submission("a", "b")])
    second = client.look_up(look, 5).rest
    assert second is not None
    assert (second.page, client.look_up(second, 5).rest) == (2, None)


def test_a_row_without_a_type_has_the_type_of_the_call(client: ProductClient, three: Three) -> None:
    row = {"TaskId": "1", "Content": f"https://{ESA}/d/", "Status": "Complete"}
    three.esa.faults = Faults(Response(200, json.dumps({"TotalCount": 1, "Tasks": [row]}).encode()))
    (look,) = client.look_ups([submission("a", "b", object_type=DIRECTORY)])
    assert [task.type for task in client.look_up(look, 5).tasks] == [DIRECTORY]


def test_a_full_page_is_followed_by_another_whatever_the_count_says(client: ProductClient, three: Three) -> None:
    rows = [{"TaskId": "1", "Type": "file", "Content": f"https://{ESA}/{number}"} for number in range(50)]
    three.esa.faults = Faults(Response(200, json.dumps({"TotalCount": 0, "Tasks": rows}).encode()))
    (look,) = client.look_ups([submission("a", "b")])
    assert client.look_up(look, 5).rest is not None


@pytest.mark.parametrize(
    ("region", "endpoint"),
    [
        ("cn-hangzhou", "https://esa.cn-hangzhou.aliyuncs.com"),
        ("cn-beijing", "https://esa.cn-hangzhou.aliyuncs.com"),
        ("", "https://esa.cn-hangzhou.aliyuncs.com"),
        ("ap-southeast-1", "https://esa.ap-southeast-1.aliyuncs.com"),
        ("eu-central-1", "https://esa.ap-southeast-1.aliyuncs.com"),
    ],
)
def test_a_region_beyond_china_uses_the_endpoint_in_singapore(region: str, endpoint: str) -> None:
    assert product("esa").endpoint(region) == endpoint
