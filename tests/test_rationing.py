"""A batch of the queue that exceeds the daily quota: which items are sent, replaced by directories, or deferred."""

import json
from typing import Any

import pytest
from world import SITE, World, always, backlog_record, event, from_the_queue, record, url

from oss_cdn_refresh.planner.inventory import written
from oss_cdn_refresh_box.cdn import Quota
from oss_cdn_refresh_box.wire.faults import Faults, Refusal
from oss_cdn_refresh_box.wire.serving import Response

BIG = [f"img/{number}.jpg" for number in range(150)]
SMALL = [f"docs/{number}.html" for number in range(20)]
NO_RESERVE = {"reserve_urls": 0, "reserve_directories": 0}


def changed(world: World, *keys: str, **more: Any) -> dict[str, Any]:
    """Let a queue trigger deliver changes of these objects."""
    return world.invoke(from_the_queue(*(record(key, **more) for key in keys)))


def deferred(*keys: str, **more: Any) -> list[dict[str, str]]:
    """Let a queue trigger deliver items that were deferred before."""
    return [{"messageId": "1", "messageBody": json.dumps(backlog_record(*map(url, keys), **more))}]


def sent(world: World) -> dict[str, list[str]]:
    """The URLs of all refresh calls, by type."""
    found: dict[str, list[str]] = {}
    for call in world.refreshes:
        found.setdefault(call.object_type, []).extend(call.urls)
    return found


@pytest.fixture
def short(world: World) -> World:
    """A world with a quota of 100 URLs and 5 directories, and without a reserve."""
    world.configure(SITE, collapse=NO_RESERVE)
    world.cdn.quota = Quota(urls=100, directories=5)
    return world


def test_a_directory_replaces_the_urls_above_the_quota(short: World) -> None:
    summary = changed(short, *BIG, *SMALL)
    assert (summary["urls"], summary["refreshed"], summary["requests"]) == (170, 170, 2)
    assert sent(short) == {"Directory": [url("img/")], "File": [url(key) for key in SMALL]}


def test_no_planned_call_exceeds_the_quota(short: World) -> None:
    changed(short, *BIG, *SMALL)
    assert {(call.code, call.accepted) for call in short.refreshes} == {("", True)}


def test_the_summary_and_a_log_line_name_the_replacement(short: World) -> None:
    changed(short, *BIG, *SMALL)
    assert (short.line("summary")["collapsed"], short.line("collapsed")["items"]) == (150, 150)
    assert (short.line("collapsed")["directories"], short.line("collapsed")["estimated"]) == ([url("img/")], True)


def test_items_within_the_quota_are_sent_unchanged(short: World) -> None:
    changed(short, *BIG[:100])
    assert sent(short) == {"File": [url(key) for key in BIG[:100]]}


def test_items_that_no_budget_covers_are_deferred_until_the_reset(short: World) -> None:
    summary = changed(short, *(f"{number}.jpg" for number in range(150)))
    assert (summary["refreshed"], summary["deferred"]) == (100, 50)
    assert {message["reason"] for message in short.backlog} == {"QuotaExceeded"}
    assert {message["object_type"] for message in short.backlog} == {"File"}
    assert short.delays[0] >= 12 * 3_600  # at noon


def test_a_warning_names_the_short_quota_and_the_days_needed(short: World) -> None:
    changed(short, *(f"{number}.jpg" for number in range(350)))
    line = short.line("quota_forecast")
    shown = {name: line[name] for name in ("object_type", "left", "needed", "short", "days", "done_by")}
    assert shown == {
        "object_type": "File",
        "left": 100,
        "needed": 350,
        "short": 250,
        "days": 3,
        "done_by": "2026-11-25T04:00:00Z",
    }


def test_the_most_important_items_are_sent_first(short: World) -> None:
    short.configure(SITE, collapse={**NO_RESERVE, "mode": "never", "priority": ["docs/*"]})
    changed(short, *BIG, *SMALL)
    assert set(sent(short)["File"]) >= {url(key) for key in SMALL}


def test_mode_never_replaces_nothing(short: World) -> None:
    short.configure(SITE, collapse={**NO_RESERVE, "mode": "never"})
    summary = changed(short, *BIG, *SMALL)
    assert (sent(short).keys(), summary["refreshed"], summary["deferred"]) == ({"File"}, 100, 70)


def test_deferred_items_leave_the_reserve(world: World) -> None:
    world.configure(SITE, collapse={"reserve_urls": 60, "reserve_directories": 1, "mode": "never"})
    world.cdn.quota = Quota(urls=100, directories=1)
    summary = world.invoke(deferred(*BIG))
    assert (summary["refreshed"], summary["deferred"]) == (40, 110)


def test_fresh_changes_may_use_the_reserve(world: World) -> None:
    world.configure(SITE, collapse={"reserve_urls": 60, "reserve_directories": 1, "mode": "never"})
    world.cdn.quota = Quota(urls=100, directories=1)
    summary = changed(world, *BIG)
    assert (summary["refreshed"], summary["deferred"]) == (100, 50)


def test_fresh_changes_go_before_deferred_items(short: World) -> None:
    short.configure(SITE, collapse={**NO_RESERVE, "mode": "never"})
    short.invoke([*deferred(*BIG), *from_the_queue(*map(record, SMALL))])
    assert {url(key) for key in SMALL} <= set(sent(short)["File"])
    assert len(sent(short)["File"]) == 100


def test_the_first_batch_does_not_use_all_directories(world: World) -> None:
    """At noon 12 hours are left, so a share is a twelfth of the directories; here one more than a share is enough."""
    world.configure(SITE, collapse=NO_RESERVE)
    world.cdn.quota = Quota(urls=10, directories=24)
    changed(world, *(f"d{part}/{name}/{number}.jpg" for part in range(2) for name in "abcdefgh" for number in range(9)))
    assert len(sent(world)["Directory"]) == 2


def test_more_directories_are_used_if_one_share_is_not_enough(world: World) -> None:
    world.configure(SITE, collapse=NO_RESERVE)
    world.cdn.quota = Quota(urls=10, directories=24)
    summary = changed(world, *(f"d{part}/{number}.jpg" for part in range(20) for number in range(6)))
    assert (summary["refreshed"], len(sent(world)["Directory"]) <= 24) == (120, True)


def test_the_inventory_decides_which_directory_has_the_least_collateral(short: World, tmp_path: Any) -> None:
    inventory = tmp_path / "inventory.json"
    inventory.write_bytes(written({"my-site": {"a/": 10_000, "b/": 80}}, ""))
    short.configure(SITE, collapse={**NO_RESERVE, "inventory": str(inventory)})
    changed(short, *(f"{name}/{number}.jpg" for name in "ab" for number in range(80)))
    assert sent(short)["Directory"] == [url("b/")]
    assert (short.line("collapsed")["collateral"], short.line("collapsed")["estimated"]) == (0, False)


def test_an_inventory_that_cannot_be_read_is_a_warning(short: World) -> None:
    short.configure(SITE, collapse={**NO_RESERVE, "inventory": "nowhere.json"})
    summary = changed(short, *BIG)
    assert (summary["refreshed"], short.line("inventory_unknown")["message"].split(":")[0]) == (150, "nowhere.json")


def test_a_change_of_headers_only_forces_the_directory_that_replaces_it(short: World) -> None:
    metadata = [record(key, event="ObjectModified:UpdateObjectMeta") for key in BIG[:1]]
    short.invoke(from_the_queue(*map(record, BIG[1:]), *metadata))
    assert {call.object_type: call.force for call in short.refreshes} == {"Directory": True}


def test_a_deferred_change_of_headers_only_still_forces_its_directory(short: World) -> None:
    short.invoke(deferred(*BIG, force=True))
    assert {call.object_type: call.force for call in short.refreshes} == {"Directory": True}


def test_a_directory_item_covers_the_items_in_it(short: World) -> None:
    messages = [*deferred("img/", object_type="Directory", attempts=0, history=[]), *from_the_queue(*map(record, BIG))]
    summary = short.invoke(messages)
    assert (summary["urls"], summary["refreshed"], sent(short)) == (151, 151, {"Directory": [url("img/")]})


def test_a_refused_directory_is_deferred_as_the_items_that_it_replaces(short: World) -> None:
    short.cdn.faults = always(Refusal(503, "Throttling"))
    short.jitter = lambda _low, high: high
    summary = changed(short, *BIG)
    assert (summary["deferred"], summary["refreshed"]) == (150, 0)
    assert sorted(one for message in short.backlog for one in message["urls"]) == sorted(url(key) for key in BIG)
    assert {(message["object_type"], message["attempts"]) for message in short.backlog} == {("File", 1)}


def test_a_domain_without_rights_dead_letters_the_items_and_not_their_directory(short: World) -> None:
    short.cdn.faults = always(Refusal(403, "Forbidden.RAM"))
    summary = changed(short, *BIG)
    assert summary["dead_lettered"] == 150
    assert {message["object_type"] for message in short.dead_letters} == {"File"}


def test_ignore_params_have_a_quota_of_their_own(world: World) -> None:
    world.configure({**SITE, "query": "ignore"}, collapse=NO_RESERVE)
    world.cdn.quota = Quota(ignore_params=100)
    summary = changed(world, *BIG)
    assert (summary["refreshed"], summary["deferred"]) == (100, 50)


def test_ignore_params_are_replaced_if_allowed(world: World) -> None:
    world.configure({**SITE, "query": "ignore"}, collapse={**NO_RESERVE, "variants": True})
    world.cdn.quota = Quota(ignore_params=100)
    assert changed(world, *BIG)["refreshed"] == 150
    assert sent(world) == {"Directory": [url("img/")]}


# When the quota is read


def questions(world: World) -> int:
    return sum(call.action == "DescribeRefreshQuota" for call in world.cdn.calls)


@pytest.mark.parametrize(("count", "asked"), [(1, 0), (99, 0), (100, 1), (1_000, 1)])
def test_the_quota_is_read_for_a_large_batch(world: World, count: int, asked: int) -> None:
    changed(world, *(f"{number}.jpg" for number in range(count)))
    assert questions(world) == asked


def test_an_event_from_outside_the_queue_does_not_read_the_quota(world: World) -> None:
    world.invoke(event(*(record(f"{number}.jpg") for number in range(500))))
    assert questions(world) == 0


def test_a_quota_answer_is_cached_for_a_minute(world: World) -> None:
    world.cdn.limits = world.cdn.limits._replace(urls_per_minute_per_domain=10**6)
    world.configure(SITE, limits={"urls_per_minute_per_domain": 10**6})
    for passed in (0, 30, 31):
        world.clock.advance(passed)
        changed(world, *BIG)
    assert questions(world) == 2


def test_items_sent_since_the_quota_answer_are_subtracted(short: World) -> None:
    """So the next batch is planned without a quota call and without a refusal."""
    changed(short, *BIG[:80])
    summary = changed(short, *(f"{number}.jpg" for number in range(80)))
    assert (questions(short), summary["refreshed"], summary["deferred"]) == (1, 20, 60)


def test_many_small_batches_read_the_quota_like_one_large_batch(world: World) -> None:
    for number in range(60):
        changed(world, f"{number}.jpg", f"{number}.html")
        world.clock.advance(0.1)
    assert questions(world) == 1


def test_a_new_day_forgets_the_quota_of_the_old_one(short: World) -> None:
    changed(short, *BIG)
    short.clock.advance(13 * 3_600)
    summary = changed(short, *BIG[:90])
    assert (summary["refreshed"], sent(short)["File"][-90:]) == (90, [url(key) for key in BIG[:90]])


def test_with_an_unknown_quota_all_items_are_sent(world: World) -> None:
    world.cdn.quota = Quota(urls=100)
    odd = {"UrlRemain": "", "DirRemain": "many"}
    world.cdn.faults = Faults(rule=lambda request: None if request.form else Response(200, json.dumps(odd).encode()))
    summary = changed(world, *BIG)
    assert (summary["urls"], summary["refreshed"] + summary["deferred"]) == (150, 150)


def test_a_quota_answer_of_yesterday_is_never_used(short: World) -> None:
    short.clock.advance(12 * 3_600 - 10)
    changed(short, *BIG[:100])
    short.clock.advance(20)
    changed(short, *BIG[:90])
    assert {kind: len(urls) for kind, urls in sent(short).items()} == {"File": 190}


def test_a_small_batch_reads_the_quota_if_little_is_left(short: World) -> None:
    """Others may have used the account's quota, or the answer may be old."""
    changed(short, *BIG[:90])
    short.clock.advance(61)
    changed(short, *SMALL)
    assert questions(short) == 1
    short.clock.advance(61)
    changed(short, *SMALL)
    assert questions(short) == 2


def test_deferred_items_leave_the_reserve_even_if_they_would_fit(world: World) -> None:
    world.configure(SITE, collapse={"reserve_urls": 60, "reserve_directories": 1, "mode": "never"})
    world.cdn.quota = Quota(urls=100)
    summary = world.invoke([*deferred(*BIG[:80]), *from_the_queue(*map(record, SMALL))])
    assert (summary["refreshed"], summary["deferred"]) == (40, 60)


def test_the_reserve_of_urls_is_kept_while_directories_are_enough(world: World) -> None:
    """If the reserve could be used too, the smaller directory would have less collateral."""
    world.configure(SITE, collapse={"reserve_urls": 60, "reserve_directories": 0})
    world.cdn.quota = Quota(urls=100, directories=1)
    changed(world, *BIG[:90], *SMALL)
    assert {kind: len(urls) for kind, urls in sent(world).items()} == {"Directory": 1, "File": 20}


def test_the_share_of_directories_is_doubled_until_it_is_enough(world: World) -> None:
    """At noon the share of 24 directories is 2; three domains' parts need 3, so 4 may be spent, and not 24."""
    world.configure(SITE, collapse=NO_RESERVE)
    world.cdn.quota = Quota(urls=10, directories=24)
    changed(world, *(f"t{top}/{low}/{number}.jpg" for top in range(3) for low in range(5) for number in range(9)))
    assert 3 <= len(sent(world)["Directory"]) <= 4


def test_the_forecast_subtracts_the_reserve_of_each_day(world: World) -> None:
    world.configure(SITE, collapse={"reserve_urls": 40, "reserve_directories": 0})
    world.cdn.quota = Quota(urls=100)
    changed(world, *(f"{number}.jpg" for number in range(200)))
    assert (world.line("quota_forecast")["short"], world.line("quota_forecast")["days"]) == (100, 2)
