"""Every limit of the CDN API: taken at n, refused at n + 1."""

from collections.abc import Callable, Iterator

import pytest
from cdn_client import NOON, Caller

from oss_cdn_refresh_box.cdn import Cdn, Limits, Quota
from oss_cdn_refresh_box.clock import Clock

A, B = "a.example", "b.example"
Items = Callable[[int], list[str]]
TO_MIDNIGHT = 12 * 3_600  # seconds from NOON to 00:00 UTC+8


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON)


@pytest.fixture
def cdn(clock: Clock) -> Iterator[Cdn]:
    with Cdn(clock, [A, B, *(f"{n}.example" for n in range(11))]) as cdn:
        yield cdn


@pytest.fixture
def caller(cdn: Cdn, clock: Clock) -> Caller:
    return Caller(cdn, clock)


def pages(count: int, domain: str = A) -> list[str]:
    return [f"https://{domain}/{n}" for n in range(count)]


def directories(count: int, domain: str = A) -> list[str]:
    return [f"https://{domain}/{n}/" for n in range(count)]


def domains(count: int) -> list[str]:
    return [f"https://{n}.example/" for n in range(count)]


@pytest.mark.parametrize(
    ("items", "object_type", "at_most", "code"),
    [
        (pages, "File", 1_000, "InvalidObjectPath.Size.Malformed"),
        (directories, "Directory", 100, "InvalidObjectPath.Size.Malformed"),
        (pages, "IgnoreParams", 100, "InvalidObjectPath.Size.Malformed"),
        (domains, "File", 10, "SingleRequest.OverLimit"),
    ],
)
def test_a_call_holds_at_most_the_documented_number_of_items(
    caller: Caller, items: Items, object_type: str, at_most: int, code: str
) -> None:
    assert caller.refresh(items(at_most + 1), object_type) == code
    assert caller.refresh(items(at_most), object_type) == ""


def test_a_body_has_at_most_a_mebibyte(cdn: Cdn, caller: Caller) -> None:
    cdn.limits = Limits(body_bytes=200)
    fixed = len("ObjectPath=&ObjectType=File") + len("https%3A%2F%2Fa.example%2F")
    assert caller.refresh([f"https://{A}/" + "x" * (200 - fixed)]) == ""
    status, _ = caller.call({"ObjectPath": f"https://{A}/" + "x" * (201 - fixed), "ObjectType": "File"})
    assert status == 413
    assert Limits().body_bytes == 1_048_576


def test_an_item_has_at_most_2048_characters(caller: Caller) -> None:
    longest = f"https://{A}/".ljust(2_048, "x")
    assert caller.refresh([longest]) == ""
    assert caller.refresh([longest + "x"]) == "InvalidObjectPath.Malformed"


@pytest.mark.parametrize(("action", "at_most"), [("RefreshObjectCaches", 50), ("DescribeRefreshQuota", 20)])
def test_an_account_makes_at_most_the_documented_number_of_calls_a_second(
    clock: Clock, caller: Caller, action: str, at_most: int
) -> None:
    def code() -> str:
        return caller.call({"ObjectPath": f"https://{A}/"}, action=action)[1].get("Code", "")

    assert [code() for _ in range(at_most + 1)] == [""] * at_most + ["Throttling.User"]
    clock.advance(1)
    assert code() == ""


@pytest.mark.parametrize(
    ("items", "object_type", "limits"),
    [
        (pages, "File", Limits(urls_per_minute_per_domain=5)),
        (directories, "Directory", Limits(directories_per_minute_per_domain=5)),
    ],
)
def test_a_domain_takes_at_most_the_documented_number_of_items_a_minute(
    cdn: Cdn, clock: Clock, caller: Caller, *, items: Items, object_type: str, limits: Limits
) -> None:
    cdn.limits = limits
    assert caller.refresh(items(3), object_type) == ""
    clock.advance(30)
    assert caller.refresh(items(3), object_type) == "QuotaPerMinuteExceeded.Refresh"
    assert caller.refresh(items(2), object_type) == ""
    assert caller.refresh(items(5, B), object_type) == "", "another domain has a pace of its own"
    clock.advance(30)
    assert caller.refresh(items(3), object_type) == "", "the window slides"
    assert caller.refresh(items(1), object_type) == "QuotaPerMinuteExceeded.Refresh"


@pytest.mark.parametrize(
    ("items", "object_type", "quota"),
    [
        (pages, "File", Quota(urls=5)),
        (directories, "Directory", Quota(directories=5)),
        (pages, "IgnoreParams", Quota(ignore_params=5)),
        (pages, "ExQuery", Quota(ignore_params=5)),
    ],
)
def test_a_day_has_a_quota_that_comes_back_at_midnight_in_china(
    cdn: Cdn, clock: Clock, caller: Caller, *, items: Items, object_type: str, quota: Quota
) -> None:
    cdn.quota = quota
    assert caller.refresh(items(3), object_type) == ""
    assert caller.refresh(items(3), object_type) == "QuotaExceeded.Refresh", "refused whole"
    assert caller.refresh(items(2), object_type) == ""
    clock.advance(TO_MIDNIGHT - 1)
    assert caller.refresh(items(1), object_type) == "QuotaExceeded.Refresh"
    clock.advance(1)
    assert caller.refresh(items(5), object_type) == ""


def test_object_types_have_quotas_of_their_own(cdn: Cdn, caller: Caller) -> None:
    cdn.quota = Quota(urls=0)
    assert caller.refresh(pages(1)) == "QuotaExceeded.Refresh"
    assert caller.refresh(directories(1), "Directory") == ""


def test_the_quota_that_is_left_can_be_read(caller: Caller) -> None:
    caller.refresh(pages(3))
    caller.refresh(directories(2), "Directory")
    caller.refresh(pages(1), "IgnoreParams")
    answer = caller.quota()
    del answer["RequestId"]
    assert answer == {
        "UrlQuota": "10000",
        "UrlRemain": "9997",
        "DirQuota": "100",
        "DirRemain": "98",
        "RegexQuota": "20",
        "RegexRemain": "20",
        "IgnoreParamsQuota": "100",
        "IgnoreParamsRemain": "99",
        "PreloadQuota": "1000",
        "PreloadRemain": "1000",
        "PreloadEdgeQuota": "0",
        "PreloadEdgeRemain": "0",
        "BlockQuota": "0",
        "BlockRemain": "0",
    }


def test_a_refused_call_costs_no_quota(caller: Caller) -> None:
    caller.refresh([f"https://{A}/", "nonsense"])
    caller.refresh([f"https://{A}/", "https://other.example/"])
    assert caller.quota()["UrlRemain"] == "10000"


@pytest.mark.parametrize(
    "item",
    [
        "",
        "a.example/x",
        "ftp://a.example/x",
        "https:///x",
        "https://a.example/x y",
        "https://a.example/x\ty",
        "https://a.example/x\x7f",
        "https://a.example/x\ry",
        "https://a.example/中",
        "https://a.example/é",
        " https://a.example/x",
    ],
)
def test_one_malformed_line_refuses_the_whole_call(cdn: Cdn, caller: Caller, item: str) -> None:
    assert caller.refresh([f"https://{A}/", item, f"https://{A}/y"]) == "InvalidObjectPath.Malformed"
    assert not cdn.accepted


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"ObjectPath": f"https://{A}/x", "ObjectType": "Directory"}, "InvalidObjectPath.Malformed"),
        ({"ObjectPath": f"https://{A}/x/", "ObjectType": "Directory"}, ""),
        ({"ObjectPath": f"https://{A}/x/", "ObjectType": "File"}, ""),
        ({"ObjectPath": f"https://{A}/x"}, ""),
        ({"ObjectPath": f"https://{A}/x", "ObjectType": "IgnoreParams"}, ""),
        ({"ObjectPath": f"https://{A}/x", "ObjectType": "ExQuery"}, ""),
        ({"ObjectPath": f"https://{A}/x", "ObjectType": "file"}, "InvalidObjectType.Malformed"),
        ({"ObjectPath": f"https://{A}/x", "Force": "True"}, ""),
        ({"ObjectPath": f"https://{A}/x", "Force": "yes"}, "InvalidParameter"),
        ({"ObjectPath": ""}, "MissingParameter"),
        ({}, "MissingParameter"),
    ],
)
def test_parameters_are_checked(caller: Caller, parameters: dict[str, str], code: str) -> None:
    assert caller.call(parameters)[1].get("Code", "") == code


def test_one_name_of_the_type_that_documents_disagree_on_can_be_chosen(cdn: Cdn, caller: Caller) -> None:
    cdn.limits = Limits(ignore_params_types=frozenset({"ExQuery"}))
    assert caller.refresh(pages(1), "IgnoreParams") == "InvalidObjectType.Malformed"
    assert caller.refresh(pages(1), "ExQuery") == ""


@pytest.mark.parametrize(
    ("host", "code"),
    [
        ("*.example", "InvalidExtensiveDomain.ValueNotSupported"),
        ("other.example", "InvalidDomain.NotFound"),
        ("A.example", "InvalidDomain.NotFound"),
        ("a.example:8080", "InvalidDomain.NotFound"),
    ],
)
def test_a_domain_that_is_not_the_accounts_refuses_the_whole_call(
    cdn: Cdn, caller: Caller, host: str, code: str
) -> None:
    assert caller.refresh([f"https://{A}/", f"https://{host}/"]) == code
    assert not cdn.accepted


@pytest.mark.parametrize(
    "code",
    [
        "InvalidDomain.Offline",
        "ServiceBusy",
        "InvalidDomain.Configure_failed",
        "IllegalOperationDomain",
        "NoPermission",
    ],
)
def test_a_domain_can_be_in_trouble(cdn: Cdn, caller: Caller, code: str) -> None:
    cdn.domains[B] = code
    assert caller.refresh([f"https://{A}/", f"https://{B}/"]) == code
    assert caller.refresh([f"https://{A}/"]) == ""


def test_a_right_can_be_granted_for_some_domains_only(cdn: Cdn, caller: Caller) -> None:
    cdn.rights["AK"] = {A}
    assert caller.refresh([f"https://{A}/", f"https://{B}/"]) == "Forbidden.RAM"
    assert caller.refresh([f"https://{A}/"]) == ""


@pytest.mark.parametrize("code", ["CdnServiceNotFound", "OperationDenied", "InsufficientBalance"])
def test_an_account_can_be_refused_altogether(cdn: Cdn, caller: Caller, code: str) -> None:
    cdn.suspended = code
    assert caller.refresh(pages(1)) == code
    assert caller.quota()["Code"] == code
