"""Batches: items are put into as few calls as the limits of the API allow."""

from itertools import pairwise
from typing import Any
from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st
from world import an_item

from oss_cdn_refresh.delivery.batches import batches
from oss_cdn_refresh.model.batch import Batch
from oss_cdn_refresh.model.history import History
from oss_cdn_refresh.model.item import DIRECTORY, FILE, IGNORE_PARAMS, OBJECT_TYPES, Item
from oss_cdn_refresh.model.limits import Limits
from oss_cdn_refresh.products.cdn import LIMITS

MEBIBYTE = 1_048_576
MIDNIGHT = 1_000.0
PLAIN = History(0.0)
FORCED = History(0.0, force=True)
TODAY = History(MIDNIGHT, attempts=1)
EARLIER = History(MIDNIGHT - 1, attempts=1)


def files(count: int, domain: str = "www.example.com", suffix: str = "") -> dict[Item, History]:
    return {an_item(FILE, f"https://{domain}/{number}{suffix}"): PLAIN for number in range(count)}


def sizes(items: dict[Item, History], **limits: int) -> list[int]:
    return [len(batch.items) for batch in batches(items, LIMITS._replace(**limits))]


def body_bytes(batch: Batch) -> int:
    form = {"ObjectPath": "\n".join(item.url for item in batch.items), "ObjectType": batch.type}
    if batch.force:
        form["Force"] = "true"
    return len("&".join(f"{name}={quote_plus(value)}" for name, value in form.items()))


def test_no_items_make_no_call() -> None:
    assert sizes({}) == []


@pytest.mark.parametrize(
    ("count", "calls"), [(1, [1]), (999, [999]), (1_000, [1_000]), (1_001, [1_000, 1]), (2_500, [1_000, 1_000, 500])]
)
def test_a_thousand_urls_of_a_domain_go_into_a_call(count: int, calls: list[int]) -> None:
    assert sizes(files(count)) == calls


def test_a_hundred_directories_go_into_a_call() -> None:
    directories = {an_item(DIRECTORY, f"https://www.example.com/{number}/"): PLAIN for number in range(250)}
    assert sizes(directories) == [100, 100, 50]
    assert sizes(directories, directories_per_call=40) == [40] * 6 + [10]


def test_a_hundred_ignore_params_items_go_into_a_call() -> None:
    items = {an_item(IGNORE_PARAMS, f"https://www.example.com/{number}"): PLAIN for number in range(150)}
    assert sizes(items) == [100, 50]
    assert sizes(items, urls_per_call=60) == [60, 60, 30]


def test_ten_domains_go_into_a_call() -> None:
    items = {item: PLAIN for number in range(25) for item in files(2, f"d{number}.example.com")}
    assert sizes(items) == [20, 20, 10]
    assert sizes(items, domains_per_call=25) == [50]


def test_domains_that_alternate_are_put_together() -> None:
    """Otherwise each call would contain every domain, and eleven domains would exceed the limit of each call."""
    items = {an_item(FILE, f"https://d{number % 20}.example.com/{number}"): PLAIN for number in range(400)}
    assert sizes(items) == [200, 200]


def test_a_body_stays_below_a_mebibyte() -> None:
    items = files(1_000, suffix="/" + "%E4" * 600)
    found = list(batches(items, LIMITS))
    assert len(found) > 1
    assert max(map(body_bytes, found)) <= MEBIBYTE
    assert min(map(body_bytes, found[:-1])) > MEBIBYTE - 10_000


def test_types_never_share_a_call() -> None:
    items = {an_item(object_type, "https://www.example.com/a/"): PLAIN for object_type in OBJECT_TYPES}
    assert [batch.type for batch in batches(items, LIMITS)] == [FILE, DIRECTORY, IGNORE_PARAMS]


def test_items_with_and_without_force_never_share_a_call() -> None:
    items = {
        an_item(DIRECTORY, "https://www.example.com/a/"): PLAIN,
        an_item(DIRECTORY, "https://www.example.com/b/"): FORCED,
        an_item(DIRECTORY, "https://www.example.com/c/"): PLAIN,
    }
    assert [(batch.force, len(batch.items)) for batch in batches(items, LIMITS)] == [(False, 2), (True, 1)]


def test_force_does_not_separate_files() -> None:
    items = {an_item(FILE, "https://www.example.com/a"): PLAIN, an_item(FILE, "https://www.example.com/b"): FORCED}
    assert [batch.force for batch in batches(items, LIMITS)] == [False]


def in_turns(*domains: str, object_type: Any = FILE, **history: Any) -> dict[Item, History]:
    """Nine items of each domain, with alternating priorities."""
    histories = [each._replace(**history) for each in (PLAIN, EARLIER, TODAY) * 3]
    return {
        an_item(object_type, f"https://{domain}/{number}{history.get('force', '')}/"): each
        for domain in domains
        for number, each in enumerate(histories)
    }


def turns(items: dict[Item, History], **limits: int) -> list[list[int]]:
    """The priorities of the items of each call."""
    found = batches(items, LIMITS._replace(**limits), MIDNIGHT)
    return [[items[item].turn(MIDNIGHT) for item in batch.items] for batch in found]


def test_items_with_a_higher_priority_go_first_across_domains() -> None:
    assert turns(in_turns("a.com", "b.com"), urls_per_call=9) == [[0] * 6 + [1] * 3, [1] * 3 + [2] * 6]


def test_priorities_add_no_call() -> None:
    domains = [f"d{number}.com" for number in range(10)]
    assert turns(in_turns(*domains)) == [[0] * 30 + [1] * 30 + [2] * 30]


def test_calls_with_only_deferred_items_come_after_all_calls_with_fresh_items() -> None:
    """The time may end before the next call, also before one of another object type."""
    found = turns(in_turns("a.com") | in_turns("a.com", object_type=DIRECTORY), urls_per_call=3, directories_per_call=3)
    assert found == [[0] * 3] * 2 + [[1] * 3] * 2 + [[2] * 3] * 2


def test_deferred_and_fresh_directories_share_no_call_if_forced_ones_use_the_same_quota() -> None:
    items = in_turns("a.com", object_type=DIRECTORY) | in_turns("a.com", object_type=DIRECTORY, force=True)
    assert turns(items) == [[0] * 3] * 2 + [[1] * 3] * 2 + [[2] * 3] * 2


items_of_any_kind = st.dictionaries(
    st.builds(
        lambda object_type, domain, name: an_item(object_type, f"https://d{domain}.example.com/{name}/"),
        st.sampled_from(OBJECT_TYPES),
        st.integers(0, 5),
        st.one_of(st.integers(0, 99).map(str), st.text("a%+é\u4e2d", min_size=1, max_size=30)),
    ),
    st.sampled_from([PLAIN, FORCED, TODAY, EARLIER]),
    max_size=60,
)
any_limits = st.builds(
    LIMITS._replace,
    urls_per_call=st.integers(1, 9),
    directories_per_call=st.integers(1, 5),
    domains_per_call=st.integers(1, 4),
)


@given(items_of_any_kind, any_limits)
def test_every_item_is_in_exactly_one_call_and_no_call_breaks_a_limit(
    items: dict[Item, History], limits: Limits
) -> None:
    found = list(batches(items, limits, MIDNIGHT))
    most = {
        FILE: limits.urls_per_call,
        DIRECTORY: limits.directories_per_call,
        IGNORE_PARAMS: limits.urls_per_call,
    }
    assert sorted(item for batch in found for item in batch.items) == sorted(items)
    for batch in found:
        assert 1 <= len(batch.items) <= most[batch.type]
        assert len(batch.domains) <= limits.domains_per_call
        assert {item.type for item in batch.items} == {batch.type}
        assert {items[item].force for item in batch.items if batch.type != FILE} <= {batch.force}
        assert body_bytes(batch) <= MEBIBYTE


@given(items_of_any_kind, any_limits)
def test_the_items_of_a_domain_with_equal_priority_keep_their_order(items: dict[Item, History], limits: Limits) -> None:
    position = {item: number for number, item in enumerate(items)}
    sent = [item for batch in batches(items, limits, MIDNIGHT) for item in batch.items]
    lanes: dict[Any, list[int]] = {}
    for item in sent:
        history = items[item]
        lane = history.turn(MIDNIGHT), item.type, item.domain, history.force and item.type != FILE
        lanes.setdefault(lane, []).append(position[item])
    assert all(first < second for lane in lanes.values() for first, second in pairwise(lane))


@given(st.integers(0, 60), st.integers(1, 9))
def test_one_domain_takes_no_more_calls_than_its_items_need(count: int, most: int) -> None:
    assert len(sizes(files(count), urls_per_call=most)) == -(-count // most)


def test_the_halves_of_a_batch_contain_all_its_items_in_order() -> None:
    batch = Batch(FILE, force=False, items=tuple(files(5)))
    first, second = batch.halves()
    assert first.items + second.items == batch.items
    assert (len(first.items), len(second.items)) == (2, 3)


def test_a_batch_split_by_domain_contains_all_its_items_with_one_domain_each() -> None:
    items = (*files(2, "a.com"), *files(1, "b.com"), *files(3, "a.com", "x"))
    parts = Batch(DIRECTORY, force=True, items=items).by_domain()
    assert [(part.type, part.force, part.domains) for part in parts] == [
        (DIRECTORY, True, ("a.com",)),
        (DIRECTORY, True, ("b.com",)),
    ]
    assert sorted(item for part in parts for item in part.items) == sorted(items)
