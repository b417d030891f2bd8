"""Every limit of the ESA API: taken at n, refused at n + 1; and the quotas of sites."""

import json
from collections.abc import Iterator
from math import inf
from typing import Any

import pytest
from cdn_client import NOON
from esa_client import HOST, OTHER_SITE, SITE, Caller, content, pages

from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.esa import LIMITS, Esa, Quota, Site

(PAGE,) = pages("a")
HOSTS = [f"{number}.a.example" for number in range(11)]
DAY = 86_400
TO_MIDNIGHT = 12 * 3_600  # seconds from NOON to 00:00 UTC+8
MEMBERS = {"file": "Files", "directory": "Directories", "ignoreParams": "IgnoreParams"}


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON)


@pytest.fixture
def esa(clock: Clock) -> Iterator[Esa]:
    records = dict.fromkeys([HOST, *HOSTS], True)
    sites = {SITE: Site("a.example", records=records), OTHER_SITE: Site("b.example", plan="free", records=records)}
    with Esa(clock, sites, limits=LIMITS._replace(query_bytes=inf, calls_per_second=100)) as esa:
        yield esa


@pytest.fixture
def caller(esa: Esa, clock: Clock) -> Caller:
    return Caller(esa, clock)


def purge(caller: Caller, urls: list[str], kind: str = "file", site: int = SITE) -> str:
    """The code with which a purge is refused, or ""."""
    given = {"SiteId": str(site), "Type": kind, "Content": content(urls, MEMBERS[kind])}
    return caller.code("PurgeCaches", given)


def preload(caller: Caller, urls: list[str]) -> str:
    """The code with which a preload is refused, or ""."""
    return caller.code("PreloadCaches", {"SiteId": str(SITE), "Content": json.dumps(urls)})


def urls(count: int, end: str = "") -> list[str]:
    return pages(*(f"{number}{end}" for number in range(count)))


@pytest.mark.parametrize(
    ("kind", "items"),
    [
        ("file", urls(1_001)),
        ("directory", urls(101, "/")),
        ("ignoreParams", urls(101)),
        ("file", [f"https://{host}/" for host in HOSTS]),
    ],
)
def test_a_purge_holds_at_most_the_documented_number_of_items(caller: Caller, kind: str, items: list[str]) -> None:
    assert purge(caller, items, kind) == "SingleRequest.OverLimit"
    assert purge(caller, items[:-1], kind) == ""


def test_a_preload_holds_at_most_100_items(caller: Caller) -> None:
    assert preload(caller, urls(101)) == "SingleRequest.OverLimit"
    assert preload(caller, urls(100)) == ""


def test_an_item_has_at_most_2048_characters(caller: Caller) -> None:
    longest = PAGE.ljust(2_048, "x")
    assert (purge(caller, [longest]), purge(caller, [longest + "x"])) == ("", "InvalidContent")


@pytest.mark.parametrize(
    ("action", "method"), [("PurgeCaches", "POST"), ("GetPurgeQuota", "POST"), ("DescribePurgeTasks", "GET")]
)
@pytest.mark.parametrize("at_most", [LIMITS.calls_per_second, 3])
def test_a_second_holds_so_many_calls_of_an_action(
    esa: Esa, clock: Clock, caller: Caller, *, action: str, method: str, at_most: int
) -> None:
    esa.limits = esa.limits._replace(calls_per_second=at_most)
    given = {"SiteId": str(SITE), "Type": "file"} | ({"Content": content([PAGE])} if action == "PurgeCaches" else {})
    answers = [caller.ask(action, given, method=method) for _ in range(at_most + 1)]
    assert [status for status, _answer in answers] == [200] * at_most + [429]
    assert answers[-1][1]["Code"] == "TooManyRequests"
    clock.advance(1)
    assert caller.code(action, given, method=method) == ""


def test_five_calls_a_second_are_usual() -> None:
    assert LIMITS.calls_per_second == 5


# Content


@pytest.mark.parametrize(
    ("kind", "written", "code"),
    [
        ("file", {"Files": [PAGE]}, ""),
        ("file", {"CacheKeys": [], "Files": [PAGE]}, ""),
        ("file", [PAGE], "InvalidContent"),
        ("file", PAGE, "InvalidContent"),
        ("file", {}, "InvalidContent"),
        ("file", {"Files": []}, "InvalidContent"),
        ("file", {"Files": PAGE}, "InvalidContent"),
        ("file", {"Files": [1]}, "InvalidContent"),
        ("file", {"Files": [PAGE], "Directories": pages("d/")}, "InvalidContent"),
        ("file", {"Files": [PAGE], "Force": True}, "InvalidContent"),
        ("file", {"IgnoreParams": [PAGE]}, "InvalidContent"),
        ("file", {"Files": [PAGE, "www.a.example/b"]}, "InvalidContent"),
        ("file", {"Files": pages("b c")}, "InvalidContent"),
        ("file", {"Files": pages("中")}, "InvalidContent"),
        ("directory", {"Directories": pages("d/")}, ""),
        ("directory", {"Directories": pages("d")}, "InvalidContent"),
        ("ignoreParams", {"IgnoreParams": [PAGE]}, ""),
    ],
)
def test_the_content_of_a_purge_is_an_object_with_the_member_of_its_type(
    esa: Esa, caller: Caller, kind: str, written: Any, code: str
) -> None:
    given = {"SiteId": str(SITE), "Type": kind, "Content": json.dumps(written)}
    assert caller.code("PurgeCaches", given) == code
    assert bool(esa.accepted) == (code == "")


@pytest.mark.parametrize("written", [f"{PAGE}\n{PAGE}", PAGE, "{", f"['{PAGE}']"])
def test_a_content_that_is_no_json_is_refused(caller: Caller, written: str) -> None:
    given = {"SiteId": str(SITE), "Type": "file", "Content": written}
    assert caller.code("PurgeCaches", given) == "InvalidContent"
    assert caller.code("PreloadCaches", given) == "InvalidContent"


@pytest.mark.parametrize("written", [{"Files": [PAGE]}, {}, [], [1], "x"])
def test_the_content_of_a_preload_is_an_array_of_urls(caller: Caller, written: Any) -> None:
    given = {"SiteId": str(SITE), "Content": json.dumps(written)}
    assert caller.code("PreloadCaches", given) == "InvalidContent"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"Type": ""}, "MissingParameter"),
        ({"Content": ""}, "MissingParameter"),
        ({"Type": "File"}, "InvalidParameter"),
        ({"Type": "hostname", "Content": '{"Hostnames": ["www.a.example"]}'}, "InvalidParameter"),
        ({"Type": "purgeall", "Content": '{"PurgeAll": true}'}, "InvalidParameter"),
        ({"Force": "True"}, ""),
        ({"Force": "yes"}, "InvalidParameter"),
        ({"EdgeComputePurge": "true"}, ""),
        ({"EdgeComputePurge": "1"}, "InvalidParameter"),
    ],
)
def test_parameters_of_a_purge_are_checked(caller: Caller, changed: dict[str, str], code: str) -> None:
    given = {"SiteId": str(SITE), "Type": "file", "Content": content([PAGE])}
    assert caller.code("PurgeCaches", given | changed) == code


@pytest.mark.parametrize(
    ("headers", "code"), [('{"Accept-Encoding": "br"}', ""), ("[]", "InvalidParameter"), ("br", "InvalidParameter")]
)
def test_the_headers_of_a_preload_are_a_json_object(caller: Caller, headers: str, code: str) -> None:
    given = {"SiteId": str(SITE), "Content": json.dumps([PAGE]), "Headers": headers}
    assert caller.code("PreloadCaches", given) == code


# Quota


def figures(caller: Caller, kind: str, site: int = SITE) -> dict[str, str]:
    """What GetPurgeQuota says."""
    answer = caller.ask("GetPurgeQuota", {"SiteId": str(site), "Type": kind})[1]
    del answer["RequestId"]
    return answer


@pytest.mark.parametrize(("kind", "end"), [("file", ""), ("directory", "/"), ("ignoreParams", "")])
def test_a_day_has_a_quota_for_a_site_and_type(esa: Esa, clock: Clock, caller: Caller, kind: str, end: str) -> None:
    esa.quota[SITE, kind] = Quota(5)
    assert purge(caller, urls(3, end), kind) == ""
    assert purge(caller, urls(3, end), kind) == "QuotaExceeded.Purge", "refused whole"
    assert purge(caller, urls(2, end), kind) == ""
    clock.advance(TO_MIDNIGHT - 1)
    assert purge(caller, urls(1, end), kind) == "QuotaExceeded.Purge"
    clock.advance(1)
    assert purge(caller, urls(5, end), kind) == ""


def test_sites_and_types_have_quotas_of_their_own(esa: Esa, caller: Caller) -> None:
    esa.quota[SITE, "file"] = Quota(0)
    assert purge(caller, urls(1)) == "QuotaExceeded.Purge"
    assert purge(caller, urls(1, "/"), "directory") == ""
    assert purge(caller, urls(1), site=OTHER_SITE) == ""


def test_a_quota_of_30_days_can_be_set(esa: Esa, clock: Clock, caller: Caller) -> None:
    esa.quota[SITE, "file"] = Quota(5, days_30=6)
    assert purge(caller, urls(5)) == ""
    clock.advance(DAY)
    assert (purge(caller, urls(2)), purge(caller, urls(1))) == ("QuotaExceeded.Purge", "")
    assert figures(caller, "file") == {"Quota": "5", "Usage": "1", "Quota30Day": "6", "Usage30Day": "6"}
    clock.advance(29 * DAY)
    assert purge(caller, urls(5)) == ""


def test_preloads_have_a_quota_of_their_own(esa: Esa, clock: Clock, caller: Caller) -> None:
    esa.quota[SITE, "preload"] = Quota(2)
    assert (preload(caller, urls(2)), preload(caller, urls(1))) == ("", "QuotaExceeded.Preload")
    clock.advance(TO_MIDNIGHT)
    assert preload(caller, urls(2)) == ""


def test_the_quota_is_read_for_a_site_and_type_as_strings(caller: Caller) -> None:
    purge(caller, urls(3))
    assert figures(caller, "file") == {"Quota": "10000", "Usage": "3", "Quota30Day": "0", "Usage30Day": "3"}
    assert figures(caller, "directory") == {"Quota": "100", "Usage": "0", "Quota30Day": "0", "Usage30Day": "0"}
    assert figures(caller, "file", OTHER_SITE)["Usage"] == "0"


@pytest.mark.parametrize(
    ("plan", "files"),
    [("free", "1000"), ("basic", "10000"), ("standard", "50000"), ("advanced", "100000"), ("enterprise", "500000")],
)
def test_the_plan_of_a_site_decides_on_its_quota(esa: Esa, caller: Caller, plan: str, files: str) -> None:
    esa.sites[SITE] = esa.sites[SITE]._replace(plan=plan)
    assert figures(caller, "file")["Quota"] == files


@pytest.mark.parametrize("kind", ["preload", "regex", "cachekey", "File"])
def test_the_quota_of_an_unknown_type_is_refused(caller: Caller, kind: str) -> None:
    assert caller.code("GetPurgeQuota", {"SiteId": str(SITE), "Type": kind}) == "InvalidParameter"


def test_the_quota_is_that_of_files_where_no_type_is_given(caller: Caller) -> None:
    assert caller.ask("GetPurgeQuota", {"SiteId": str(SITE)})[1]["Quota"] == "10000"


def test_a_refused_purge_costs_no_quota(caller: Caller) -> None:
    purge(caller, [PAGE, "nonsense"])
    purge(caller, [PAGE, "https://other.example/"])
    assert figures(caller, "file")["Usage"] == "0"
