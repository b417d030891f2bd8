"""Which directories replace which items, and how the quotas are spent."""

import pytest
import yaml
from world import an_item

from oss_cdn_refresh.model.history import History
from oss_cdn_refresh.model.item import DIRECTORY, FILE, IGNORE_PARAMS, Item, ObjectType
from oss_cdn_refresh.planner.inventory import estimated
from oss_cdn_refresh.planner.replacement import Replacement, replacement
from oss_cdn_refresh.settings.config import Config
from oss_cdn_refresh.settings.config_file import parse

WWW = "https://www.example.com"
FRESH = History(1_000.0)
DEFERRED = History(2_000.0, refusals=({"at": "2026-11-22T03:00:00Z", "reason": "Pace"},))


def config(**collapse: object) -> Config:
    rules = {"reserve_urls": 0, "reserve_directories": 0, **collapse}
    site = {"bucket": "my-site", "domains": ["www.example.com"]}
    return parse(yaml.safe_dump({"sites": [site], "collapse": rules}), "config.yml")


def files(directory: str, count: int, history: History = FRESH, kind: ObjectType = FILE) -> dict[Item, History]:
    return {an_item(kind, f"{WWW}/{directory}{number}.jpg"): history for number in range(count)}


def directories(*names: str, history: History = FRESH) -> dict[Item, History]:
    return {an_item(DIRECTORY, f"{WWW}/{name}"): history for name in names}


def spent(items: dict[Item, History], urls: int, dirs: int, shares: int = 1, **rules: object) -> Replacement:
    left: dict[ObjectType, int] = {FILE: urls, DIRECTORY: dirs, IGNORE_PARAMS: urls}
    return replacement(items, left, config(**rules), estimated, shares)


def sent(found: Replacement, kind: ObjectType) -> list[str]:
    return [item.url for item in found.sent if item.type == kind]


def test_ignore_params_and_files_share_the_quota_of_directories() -> None:
    items = files("a/", 20) | files("b/", 20, kind=IGNORE_PARAMS)
    found = spent(items, 5, 1, variants=True)
    assert (sent(found, DIRECTORY), len(found.waiting)) == ([f"{WWW}/b/"], 15)


def test_deferred_items_share_the_quota_of_directories_with_fresh_changes() -> None:
    found = spent(files("a/", 20) | files("b/", 20, DEFERRED), 5, 1)
    assert (sent(found, DIRECTORY), len(found.waiting)) == ([f"{WWW}/a/"], 15)


def test_quota_used_by_fresh_changes_is_not_left_for_deferred_items() -> None:
    found = spent(files("a/", 4) | files("b/", 4, DEFERRED), 5, 0)
    assert (len(sent(found, FILE)), {item.url.split("/")[3] for item in found.waiting}) == (5, {"b"})


def test_directory_items_above_the_quota_are_deferred() -> None:
    found = spent(directories("a/", "b/", "c/"), 5, 2)
    assert (len(sent(found, DIRECTORY)), len(found.waiting)) == (2, 1)


def test_a_directory_item_inside_another_costs_nothing() -> None:
    found = spent(directories("a/", "a/b/", "c/"), 5, 2)
    assert (sent(found, DIRECTORY), found.waiting) == ([f"{WWW}/a/", f"{WWW}/c/"], ())
    assert set(found.original([an_item(DIRECTORY, f"{WWW}/a/")])) == set(directories("a/", "a/b/"))


def test_in_mode_never_each_directory_item_is_sent() -> None:
    found = spent(directories("a/", "a/b/") | files("a/", 2), 5, 2, mode="never")
    assert (found.replaced_items, len(found.sent)) == ({}, 4)


def test_the_reserve_is_kept_while_directories_are_enough() -> None:
    items = files("a/", 20) | files("b/", 20) | files("c/", 3)
    found = spent(items, 10, 5, reserve_urls=7, reserve_directories=3)
    assert (len(sent(found, FILE)), len(sent(found, DIRECTORY)), found.waiting) == (3, 2, ())


def test_the_share_of_directories_is_doubled_until_it_is_enough() -> None:
    """Three top directories of five are needed. The share of 24 directories is 2, so 4 may be used, and not all 24."""
    items = {item: FRESH for top in range(3) for low in range(5) for item in files(f"t{top}/{low}/", 9)}
    assert 3 <= len(sent(spent(items, 10, 24, shares=12), DIRECTORY)) <= 4


def test_a_backlog_that_never_fits_takes_no_quota_from_fresh_changes() -> None:
    """No directory covers the queries of the backlog; the fresh items are covered as without the backlog."""
    queries = {an_item(FILE, f"{WWW}/q?{number}"): DEFERRED for number in range(501)}
    found = spent(files("img/", 600) | queries, 1_000, 10, reserve_urls=500)
    assert (len(sent(found, FILE)), sent(found, DIRECTORY), len(found.waiting)) == (500, [f"{WWW}/img/"], 1)


def test_an_outer_directory_replaces_inner_ones_that_were_chosen_before() -> None:
    found = spent(directories(*(f"img/{number}/" for number in range(150)), "img/"), 5, 100)
    assert (sent(found, DIRECTORY), found.waiting) == ([f"{WWW}/img/"], ())


def test_too_many_directory_items_are_replaced_by_one_directory() -> None:
    found = spent(directories(*(f"img/{number}/" for number in range(150)), "other/"), 5, 100)
    assert (sorted(sent(found, DIRECTORY)), found.waiting) == ([f"{WWW}/img/", f"{WWW}/other/"], ())


def test_a_directory_has_the_history_of_its_freshest_item() -> None:
    found = spent(files("a/", 9) | files("a/b/", 9, DEFERRED), 0, 1)
    assert found.sent == {an_item(DIRECTORY, f"{WWW}/a/"): FRESH}


def test_a_directory_is_forced_if_one_of_its_items_needs_deletion() -> None:
    found = spent(files("a/", 3) | files("a/b/", 3, FRESH._replace(force=True)), 0, 1)
    assert [history.force for history in found.sent.values()] == [True]


def test_a_directory_that_is_sent_covers_deferred_items() -> None:
    """The quota does not suffice for the fresh files, but a directory that was deferred before covers them."""
    items = files("a/", 3) | directories("a/", history=DEFERRED)
    found = spent(items, 0, 1, mode="when_needed", max_collateral=0)
    assert (list(found.sent), found.waiting) == ([an_item(DIRECTORY, f"{WWW}/a/")], ())


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_items_that_a_directory_replaces_is_known(count: int) -> None:
    found = spent(directories("a/") | files("a/", count), 0, 1)
    assert found.replaced([an_item(DIRECTORY, f"{WWW}/a/")]) == (count, 0.0)
