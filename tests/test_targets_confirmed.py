"""CDN, DCDN and ESA side by side: tasks are looked up, and pages preloaded, at the product that accepted them."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from three import (
    CDN,
    ESA,
    HOST,
    NAMES,
    OTHER_HOST,
    OTHER_SITE_ID,
    SITE_ID,
    SITES,
    Three,
    three_products,
    urls,
)
from world import event, objects, record

from oss_cdn_refresh.model.item import FILE
from oss_cdn_refresh_box.cdn.ledger import Quota
from oss_cdn_refresh_box.cdn.tasks import Script
from oss_cdn_refresh_box.esa import Quota as EsaQuota

CONFIRM = {"mode": "all", "after": 360, "every": 300, "give_up": 3_600, "resubmit": 2}


@pytest.fixture
def three(tmp_path: Path) -> Iterator[Three]:
    with three_products(tmp_path) as found:
        yield found


@pytest.fixture
def confirmed(three: Three) -> Three:
    three.world.configure(*SITES, confirm=CONFIRM)
    return three


def test_the_tasks_of_each_product_are_confirmed(confirmed: Three) -> None:
    confirmed.world.invoke(objects(3))
    assert confirmed.come_back()["confirmations"] == {"complete": 9, "failed": 0, "waiting": 0, "given_up": 0}
    assert confirmed.world.backlog == []


def test_a_confirmation_names_its_product(confirmed: Three) -> None:
    confirmed.world.invoke(objects(1))
    assert sorted(message["product"] for message in confirmed.world.backlog) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_task_that_fails_is_submitted_again_to_its_own_product(confirmed: Three, name: str) -> None:
    confirmed.products[name].tasks.script = lambda _type, _url, times: Script("Failed") if times == 1 else None
    confirmed.world.invoke(objects(1))
    summary = confirmed.come_back()
    assert (summary["confirmations"]["complete"], summary["confirmations"]["failed"]) == (2, 1)
    confirmed.come_back(1)
    assert {each: len(confirmed.refreshes(each)) for each in NAMES} == {each: 1 + (each == name) for each in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_a_product_that_forbids_its_look_ups_leaves_the_others_confirmed(confirmed: Three, name: str) -> None:
    right = {
        "cdn": "DescribeRefreshTaskById",
        "dcdn": "DescribeDcdnRefreshTaskById",
        "esa": "DescribePurgeTasks",
    }[name]
    confirmed.products[name].denied.add(right)
    confirmed.world.invoke(objects(1))
    assert confirmed.come_back()["confirmations"] == {"complete": 2, "failed": 0, "waiting": 0, "given_up": 1}
    assert confirmed.world.line("confirmation_unavailable")["right"] == f"{name}:{right}"


def test_confirmations_of_two_sites_of_esa_are_looked_up_in_their_sites(three: Three) -> None:
    other = {"bucket": "my-site", "domains": [OTHER_HOST], "product": "esa", "esa_site_id": OTHER_SITE_ID}
    three.world.configure(SITES[2], other, confirm=CONFIRM)
    three.world.invoke(objects(1))
    assert three.come_back()["confirmations"]["complete"] == 2
    asked = {call.more["SiteId"] for call in three.esa.calls if call.action == "DescribePurgeTasks"}
    assert asked == {str(SITE_ID), str(OTHER_SITE_ID)}


def test_a_confirmation_is_looked_up_where_it_was_accepted_after_its_domain_has_moved(confirmed: Three) -> None:
    confirmed.world.configure(SITES[0], confirm=CONFIRM)
    confirmed.world.invoke(objects(1))
    confirmed.world.configure({**SITES[0], "product": "dcdn"}, confirm=CONFIRM)
    assert confirmed.come_back()["confirmations"]["complete"] == 1


def test_a_confirmation_of_an_unknown_product_is_looked_up_at_the_product_of_its_domain(confirmed: Three) -> None:
    confirmed.world.configure(SITES[0], confirm=CONFIRM)
    confirmed.world.invoke(objects(1))
    (message,) = confirmed.world.backlog
    confirmed.world.clock.advance(360)
    summary = confirmed.world.invoke([{"messageBody": json.dumps({**message, "product": "somebody else's"})}])
    assert summary["confirmations"]["complete"] == 1


def test_each_product_preloads_its_own_urls(three: Three) -> None:
    three.world.configure(*({**site, "preload": ["*"]} for site in SITES), confirm=CONFIRM)
    three.world.invoke(objects(2))
    summary = three.come_back()
    preloaded = {name: set() for name in NAMES}  # type: dict[str, set[str]]
    for name, product in three.products.items():
        for call in product.calls:
            if call.action in ("PushObjectCache", "PreloadDcdnObjectCaches", "PreloadCaches"):
                preloaded[name] |= set(call.urls)
    assert (preloaded, summary["preloaded"]) == ({name: urls(HOST[name], 2) for name in NAMES}, 6)


def test_a_long_list_of_tasks_of_esa_is_read_on_in_the_next_invocation(three: Three) -> None:
    """The list has one page more than an invocation reads: 3 calls a second in 15 seconds."""
    three.esa.quota[SITE_ID, "file"] = EsaQuota(100_000)
    three.world.context.function.timeout = 120
    three.world.configure(SITES[2], confirm=CONFIRM)
    three.world.invoke(objects(46 * 50))
    first, then = three.come_back(), three.come_back(60)
    assert first["confirmations"]["complete"] == 45 * 50
    assert (then["confirmations"]["complete"], three.world.backlog) == (50, [])
    pages = [int(call.more["PageNumber"]) for call in three.esa.calls if call.action == "DescribePurgeTasks"]
    assert pages == list(range(1, 48))  # the last full page is followed by an empty one


def test_the_last_url_of_a_long_list_is_found_by_its_url(three: Three) -> None:
    three.esa.quota[SITE_ID, "file"] = EsaQuota(100_000)
    three.world.context.function.timeout = 120
    three.world.configure(SITES[2], confirm=CONFIRM)
    three.world.invoke(objects(45 * 50 + 1))
    first, then = three.come_back(), three.come_back(60)
    assert (first["confirmations"]["complete"], then["confirmations"]["complete"]) == (45 * 50, 1)


def test_confirmations_of_two_sites_of_esa_are_messages_of_their_own(three: Three) -> None:
    other = {"bucket": "my-site", "domains": [OTHER_HOST], "product": "esa", "esa_site_id": OTHER_SITE_ID}
    three.world.configure(SITES[2], other, confirm=CONFIRM)
    three.world.invoke(objects(1))
    assert sorted(len(message["urls"]) for message in three.world.backlog) == [1, 1]


def test_a_single_url_of_esa_is_looked_up_by_its_url(three: Three) -> None:
    three.world.configure(SITES[2], confirm=CONFIRM)
    three.world.invoke(objects(1))
    three.come_back()
    (look,) = (call for call in three.esa.calls if call.action == "DescribePurgeTasks")
    assert (look.more["Type"], look.more["Content"]) == ("file", f"https://{ESA}/0.jpg")


def test_tasks_of_other_callers_in_the_same_minutes_confirm_nothing(three: Three) -> None:
    three.world.configure(SITES[2], confirm=CONFIRM)
    three.esa.tasks.script = lambda _type, _url, _times: Script("Refreshing", seconds=10_000)
    three.esa.tasks.submit(FILE, sorted(urls(ESA, 2)))
    three.esa.tasks.script = lambda _type, _url, _times: None
    three.world.clock.advance(5)
    three.world.invoke(objects(2))
    assert three.come_back()["confirmations"]["complete"] == 2


def test_a_list_that_was_read_in_part_is_read_whole_for_tasks_that_come_later(three: Three) -> None:
    """The second message joins while the list is read from page 46 on; its failed rows are on the first pages."""
    three.esa.quota[SITE_ID, "file"] = EsaQuota(100_000)
    three.world.context.function.timeout = 120
    three.world.configure(SITES[2], confirm=CONFIRM)
    three.esa.tasks.script = lambda _type, url, _times: Script("Failed") if "/late" in url else None
    three.world.invoke(objects(46 * 50))
    three.world.invoke(event(*(record(f"late{number}.jpg") for number in range(20))))
    queue = three.world.smq.queue("backlog")
    late = [message for message in queue.messages() if "/late" in message.body]
    three.world.clock.advance(360)
    received = queue.receive(1_000)
    for message in received:
        queue.delete(message.receipt)
    bodies = {"late": [], "early": []}  # type: dict[str, list[dict[str, str]]]
    for message in received:
        bodies["late" if message.body in {each.body for each in late} else "early"].append(
            {"messageBody": message.body}
        )
    three.world.invoke(bodies["early"])
    failed = three.world.invoke(bodies["late"])["confirmations"]["failed"]
    for _ in range(3):
        failed += three.come_back(60)["confirmations"]["failed"]
    assert failed == 20


def test_a_preload_keeps_to_the_bytes_of_a_call(three: Three) -> None:
    three.world.configure({**SITES[2], "preload": ["*"]}, confirm=CONFIRM)
    three.esa.limits = three.esa.limits._replace(query_bytes=8_192)
    three.world.invoke(event(*(record(f"{number}{'-' * 90}.jpg") for number in range(150))))
    summary = three.come_back()
    accepted = {call.accepted for call in three.esa.calls if call.action == "PreloadCaches"}
    assert (summary["preloaded"], accepted) == (150, {True})


@pytest.mark.parametrize("name", NAMES)
def test_preloads_keep_to_the_calls_that_a_product_takes_in_a_second(three: Three, name: str) -> None:
    three.world.environ["CALLS_PER_SECOND"] = "50"
    three.world.context.function.timeout = 120
    site = {**SITES[NAMES.index(name)], "preload": ["*"]}
    three.world.configure(site, confirm=CONFIRM, limits={"urls_per_minute_per_domain": 10_000})
    three.world.cdn.quota = three.dcdn.quota = Quota(preloads=10_000)
    three.esa.quota[SITE_ID, "preload"] = EsaQuota(10_000)
    three.world.invoke(objects(1_800))
    assert three.come_back()["preloaded"] == 1_800
    assert {call.code for call in three.products[name].calls} == {""}


@pytest.mark.parametrize("error", [-240, 240])
def test_a_clock_that_is_minutes_wrong_still_finds_the_tasks(three: Three, error: float) -> None:
    three.world.clock_error = error
    three.world.configure(*SITES, confirm=CONFIRM)
    three.world.invoke(objects(2))
    assert three.come_back(700)["confirmations"]["complete"] == 6


def test_the_preload_of_a_moved_domain_goes_to_its_new_product(confirmed: Three) -> None:
    confirmed.world.configure({**SITES[0], "preload": ["*"]}, confirm=CONFIRM)
    confirmed.world.invoke(objects(1))
    confirmed.dcdn.domains[CDN] = ""
    confirmed.world.configure({**SITES[0], "product": "dcdn", "preload": ["*"]}, confirm=CONFIRM)
    confirmed.come_back()
    pushed = [call.action for product in confirmed.products.values() for call in product.calls if "Pre" in call.action]
    assert pushed == ["PreloadDcdnObjectCaches"]
