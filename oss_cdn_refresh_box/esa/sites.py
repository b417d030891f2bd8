"""Sites of ESA and their DNS records and cache rules, in the shape of `alibabacloud-esa20240910` 3.16.0.

A site is a root zone such as example.com. ESA accelerates the hosts whose record is proxied.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from oss_cdn_refresh_box.account.errors import refused
from oss_cdn_refresh_box.cdn.looking import PAGES, number
from oss_cdn_refresh_box.cdn.refresh import BOOLEANS

ACTIVE = "active"
NO_RECORDS: Mapping[str, bool] = {}
NO_RULES: tuple[Mapping[str, Any], ...] = ()
SINCE = "2026-01-01T08:00:00Z"
LARGEST_PAGE = 500
MATCHES: Mapping[str, Callable[[str, str], bool]] = {
    "exact": str.__eq__,
    "prefix": str.startswith,
    "suffix": str.endswith,
    "fuzzy": str.__contains__,
}


class Site(NamedTuple):
    """A site.

    status: pending, active, offline or moved; only an active one takes purges and preloads.
    plan: free, basic, standard, advanced or enterprise; it decides on the quota.
    records: its hosts, each with whether its record is proxied.
    cache_rules: fields of each rule that differ from those of a rule without any setting.
    """

    name: str
    status: str = ACTIVE
    plan: str = "basic"
    records: Mapping[str, bool] = NO_RECORDS
    cache_rules: tuple[Mapping[str, Any], ...] = NO_RULES


def listed(given: Mapping[str, str], sites: Mapping[int, Site]) -> dict[str, Any]:
    """The answer of ListSites."""
    matches = _matches(given, "SiteSearchType")
    wanted, status = given.get("SiteName", ""), given.get("Status", "")
    rows = [
        _site(site_id, site)
        for site_id, site in sites.items()
        if (not wanted or matches(site.name, wanted)) and site.status == (status or site.status)
    ]
    return page(given, "Sites", rows)


def records(given: Mapping[str, str], site_id: int, site: Site) -> dict[str, Any]:
    """The answer of ListRecords."""
    matches = _matches(given, "RecordMatchType")
    wanted, proxied = given.get("RecordName", ""), given.get("Proxied", "").lower()
    rows = [_record(record_id, host, site_id, site) for record_id, host in enumerate(site.records, site_id * 1_000)]
    rows = [
        row
        for row in rows
        if (not wanted or matches(row["RecordName"], wanted))
        and (not proxied or row["Proxied"] == BOOLEANS.get(proxied))
    ]
    return page(given, "Records", rows)


def cache_rules(given: Mapping[str, str], site: Site) -> dict[str, Any]:
    """The answer of ListCacheRules."""
    rows = [
        {
            "ConfigId": config_id,
            "ConfigType": "rule",
            "RuleName": f"rule-{config_id}",
            "RuleEnable": "on",
            "Rule": "true",
            "Sequence": config_id,
            "SiteVersion": 0,
            **rule,
        }
        for config_id, rule in enumerate(site.cache_rules, 1)
    ]
    kept = [row for row in rows if row["ConfigType"] == (given.get("ConfigType") or row["ConfigType"])]
    answer = page(given, "Configs", kept)
    return {**answer, "TotalPage": -(-len(kept) // answer["PageSize"])}


def page(
    given: Mapping[str, str],
    name: str,
    rows: Sequence[Mapping[str, Any]],
    size: int = LARGEST_PAGE,
    largest: int = LARGEST_PAGE,
) -> dict[str, Any]:
    """The page of rows that a call asks for, under this name; `size` rows where it does not say how many."""
    page_number = number(given, "PageNumber", "1", PAGES)
    page_size = number(given, "PageSize", str(size), range(1, largest + 1))
    return {
        "PageNumber": page_number,
        "PageSize": page_size,
        "TotalCount": len(rows),
        name: rows[(page_number - 1) * page_size : page_number * page_size],
    }


def _matches(given: Mapping[str, str], parameter: str) -> Callable[[str, str], bool]:
    kind = given.get(parameter) or "exact"
    if kind not in MATCHES:
        raise refused("InvalidParameter", f"{parameter}: {kind}")
    return MATCHES[kind]


def _site(site_id: int, site: Site) -> dict[str, Any]:
    return {
        "SiteId": site_id,
        "SiteName": site.name,
        "Status": site.status,
        "PlanName": f"{site.plan}plan",
        "PlanSpecName": site.plan,
        "AccessType": "CNAME",
        "CnameZone": f"{site.name}.a1.initrr.com",
        "Coverage": "global",
        "InstanceId": f"sp-xcdn-{site_id}",
        "NameServerList": "ns1.example.net,ns2.example.net",
        "OfflineReason": "proactively_disabled" if site.status == "offline" else "",
        "ResourceGroupId": "rg-acfmyuji4b6r4ty",
        "Tags": {},
        "VerifyCode": f"verify_{site_id}",
        "CreateTime": SINCE,
        "UpdateTime": SINCE,
        "VisitTime": SINCE,
    }


def _record(record_id: int, host: str, site_id: int, site: Site) -> dict[str, Any]:
    return {
        "RecordId": record_id,
        "RecordName": host,
        "RecordType": "CNAME",
        "RecordSourceType": "Domain",
        "RecordCname": f"{host}.{site.name}.a1.initrr.com",
        "Proxied": site.records[host],
        "SiteId": site_id,
        "SiteName": site.name,
        "Data": {"Value": f"origin.{site.name}"},
        "BizName": "web",
        "Comment": "",
        "CustomPort": "",
        "HostPolicy": "follow_hostname",
        "HttpPorts": "80",
        "HttpsPorts": "443",
        "Ttl": 30,
        "CreateTime": SINCE,
        "UpdateTime": SINCE,
    }
