"""CDN, DCDN and ESA side by side: each refreshes its domains, and what one refuses changes nothing for the others."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from three import (
    CDN,
    DCDN,
    ESA,
    HOST,
    NAMES,
    OTHER_HOST,
    OTHER_SITE_ID,
    SITE_ID,
    SITES,
    TARGETS,
    Three,
    queued,
    three_products,
    urls,
)
from world import backlog_record, event, objects, record

from oss_cdn_refresh.model.item import DIRECTORY, FILE, IGNORE_PARAMS
from oss_cdn_refresh_box.cdn.ledger import Quota
from oss_cdn_refresh_box.esa import Quota as EsaQuota
from oss_cdn_refresh_box.wire.faults import Faults, Lost, Refusal


@pytest.fixture
def three(tmp_path: Path) -> Iterator[Three]:
    with three_products(tmp_path) as found:
        yield found


def others(name: str) -> list[str]:
    """The products beside one."""
    return [other for other in NAMES if other != name]


def use_up(three: Three, name: str) -> None:
    """Leave no quota of a product for URLs."""
    if name == "esa":
        three.esa.quota[SITE_ID, "file"] = EsaQuota(0)
    else:
        three.products[name].quota = Quota(urls=0)  # type: ignore[attr-defined]


def test_a_change_is_refreshed_by_each_product_for_its_own_domain(three: Three) -> None:
    summary = three.world.invoke(objects(2))
    assert three.accepted() == {"cdn": urls(CDN, 2), "dcdn": urls(DCDN, 2), "esa": urls(ESA, 2)}
    assert (summary["refreshed"], summary["requests"]) == (6, 3)


def test_the_summary_has_the_task_ids_of_all_products(three: Three) -> None:
    three.dcdn.tasks.submit(FILE, ["https://d.example.net/other.jpg"])
    three.esa.tasks.submit(FILE, ["https://e.example.org/other.jpg", "https://e.example.org/another.jpg"])
    summary = three.world.invoke(objects(1))
    made = [task_id for name in NAMES for call in three.refreshes(name) for task_id in call.task_ids]
    assert summary["task_ids"] == list(dict.fromkeys(made))


@pytest.mark.parametrize("kind", ["deleted", "all queries"])
def test_each_product_gets_directories_and_ignore_params(three: Three, kind: str) -> None:
    fields = {"bulk_delete": "directory"} if kind == "deleted" else {"query": "ignore"}
    three.world.configure(*({**site, **fields} for site in SITES))
    three.world.invoke(event(record("d/a.jpg", "ObjectRemoved:DeleteObjects")))
    object_type, name = (DIRECTORY, "d/") if kind == "deleted" else (IGNORE_PARAMS, "d/a.jpg")
    accepted = three.world.cdn.accepted | three.dcdn.accepted | three.esa.accepted
    assert accepted == {(object_type, f"https://{host}/{name}") for host in HOST.values()}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "trouble",
    [
        Refusal(429, "TooManyRequests"),
        Refusal(400, "TooMany.Refresh"),
        Refusal(400, "InsufficientBalance"),
        Refusal(400, "Unheard.Of"),
        Refusal(400, "MissingParameter"),
        Lost(),
    ],
    ids=["throttled", "busy", "account refused", "unknown", "wrong call", "no answer"],
)
def test_a_refusal_of_one_product_does_not_stop_the_others(three: Three, name: str, trouble: Any) -> None:
    three.products[name].faults = Faults(rule=lambda _request: trouble)
    summary = three.world.invoke(objects(3))
    assert {other: three.accepted()[other] for other in others(name)} == {
        other: urls(HOST[other], 3) for other in others(name)
    }
    assert (summary["urls"], summary["refreshed"]) == (9, 6)


@pytest.mark.parametrize("name", NAMES)
def test_a_product_without_quota_leaves_the_others_untouched(three: Three, name: str) -> None:
    use_up(three, name)
    summary = three.world.invoke(queued(120))
    assert (summary["refreshed"], summary["deferred"]) == (240, 120)
    assert {other: len(three.accepted()[other]) for other in others(name)} == dict.fromkeys(others(name), 120)


def test_products_share_the_time_of_an_invocation(three: Three) -> None:
    """Each try at the first product takes ten seconds; the invocation has forty for calls."""

    def slow(_request: object) -> Lost:
        three.world.clock.advance(10)
        return Lost()

    three.world.cdn.faults = Faults(rule=slow)
    three.world.invoke(objects(1))
    assert (three.accepted()["dcdn"], three.accepted()["esa"]) == (urls(DCDN), urls(ESA))


def test_products_share_the_waiting_of_an_invocation(three: Three) -> None:
    three.world.jitter = lambda _low, high: high
    three.world.cdn.faults = Faults(rule=lambda _request: Refusal(400, "Throttling"))
    three.dcdn.faults = Faults(*[Refusal(400, "Throttling")] * 3)
    three.world.invoke(objects(1))
    assert three.accepted()["dcdn"] == urls(DCDN)


@pytest.mark.parametrize("name", NAMES)
def test_a_line_about_a_call_names_its_product(three: Three, name: str) -> None:
    three.world.invoke(objects(1))
    found = [line for line in three.world.lines if line["event"] == "accepted" and HOST[name] in line["domains"]]
    fields = TARGETS[name].fields()
    assert [{field: line[field] for field in fields} for line in found] == [fields]


def test_sites_of_esa_are_kept_apart(three: Three) -> None:
    other = {"bucket": "my-site", "domains": [OTHER_HOST], "product": "esa", "esa_site_id": OTHER_SITE_ID}
    three.world.configure(SITES[2], other)
    three.esa.quota[SITE_ID, "file"] = EsaQuota(0)
    summary = three.world.invoke(queued(100))
    assert (three.accepted()["esa"], summary["deferred"]) == (urls(OTHER_HOST, 100), 100)
    purged = {call.more["SiteId"] for call in three.refreshes("esa") if call.accepted}
    assert purged == {str(OTHER_SITE_ID)}


def test_types_of_esa_have_quotas_of_their_own(three: Three) -> None:
    three.world.configure(
        SITES[2], {"bucket": "queries", "domains": ["other.example.org"], **SITES[2], "query": "ignore"}
    )
    three.world.configure({**SITES[2], "domains": [ESA, "other.example.org"]})
    three.esa.quota[SITE_ID, "file"] = EsaQuota(0)
    directory = backlog_record(f"https://{ESA}/d/", object_type="Directory")
    summary = three.world.invoke([*queued(100), {"messageBody": json.dumps(directory)}])
    assert (three.esa.accepted, summary["refreshed"]) == ({(DIRECTORY, f"https://{ESA}/d/")}, 1)


@pytest.mark.parametrize("name", NAMES)
def test_the_planner_has_a_budget_for_each_product(three: Three, name: str) -> None:
    """Directories replace the URLs of the product whose quota is short, and only those."""
    use_up(three, name)
    three.world.configure(*SITES, collapse={"reserve_urls": 0, "reserve_directories": 0, "root": True})
    summary = three.world.invoke(queued(150))
    assert three.accepted()[name] == {f"https://{HOST[name]}/"}
    assert {other: len(three.accepted()[other]) for other in others(name)} == dict.fromkeys(others(name), 150)
    assert summary["refreshed"] == 450


@pytest.mark.parametrize("name", NAMES)
def test_a_reserve_is_kept_of_each_product(three: Three, name: str) -> None:
    three.world.configure(*SITES, collapse={"mode": "never", "reserve_urls": 9_950})
    if name == "esa":
        three.esa.quota[SITE_ID, "file"] = EsaQuota(100_000)
    else:
        three.products[name].quota = Quota(urls=100_000)  # type: ignore[attr-defined]
    messages = [backlog_record(*sorted(urls(host, 100)), first_seen="2026-11-22T03:00:00Z") for host in HOST.values()]
    three.world.invoke([{"messageBody": json.dumps(message)} for message in messages])
    assert {each: len(found) for each, found in three.accepted().items()} == {
        each: 100 if each == name else 50 for each in NAMES
    }


def test_the_calls_to_one_product_do_not_count_for_another(three: Three) -> None:
    three.world.environ["CALLS_PER_SECOND"] = "1"
    three.world.invoke(objects(1))
    assert (three.world.clock.moved, {len(three.refreshes(name)) for name in NAMES}) == (0, {1})


def test_esa_is_called_at_most_five_times_a_second_without_any_setting(three: Three) -> None:
    three.world.configure(*SITES, limits={"urls_per_call": 1})
    three.world.invoke(objects(12))
    assert (len(three.accepted()["esa"]), [call.code for call in three.refreshes("esa")]) == (12, [""] * 12)


def test_the_calls_of_a_second_are_in_proportion_to_what_a_product_takes(three: Three) -> None:
    three.world.environ["CALLS_PER_SECOND"] = "10"
    three.world.configure(*SITES, limits={"urls_per_call": 1, "esa": {"urls_per_call": 1}})
    three.world.context.function.timeout = 120
    three.world.invoke(objects(22))
    most = {}
    for name in NAMES:
        times = [call.at for call in three.refreshes(name)]
        most[name] = max(sum(start <= at < start + 1 for at in times) for start in times)
    assert most == {"cdn": 10, "dcdn": 6, "esa": 1}


@pytest.mark.parametrize("character", ['"', "\\"], ids=["quotes", "backslashes"])
def test_a_message_with_urls_that_json_escapes_keeps_to_the_bytes_of_a_call(three: Three, character: str) -> None:
    three.esa.limits = three.esa.limits._replace(query_bytes=8_192)
    three.world.configure(SITES[2])
    found = [f"https://{ESA}/{number}{character * 1_100}" for number in range(6)]
    three.world.invoke([{"messageBody": json.dumps(backlog_record(*found))}])
    assert max(len(call.urls) for call in three.refreshes("esa")) == 1


def test_only_the_quotas_that_are_wanted_are_read(three: Three) -> None:
    three.world.configure(SITES[2])
    three.world.invoke(queued(100))
    read = [call.more["Type"] for call in three.esa.calls if call.action == "GetPurgeQuota"]
    assert read == ["file", "directory"]
