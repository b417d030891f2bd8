"""Every limit of the DCDN API: taken at n, refused at n + 1."""

from collections.abc import Iterator

import pytest
from cdn_client import NOON
from cdn_tasks import DOMAIN, pages
from dcdn_client import BY_ID, LIST, PRELOAD, QUOTA, REFRESH, Caller

from oss_cdn_refresh_box.cdn import Quota
from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.dcdn import Dcdn

HOSTS = [f"{number}.example" for number in range(11)]
MANY = "InvalidObjectPath.ExceedsMaximum"
TO_MIDNIGHT = 12 * 3_600  # seconds from NOON to 00:00 UTC+8


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON)


@pytest.fixture
def dcdn(clock: Clock) -> Iterator[Dcdn]:
    with Dcdn(clock, [DOMAIN, *HOSTS]) as dcdn:
        yield dcdn


@pytest.fixture
def caller(dcdn: Dcdn, clock: Clock) -> Caller:
    return Caller(dcdn, clock)


def urls(count: int, end: str = "") -> list[str]:
    return pages(*(f"{number}{end}" for number in range(count)))


@pytest.mark.parametrize(
    ("action", "object_type", "items", "code"),
    [
        (REFRESH, "File", urls(1_001), MANY),
        (REFRESH, "Directory", urls(101, "/"), MANY),
        (REFRESH, "IgnoreParams", urls(101), MANY),
        (REFRESH, "File", [f"https://{host}/" for host in HOSTS], "SingleRequest.OverLimit"),
        (PRELOAD, "", urls(101), MANY),
    ],
)
def test_a_call_holds_at_most_the_documented_number_of_items(
    caller: Caller, action: str, object_type: str, items: list[str], code: str
) -> None:
    given = {"ObjectType": object_type} if object_type else {}
    assert caller.code(action, {**given, "ObjectPath": "\n".join(items)}) == code
    assert caller.code(action, {**given, "ObjectPath": "\n".join(items[:-1])}) == ""


@pytest.mark.parametrize(("object_type", "code"), [("ExQuery", "InvalidObjectType.Malformed"), ("IgnoreParams", "")])
def test_the_type_without_parameters_has_one_name(caller: Caller, object_type: str, code: str) -> None:
    assert caller.code(REFRESH, {"ObjectPath": urls(1)[0], "ObjectType": object_type}) == code


@pytest.mark.parametrize(("action", "at_most"), [(REFRESH, 30), (PRELOAD, 15), (BY_ID, 30), (LIST, 5), (QUOTA, 20)])
def test_a_second_holds_the_documented_number_of_calls(clock: Clock, caller: Caller, action: str, at_most: int) -> None:
    given = {"ObjectPath": urls(1)[0]} if action in {REFRESH, PRELOAD} else {"TaskId": "1"}
    answers = [caller.call(given, action=action) for _ in range(at_most + 1)]
    assert [status for status, _answer in answers] == [200] * at_most + [429]
    assert answers[-1][1]["Code"] == "TooManyRequests"
    clock.advance(1)
    assert caller.code(action, given) == ""


@pytest.mark.parametrize(
    ("action", "given", "quota", "code"),
    [
        (REFRESH, {"ObjectType": "File"}, Quota(urls=1), "QuotaExceeded.Refresh"),
        (REFRESH, {"ObjectType": "Directory"}, Quota(directories=1), "QuotaExceeded.Refresh"),
        (REFRESH, {"ObjectType": "IgnoreParams"}, Quota(ignore_params=1), "QuotaExceeded.Refresh"),
        (PRELOAD, {}, Quota(preloads=1), "QuotaExceeded.Preload"),
    ],
)
def test_a_day_has_a_quota_that_comes_back_at_midnight_in_china(
    dcdn: Dcdn, clock: Clock, caller: Caller, *, action: str, given: dict[str, str], quota: Quota, code: str
) -> None:
    dcdn.quota = quota
    given = {**given, "ObjectPath": urls(1, "/")[0]}
    assert [caller.code(action, given) for _ in range(2)] == ["", code]
    clock.advance(TO_MIDNIGHT - 1)
    assert caller.code(action, given) == code
    clock.advance(1)
    assert caller.code(action, given) == ""


def test_the_quota_that_is_left_can_be_read(caller: Caller) -> None:
    caller.code(REFRESH, {"ObjectPath": "\n".join(urls(3))})
    caller.code(REFRESH, {"ObjectPath": "\n".join(urls(2, "/")), "ObjectType": "Directory"})
    caller.code(REFRESH, {"ObjectPath": "\n".join(urls(4)), "ObjectType": "IgnoreParams"})
    caller.code(PRELOAD, {"ObjectPath": "\n".join(urls(5))})
    answer = caller.call({}, action=QUOTA)[1]
    del answer["RequestId"]
    assert answer == {
        "UrlQuota": "10000",
        "UrlRemain": "9997",
        "DirQuota": "100",
        "DirRemain": "98",
        "RegexQuota": "20",
        "RegexRemain": "20",
        "IgnoreParamsQuota": "100",
        "IgnoreParamsRemain": "96",
        "PreloadQuota": "1000",
        "PreloadRemain": "995",
        "BlockQuota": "0",
        "BlockRemain": "0",
    }


def test_a_domain_has_a_pace_of_its_own(dcdn: Dcdn, clock: Clock, caller: Caller) -> None:
    dcdn.limits = dcdn.limits._replace(urls_per_minute_per_domain=1)
    given = {"ObjectPath": urls(1)[0]}
    assert [caller.code(REFRESH, given) for _ in range(2)] == ["", "QuotaPerMinuteExceeded.Refresh"]
    assert caller.code(REFRESH, {"ObjectPath": f"https://{HOSTS[0]}/"}) == ""
    clock.advance(60)
    assert caller.code(REFRESH, given) == ""
