"""`doctor` on an account with CDN, DCDN and ESA: only the right check reports a fault, and says what to write."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from healthy import CONFIG, OF_ALL_PRODUCTS, OF_DCDN, OF_ESA, OfAllProducts, a_healthy_account_of_all_products

from oss_cdn_refresh.model.item import Target
from oss_cdn_refresh.settings.config_file import parse
from oss_cdn_refresh_box.cdn.describing import Function, Source
from oss_cdn_refresh_box.cdn.ledger import QUOTA
from oss_cdn_refresh_box.esa import Quota, Site
from oss_cdn_refresh_box.wire.serving import Response, Server, Silence
from oss_cdn_refresh_cli.doctor.checks import CHECKS
from oss_cdn_refresh_cli.doctor.esa_sites import ACTIVE, Host, Zone, id_of, with_site_ids, zone_of
from oss_cdn_refresh_cli.doctor.problems import Kind, Problem

pytestmark = pytest.mark.filterwarnings(
    "ignore:datetime.datetime.utcnow:DeprecationWarning"  # how the SDKs sign, on Python 3.12
)
ESA_HOST, DCDN_HOST = "esa.example.net", "dcdn.example.com"


@pytest.fixture
def account(tmp_path: Path) -> Iterator[OfAllProducts]:
    with a_healthy_account_of_all_products(tmp_path) as healthy:
        yield healthy


class Fault(NamedTuple):
    """A fault: its check, its status, a part of its remedy, and a function that makes it."""

    check: str
    status: str
    remedy: str
    inject: Callable[[OfAllProducts], object]


def describe(**changed: Any) -> Callable[[OfAllProducts], object]:
    """Change the domain of DCDN."""
    return lambda account: account.dcdn.described.update(
        {DCDN_HOST: account.dcdn.described[DCDN_HOST]._replace(**changed)}
    )


def zone(**changed: Any) -> Callable[[OfAllProducts], object]:
    """Change the site of ESA."""
    return lambda account: account.esa.sites.update({123456: account.esa.sites[123456]._replace(**changed)})


def configured(**of_esa: Any) -> Callable[[OfAllProducts], object]:
    """Change the site of ESA in the configuration that the command reads; None takes a key out."""
    site = {name: value for name, value in {**OF_ESA, **of_esa}.items() if value is not None}
    return lambda account: account.configure({"sites": [*CONFIG["sites"], OF_DCDN, site]})


def denied(service: str, action: str) -> Callable[[OfAllProducts], object]:
    """Take the right to a question from the credentials of the command."""
    return lambda account: getattr(account, service).denied.add(action)


def right_taken(action: str) -> Callable[[OfAllProducts], object]:
    """Take a right from the function's role."""

    def inject(account: OfAllProducts) -> None:
        for statement in account.cloud.ram.roles["oss-cdn-refresh-cn-hangzhou"].policies[0].statements:
            statement["Action"] = [kept for kept in statement["Action"] if kept != action]

    return inject


def sites_set(account: OfAllProducts, sites: dict[int, Site]) -> None:
    account.esa.sites.clear()
    account.esa.sites.update(sites)


FAULTS = {
    # DCDN
    "a domain that DCDN does not have": Fault(
        "domain", "failure", "add it in the DCDN console", lambda account: account.dcdn.domains.clear()
    ),
    "a domain of DCDN that is off": Fault(
        "domain", "failure", "enable it in the DCDN console", describe(status="offline")
    ),
    "a domain of DCDN under way": Fault("domain", "warning", "wait", describe(status="configuring")),
    "a domain of DCDN with another bucket": Fault(
        "domain",
        "warning",
        "origin in the DCDN console",
        describe(sources=(Source("oss", "other.oss-cn-hangzhou.aliyuncs.com"),)),
    ),
    "a custom cache key of DCDN": Fault(
        "cache_key",
        "failure",
        "take it off: DCDN console",
        describe(functions=(Function("self_defined_cachekey", {"uri": "[]"}),)),
    ),
    "no quota of DCDN left": Fault(
        "quota", "failure", "00:00 UTC+8", lambda account: setattr(account.dcdn, "quota", QUOTA._replace(urls=0))
    ),
    "DCDN is not open": Fault(
        "rights",
        "failure",
        "open DCDN for this account",
        lambda account: setattr(account.dcdn, "suspended", "DcdnServiceNotFound"),
    ),
    "the role may not refresh DCDN": Fault(
        "rights", "failure", "REFRESH_DCDN_DOMAINS in .env", right_taken("dcdn:RefreshDcdnObjectCaches")
    ),
    "the role may not read the quota of DCDN": Fault(
        "rights", "failure", "infra/ros.yml", right_taken("dcdn:DescribeDcdnRefreshQuota")
    ),
    "the role may not look up tasks of DCDN": Fault(
        "rights", "warning", "infra/ros.yml", right_taken("dcdn:DescribeDcdnRefreshTaskById")
    ),
    "we may not read the quota of DCDN": Fault(
        "rights", "failure", "grant dcdn:DescribeDcdnRefreshQuota", denied("dcdn", "DescribeDcdnRefreshQuota")
    ),
    "we may not read the domains of DCDN": Fault(
        "rights", "warning", "grant dcdn:DescribeDcdnDomainDetail", denied("dcdn", "DescribeDcdnDomainDetail")
    ),
    "no DCDN there": Fault(
        "endpoint",
        "failure",
        "DCDN_ENDPOINT",
        lambda account: account.environ.update(DCDN_ENDPOINT="http://127.0.0.1:9"),
    ),
    # ESA
    "no esa_site_id": Fault("domain", "failure", "sites[3]: write esa_site_id: 123456", configured(esa_site_id=None)),
    "another esa_site_id": Fault(
        "domain", "failure", "sites[3]: write esa_site_id: 123456", configured(esa_site_id=654321)
    ),
    "the esa_site_id of another site of the account": Fault(
        "domain",
        "failure",
        "sites[3]: write esa_site_id: 123456",
        lambda account: (account.esa.sites.update({7: Site("other.com")}), configured(esa_site_id=7)(account)),
    ),
    "a site of ESA that is not active": Fault(
        "domain", "failure", "activate the site example.net in the ESA console", zone(status="pending")
    ),
    "a host that is no record": Fault("domain", "failure", "add the record in the ESA console", zone(records={})),
    "a host that is not proxied": Fault(
        "domain", "failure", "switch the proxy of the record on", zone(records={ESA_HOST: False})
    ),
    "no quota of ESA left": Fault(
        "quota", "failure", "00:00 UTC+8", lambda account: account.esa.quota.update({(123456, "file"): Quota(0)})
    ),
    "the role may not refresh ESA": Fault(
        "rights", "failure", "REFRESH_ESA_SITES in .env", right_taken("esa:PurgeCaches")
    ),
    "the role may not read the quota of ESA": Fault(
        "rights", "failure", "infra/ros.yml", right_taken("esa:GetPurgeQuota")
    ),
    "the role may not look up tasks of ESA": Fault(
        "rights", "warning", "infra/ros.yml", right_taken("esa:DescribePurgeTasks")
    ),
    "we may not read the quota of ESA": Fault(
        "rights", "failure", "grant esa:GetPurgeQuota", denied("esa", "GetPurgeQuota")
    ),
    "we may not list the sites of ESA": Fault("rights", "warning", "grant esa:ListSites", denied("esa", "ListSites")),
    "we may not list the records of ESA": Fault(
        "rights", "warning", "grant esa:ListRecords", denied("esa", "ListRecords")
    ),
    "no ESA there": Fault(
        "endpoint",
        "failure",
        "ESA_ENDPOINT",
        lambda account: account.environ.update(ESA_ENDPOINT="http://127.0.0.1:9"),
    ),
}


HEALTHY_WITH_ESA = {check: {"unchecked"} if check == "cache_key" else {"ok"} for check in CHECKS}


def said(findings: list[dict[str, str]]) -> set[str]:
    """The statuses of a check's findings, "unchecked" if the check could not look."""
    return {"unchecked" if each["detail"].startswith("not checked: ") else each["status"] for each in findings}


def test_a_healthy_account_of_all_products_is_all_right(account: OfAllProducts) -> None:
    found = account.findings()
    assert {check: said(findings) for check, findings in found.items()} == HEALTHY_WITH_ESA
    assert found["domain"][0]["detail"].startswith("dcdn.example.com, esa.example.net, img.example.com, ")
    assert [each["detail"] for each in found["quota"]] == [
        "the CDN: 10,000 URLs left today",
        "DCDN: 10,000 URLs left today",
        "ESA, site 123456: 10,000 URLs left today",
    ]
    assert {"CDN", "DCDN", "ESA"} <= set(found["endpoint"][0]["detail"].removesuffix(" answer").split(", "))


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_only_the_right_check_reports_a_fault_and_its_remedy(account: OfAllProducts, fault: Fault) -> None:
    fault.inject(account)
    found = account.findings()
    blamed = {check for check, findings in found.items() if {"failure", "warning"} & said(findings)}
    assert (blamed, fault.status in said(found[fault.check])) == ({fault.check}, True)
    assert any(fault.remedy in each["remedy"] for each in found[fault.check])


@pytest.mark.parametrize("name", ["DCDN_ENDPOINT", "ESA_ENDPOINT"])
@pytest.mark.parametrize("page", [Response(502, b"<html></html>"), Response(200, b"{}"), Response(200, b"[]")])
def test_an_answer_of_another_service_is_reported_by_endpoint(
    account: OfAllProducts, name: str, page: Response
) -> None:
    with Server(lambda _request: page) as server:
        account.environ[name] = server.url
        found = account.findings()
    failures = [each for findings in found.values() for each in findings if each["status"] == "failure"]
    assert [(each["check"], name in each["remedy"]) for each in failures] == [("endpoint", True)]


@pytest.mark.parametrize("name", ["DCDN_ENDPOINT", "ESA_ENDPOINT"])
def test_a_product_that_never_answers_is_asked_once(account: OfAllProducts, name: str) -> None:
    with Server(lambda _request: Silence()) as server:
        account.environ[name] = server.url
        account.findings("--timeout", "0.2")
        assert server.connections == 1


def test_esa_may_be_the_only_product(account: OfAllProducts) -> None:
    account.configure({"sites": [OF_ESA]})
    found = account.findings()
    assert {check: said(findings) for check, findings in found.items()} == HEALTHY_WITH_ESA
    assert [each["detail"] for each in found["quota"]] == ["10,000 URLs left today"]
    assert (account.cloud.cdn.calls, account.dcdn.calls) == ([], [])


@pytest.mark.parametrize("sites", [[OF_ESA], OF_ALL_PRODUCTS["sites"]], ids=["ESA alone", "all products"])
def test_the_cache_rules_of_esa_are_reported_as_not_checked(account: OfAllProducts, sites: list[Any]) -> None:
    account.configure({"sites": sites})
    (finding,) = account.findings()["cache_key"]
    assert finding["status"] == "warning"
    assert finding["detail"] == "not checked: ESA's cache rules, for esa.example.net"
    assert "custom cache key in the rules of the ESA console" in finding["remedy"]


def test_the_cache_keys_of_cdn_and_dcdn_are_all_right_without_a_site_of_esa(account: OfAllProducts) -> None:
    account.configure({"sites": [*CONFIG["sites"], OF_DCDN]})
    assert [each["status"] for each in account.findings()["cache_key"]] == ["ok"]


def test_a_used_up_quota_of_esa_may_be_one_of_30_days(account: OfAllProducts) -> None:
    account.esa.quota[123456, "file"] = Quota(0)
    (finding,) = [each for each in account.findings()["quota"] if each["status"] == "failure"]
    assert finding["remedy"].startswith("wait for 00:00 UTC+8, or longer for a quota of 30 days: ")


def test_the_clock_is_compared_with_that_of_the_product_in_use(account: OfAllProducts) -> None:
    account.configure({"sites": [OF_ESA]})
    account.cloud.clock.advance(-300)
    (finding,) = account.findings()["clock"]
    assert "ahead of ESA's clock" in finding["detail"]


def test_a_product_that_is_not_in_use_is_not_asked(account: OfAllProducts) -> None:
    account.configure(CONFIG)
    found = account.findings()
    assert (account.dcdn.calls, account.esa.calls) == ([], [])
    assert "ESA" not in found["endpoint"][0]["detail"]


def test_a_missing_id_is_reported_with_the_line_to_write(account: OfAllProducts) -> None:
    configured(esa_site_id=None)(account)
    (finding,) = account.findings()["domain"]
    what = "sites[3]: esa_site_id is missing, and esa.example.net belongs to the site 123456"
    assert finding["detail"] == f"{account.environ['REFRESH_CONFIG']}: {what}"
    assert finding["remedy"] == "sites[3]: write esa_site_id: 123456"


def test_without_the_right_to_list_sites_a_missing_id_is_a_failure_that_says_where_to_look(
    account: OfAllProducts,
) -> None:
    account.esa.denied.add("ListSites")
    configured(esa_site_id=None)(account)
    failures = [each for each in account.findings()["domain"] if each["status"] == "failure"]
    assert [each["remedy"].partition(":")[0] for each in failures] == ["sites[3]"]
    assert "the ESA console shows for the site of esa.example.net" in failures[0]["remedy"]


def test_without_the_right_to_list_sites_a_wrong_id_is_found_by_its_records(account: OfAllProducts) -> None:
    account.esa.denied.add("ListSites")
    configured(esa_site_id=654321)(account)
    found = account.findings()
    failures = [each["detail"] for each in found["domain"] if each["status"] == "failure"]
    assert failures == ["esa.example.net has esa_site_id 654321, and ESA has no such site in this account"]
    assert {"fix the finding of the check domain first"} == {
        each["remedy"] for each in found["quota"] if each["status"] == "warning"
    }


@pytest.mark.parametrize("similar", ["notexample.net", "esa.example.net.cn", "other.net", "xample.net"])
def test_a_site_that_does_not_match_exactly_is_never_taken(account: OfAllProducts, similar: str) -> None:
    sites_set(account, {1: Site(similar, records={ESA_HOST: True})})
    configured(esa_site_id=None)(account)
    found = [each["detail"] for each in account.findings()["domain"] if each["status"] == "failure"]
    assert found == ["esa.example.net belongs to no site of ESA in this account"]


def test_a_site_of_another_name_in_the_answer_is_not_taken(account: OfAllProducts) -> None:
    """The service may ignore a parameter, and then lists every site."""
    rows = b'{"Sites": [{"SiteId": 1, "SiteName": "other.com", "Status": "active"}], "TotalCount": 1}'
    with Server(lambda _request: Response(200, rows, {"Content-Type": "application/json"})) as server:
        account.environ["ESA_ENDPOINT"] = server.url
        configured(esa_site_id=None)(account)
        found = [each["detail"] for each in account.findings()["domain"] if each["status"] == "failure"]
    assert found == ["esa.example.net belongs to no site of ESA in this account"]


def test_the_site_with_the_longest_name_is_taken(account: OfAllProducts) -> None:
    account.esa.sites[7] = Site("esa.example.net", records={ESA_HOST: True})
    (finding, *_) = account.findings()["domain"]
    assert finding["remedy"] == "sites[3]: write esa_site_id: 7"


def test_a_longer_site_that_is_not_active_is_passed_over(account: OfAllProducts) -> None:
    account.esa.sites[7] = Site("esa.example.net", status="pending")
    assert {each["status"] for each in account.findings()["domain"]} == {"ok"}


def test_the_active_one_of_two_sites_of_a_name_is_taken(account: OfAllProducts) -> None:
    sites_set(account, {1: Site("example.net", status="moved"), 123456: account.esa.sites[123456]})
    assert {each["status"] for each in account.findings()["domain"]} == {"ok"}


def test_domains_of_several_sites_of_esa_need_entries_of_their_own(account: OfAllProducts) -> None:
    account.esa.sites[7] = Site("example.org", records={"www.example.org": True})
    configured(domains=[ESA_HOST, "www.example.org"])(account)
    finding = next(each for each in account.findings()["domain"] if each["status"] == "failure")
    assert "belong to several sites of ESA: esa.example.net to 123456, www.example.org to 7" in finding["detail"]
    assert finding["remedy"].startswith("sites[3]: write an entry for each site of ESA")


def test_the_rights_are_judged_with_the_right_id(account: OfAllProducts) -> None:
    """The role has the right on the site 123456, whatever the configuration says."""
    configured(esa_site_id=654321)(account)
    assert {each["status"] for each in account.findings()["rights"]} == {"ok"}


def test_the_quota_of_each_type_in_use_is_read(account: OfAllProducts) -> None:
    configured(query="ignore", bulk_delete="directory")(account)
    account.findings()
    types = [call.more["Type"] for call in account.esa.calls if call.action == "GetPurgeQuota"]
    assert types == ["file", "directory", "ignoreParams"]


def test_doctor_pauses_between_the_calls_to_esa(account: OfAllProducts) -> None:
    account.findings()
    assert account.machine.moved == pytest.approx(0.2 * (len(account.esa.calls) - 1))


def test_doctor_refreshes_nothing(account: OfAllProducts) -> None:
    account.findings()
    assert (account.dcdn.accepted, account.esa.accepted) == (set(), set())
    asked = {"ListSites", "ListRecords", "GetPurgeQuota"}
    assert {call.action for call in account.esa.calls} == asked


def test_instances_that_exceed_the_limits_of_dcdn_and_esa_are_reported(account: OfAllProducts) -> None:
    account.function.concurrency = 5
    details = [each["detail"] for each in account.findings()["function"] if each["status"] == "warning"]
    assert [
        any(part in detail for detail in details)
        for part in (
            "DCDN: calls a second 5 * 6 + 1 * 6 = 36 > 30: calls would be throttled",
            "ESA: calls a second 5 * 1 + 1 * 1 = 6 > 5: calls would be throttled",
        )
    ] == [True, True]


PROBLEM = Problem(Kind.OTHER, "busy")
OF_SUFFIXES = {
    "www.a.com": [Zone(1, "www.a.com", "pending")],
    "a.com": [Zone(2, "a.com", "offline"), Zone(3, "a.com", ACTIVE)],
    "b.com": [Zone(4, "b.com", "pending")],
}


@pytest.mark.parametrize(
    ("host", "found"),
    [
        ("www.a.com", Zone(3, "a.com", ACTIVE)),
        ("a.com", Zone(3, "a.com", ACTIVE)),
        ("www.b.com", Zone(4, "b.com", "pending")),
        ("c.com", None),
        ("localhost", None),
    ],
)
def test_the_site_of_a_host_is_the_active_one_with_the_longest_name(host: str, found: Zone | None) -> None:
    assert zone_of(host, lambda name: OF_SUFFIXES.get(name, [])) == found


def test_a_top_level_domain_is_not_asked_for() -> None:
    asked: list[str] = []
    zone_of("www.a.co.uk", lambda name: (asked.append(name), [])[1])
    assert asked == ["www.a.co.uk", "a.co.uk", "co.uk"]


def test_without_an_answer_no_shorter_name_is_asked_for() -> None:
    """A shorter name could belong to another site."""
    assert zone_of("www.a.com", lambda _name: PROBLEM) is PROBLEM


@pytest.mark.parametrize(
    ("found", "site_id"),
    [(Zone(3, "a.com", ACTIVE), "3"), (Zone(3, "a.com", "pending"), ""), (None, ""), (PROBLEM, "9")],
)
def test_records_are_asked_for_at_the_active_site_or_at_the_configured_one(
    found: Zone | Problem | None, site_id: str
) -> None:
    assert id_of(found, Target("esa", "9")) == site_id


def test_the_corrected_configuration_has_the_id_everywhere() -> None:
    config = parse(yaml.safe_dump(OF_ALL_PRODUCTS), "config.yml")
    right = with_site_ids(config, {ESA_HOST: Host(Zone(7, "example.net", ACTIVE), proxied=True)})
    everywhere = (right.sites[3].target, right.by_bucket["my-site"][3].target, right.domains[ESA_HOST])
    assert (set(everywhere), right.sites[3].number, right.targets[-1]) == ({Target("esa", "7")}, 3, Target("esa", "7"))
