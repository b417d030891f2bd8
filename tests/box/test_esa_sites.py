"""ESA in a box lists the sites of the account, their DNS records and their cache rules."""

from collections.abc import Iterator
from math import inf
from typing import Any

import pytest
from esa_client import OTHER_SITE, SITE, SITES, Operator

from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.esa import LIMITS, Esa, Site

# On Python 3.12 the official SDK's own way to date its calls is deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")


@pytest.fixture
def esa() -> Iterator[Esa]:
    with Esa(Clock(), SITES, limits=LIMITS._replace(calls_per_second=100, clock_skew_seconds=inf)) as esa:
        yield esa


@pytest.fixture
def operator(esa: Esa) -> Operator:
    return Operator(esa)


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        ({}, [SITE, OTHER_SITE]),
        ({"site_name": "a.example"}, [SITE]),
        ({"site_name": "example"}, []),
        ({"site_name": "www.a.example"}, []),
        ({"site_name": "a.", "site_search_type": "prefix"}, [SITE]),
        ({"site_name": "example", "site_search_type": "suffix"}, [SITE, OTHER_SITE]),
        ({"site_name": "b.exa", "site_search_type": "fuzzy"}, [OTHER_SITE]),
        ({"site_name": "b.exa", "site_search_type": "exact"}, []),
        ({"status": "active"}, [SITE]),
        ({"status": "offline"}, [OTHER_SITE]),
    ],
)
def test_sites_are_found_by_name_and_status(
    esa: Esa, operator: Operator, wanted: dict[str, Any], ids: list[int]
) -> None:
    esa.sites[OTHER_SITE] = esa.sites[OTHER_SITE]._replace(status="offline")
    answer = operator.sites(**wanted)
    assert ([site.site_id for site in answer.sites], answer.total_count) == (ids, len(ids))


def test_a_site_has_its_id_as_a_number_its_status_and_plan(operator: Operator) -> None:
    (site,) = operator.sites(site_name="b.example").sites
    assert (site.site_id, site.site_name, site.status, site.plan_name) == (
        OTHER_SITE,
        "b.example",
        "active",
        "freeplan",
    )


def test_sites_come_in_pages(esa: Esa, operator: Operator) -> None:
    esa.sites = {number: Site(f"{number}.example") for number in range(1, 601)}
    assert [len(operator.sites(page_number=number).sites) for number in (1, 2)] == [500, 100]
    answer = operator.sites(page_size=10, page_number=3)
    assert ([site.site_id for site in answer.sites], answer.total_count) == ([*range(21, 31)], 600)


@pytest.mark.parametrize("wanted", [{"site_search_type": "regex"}, {"page_size": 501}, {"page_number": 0}])
def test_parameters_of_the_list_of_sites_are_checked(operator: Operator, wanted: dict[str, Any]) -> None:
    assert operator.code(operator.sites, **wanted) == "InvalidParameter"


@pytest.mark.parametrize(
    ("wanted", "hosts"),
    [
        ({}, ["www.a.example", "img.a.example", "dns.a.example"]),
        ({"proxied": True}, ["www.a.example", "img.a.example"]),
        ({"proxied": False}, ["dns.a.example"]),
        ({"record_name": "www.a.example"}, ["www.a.example"]),
        ({"record_name": "a.example"}, []),
        ({"record_name": "w", "record_match_type": "prefix"}, ["www.a.example"]),
        ({"record_name": "dns.a.example", "proxied": True}, []),
    ],
)
def test_records_are_found_by_name_and_proxy(operator: Operator, wanted: dict[str, Any], hosts: list[str]) -> None:
    answer = operator.records(**wanted)
    assert ([record.record_name for record in answer.records], answer.total_count) == (hosts, len(hosts))


def test_a_record_says_whether_it_is_proxied_and_names_its_site(operator: Operator) -> None:
    records = operator.records().records
    assert [(record.proxied, record.site_id) for record in records] == [(True, SITE), (True, SITE), (False, SITE)]


def test_the_cache_rules_of_a_site_are_listed(esa: Esa, operator: Operator) -> None:
    rules: tuple[dict[str, Any], ...] = ({"ConfigType": "global"}, {"QueryStringMode": "ignore_all"})
    esa.sites[SITE] = esa.sites[SITE]._replace(cache_rules=rules)
    answer = operator.cache_rules()
    assert [(rule.config_type, rule.query_string_mode) for rule in answer.configs] == [
        ("global", None),
        ("rule", "ignore_all"),
    ]
    assert (answer.total_count, answer.total_page) == (2, 1)
    assert [rule.config_id for rule in operator.cache_rules(config_type="rule").configs] == [2]
