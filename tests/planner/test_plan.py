"""Which directories replace which URLs, and which URLs are deferred."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oss_cdn_refresh.planner.inventory import estimated
from oss_cdn_refresh.planner.optimizer.budget import Budget
from oss_cdn_refresh.planner.optimizer.needs import Needs
from oss_cdn_refresh.planner.optimizer.plan import Plan, plan
from oss_cdn_refresh.planner.optimizer.tree import directory_of, parent_of

WWW = "https://www.example.com"
PAGES = [f"{WWW}/docs/{number}.html" for number in range(10)]
IMAGES = [f"{WWW}/img/big/{number}.jpg" for number in range(1_000)]
OTHERS = [f"{WWW}/d{part}/{number}.jpg" for part in range(3) for number in range(5)]
LIVE = {f"{WWW}/img/big/": 5.0, f"{WWW}/img/old/": 100.0, f"{WWW}/docs/": 7.0, f"{WWW}/d0/": 3.0, f"{WWW}/d1/": 1.0}


def needs(urls: list[str], importance: Callable[[str], int] = lambda _url: 0) -> Needs:
    found: dict[tuple[str, int], list[str]] = {}
    for url in urls:
        found.setdefault((directory_of(url), importance(url)), []).append(url)
    return Needs(found)


def planned(urls: int, directories: int, given: tuple[str, ...] = (), changed: Needs | None = None) -> Plan:
    """The plan for pages, images and other URLs; pages have the highest importance."""
    wanted = changed or needs(PAGES + IMAGES + OTHERS, lambda url: 0 if url.endswith(".html") else 1)
    return plan(wanted, [Budget(urls, directories)], given, lambda _: LIVE, lambda url, _: bool(parent_of(url)))


def test_nothing_is_replaced_if_all_urls_fit() -> None:
    assert planned(1_025, 100) == (
        {},
        needs(PAGES + IMAGES + OTHERS, lambda url: 0 if url.endswith(".html") else 1),
        Needs({}),
    )


def test_the_directory_with_the_least_collateral_replaces_the_urls_above_the_quota() -> None:
    assert planned(25, 5).directories == {f"{WWW}/img/big/": 5.0}


def test_urls_that_no_directory_covers_are_sent_alone() -> None:
    assert sorted(planned(25, 5).alone.all()) == sorted(PAGES + OTHERS)


def test_the_root_of_a_domain_is_chosen_only_if_allowed() -> None:
    assert set(planned(0, 1).directories) == {f"{WWW}/docs/"}


def test_the_most_important_is_covered_first() -> None:
    found = planned(10, 0)
    assert (sorted(found.alone.all()), len(found.waiting)) == (sorted(PAGES), 1_015)


def test_single_refreshes_go_to_important_urls_and_directories_to_many_urls() -> None:
    found = planned(10, 1)
    assert (set(found.directories), sorted(found.alone.all())) == ({f"{WWW}/img/big/"}, sorted(PAGES))
    assert sorted(found.waiting.all()) == sorted(OTHERS)


def test_urls_in_a_directory_that_is_sent_anyway_cost_nothing() -> None:
    found = planned(25, 0, given=(f"{WWW}/img/",))
    assert (found.directories, len(found.alone), len(found.waiting)) == ({}, 25, 0)


def test_a_url_without_its_slash_is_not_under_the_directory() -> None:
    changed = needs([f"{WWW}/docs", f"{WWW}/docs/", f"{WWW}/docs/a.html", f"{WWW}/docs/b.html"])
    found = planned(1, 1, changed=changed)
    assert (set(found.directories), found.alone.all()) == ({f"{WWW}/docs/"}, [f"{WWW}/docs"])


def test_urls_that_no_directory_may_replace_use_the_quota_of_urls() -> None:
    alone = Needs({("", 0): [f"{WWW}/a.jpg?x=1", f"{WWW}/a.jpg?x=2"]})
    found = planned(2, 1, changed=alone.joined(needs(PAGES)))
    assert (set(found.directories), found.alone.all()) == ({f"{WWW}/docs/"}, alone.all())


def test_domains_are_planned_together() -> None:
    """The account has one quota for all domains."""
    urls = [f"https://{name}.example.com/a/{number}" for name in ("b", "c") for number in range(5)]
    live = {"https://b.example.com/a/": 1.0, "https://c.example.com/a/": 9.0}
    found = plan(needs(urls), [Budget(5, 1)], (), lambda _: live, lambda url, _: bool(parent_of(url)))
    assert found.directories == {"https://b.example.com/a/": 1.0}


def test_without_an_inventory_the_deeper_directory_is_chosen() -> None:
    urls = [f"{WWW}/a/b/c/{number}" for number in range(5)]
    found = plan(needs(urls), [Budget(0, 1)], (), estimated, lambda *_: True)
    assert set(found.directories) == {f"{WWW}/a/b/c/"}


paths = st.lists(st.sampled_from("abc"), min_size=1, max_size=4).map("/".join)


@given(st.sets(paths, max_size=40), st.integers(0, 12), st.integers(0, 3), st.sets(paths, max_size=2))
def test_every_url_is_covered_or_sent_alone_or_deferred_and_no_budget_is_exceeded(
    names: set[str], urls: int, directories: int, given_too: set[str]
) -> None:
    changed = [f"{WWW}/{name}" for name in sorted(names)]
    given_too = {f"{WWW}/{name}/" for name in given_too}
    found = plan(
        needs(changed, lambda url: len(url) % 2), [Budget(urls, directories)], given_too, estimated, lambda *_: True
    )
    covered = {url for url in changed for each in {*found.directories, *given_too} if url.startswith(each)}
    assert sorted([*covered, *found.alone.all(), *found.waiting.all()]) == changed
    assert (len(found.alone) <= urls, len(found.directories) <= directories) == (True, True)
    if found.waiting.all():
        assert len(found.alone) == urls


@pytest.mark.parametrize("budget", [Budget(0, 1), Budget(3, 2), Budget(7, 1)])
def test_no_other_choice_covers_more(budget: Budget) -> None:
    """Three directories of 5, 4 and 2 URLs."""
    sizes = {"a": 5, "b": 4, "c": 2}
    urls = [f"{WWW}/{name}/{number}" for name, size in sizes.items() for number in range(size)]
    found = plan(needs(urls), [budget], (), estimated, lambda url, _: bool(parent_of(url)))
    most = min(len(urls), sum(sorted(sizes.values())[-budget.directories :]) + budget.urls)
    assert len(urls) - len(found.waiting) == most


def test_a_directory_that_covers_more_is_preferred_to_a_cheap_one() -> None:
    """Ten pages can be sent as ten URLs instead, but only the directory can cover a thousand images."""
    wanted = needs(PAGES + IMAGES, lambda url: 0 if url.endswith(".html") else 1)
    found = plan(wanted, [Budget(10, 1)], (), lambda _: {f"{WWW}/img/big/": 900.0}, lambda url, _: bool(parent_of(url)))
    assert (set(found.directories), found.waiting.all()) == ({f"{WWW}/img/big/"}, [])


def test_an_importance_that_cannot_be_covered_does_not_affect_the_others() -> None:
    """Importance decides first, then the number of URLs; here a third of the images cannot be covered."""
    urls = [f"{WWW}/{name}/{number}.jpg" for name in "abc" for number in range(30)]
    pages = [f"{WWW}/docs/{number}.html" for number in range(10)]
    wanted = needs(pages + urls, lambda url: 0 if url.endswith(".html") else 1)
    live = {f"{WWW}/{name}/": 900.0 for name in "abc"}
    found = plan(wanted, [Budget(10, 2)], (), lambda _: live, lambda url, _: bool(parent_of(url)))
    assert (len(found.directories), f"{WWW}/docs/" in found.directories, len(found.waiting)) == (2, False, 30)


def test_of_equal_coverage_the_directories_with_less_collateral_are_chosen() -> None:
    urls = [f"{WWW}/d{number}/a.jpg" for number in range(20)]
    live = {f"{WWW}/d{number}/": 50.0 * (number % 2) for number in range(20)}
    found = plan(needs(urls), [Budget(0, 10)], (), lambda _: live, lambda url, _: bool(parent_of(url)))
    assert (sum(found.directories.values()), len(found.waiting)) == (0, 10)


def test_empty_path_segments_do_not_end_a_directory() -> None:
    urls = [f"{WWW}/a//b/{number}.jpg" for number in range(20)] + [f"{WWW}//lead/{number}.jpg" for number in range(20)]
    found = plan(needs(urls), [Budget(0, 2)], (), estimated, lambda url, _: bool(parent_of(url)))
    assert (len(found.waiting), all(url.startswith(tuple(found.directories)) for url in urls)) == (0, True)


def test_the_first_large_enough_budget_is_used() -> None:
    urls = [f"{WWW}/{part}/{name}/{number}" for part in range(4) for name in "ab" for number in range(5)]
    steps = [Budget(3, 2), Budget(3, 4), Budget(9, 9)]
    found = plan(needs(urls), steps, (), estimated, lambda url, _: bool(parent_of(url)))
    assert (len(found.directories) <= 4, len(found.alone) <= 3, len(found.waiting)) == (True, True, 0)
