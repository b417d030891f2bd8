# ruff: noqa: S106 - the credentials are made up
"""The CDN API in a box speaks the real protocol: to the official SDK, and to nobody whose signature is wrong."""

import re
from collections.abc import Iterator
from dataclasses import astuple
from email.message import Message
from email.utils import parsedate_to_datetime

import pytest
from alibabacloud_cdn20180510.client import Client
from alibabacloud_cdn20180510.models import DescribeRefreshQuotaRequest, RefreshObjectCachesRequest
from cdn_client import NOON, Caller, sdk
from Tea.exceptions import TeaException

from oss_cdn_refresh_box.account.credentials import Key
from oss_cdn_refresh_box.account.gateway import Gateway
from oss_cdn_refresh_box.cdn import Cdn, Quota
from oss_cdn_refresh_box.cdn.edge import fetch
from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.wire.faults import Refusal
from oss_cdn_refresh_box.wire.serving import Request

# On Python 3.12 the official SDK's own way to date its calls is deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")

DOMAIN = "www.example.com"
URL = f"https://{DOMAIN}/a.jpg"


def refused_sdk(client: Client) -> TeaException:
    with pytest.raises(TeaException) as refusal:
        client.refresh_object_caches(RefreshObjectCachesRequest(object_path=URL))
    return refusal.value


Keys = dict[str, str | Key]


@pytest.fixture
def keys() -> Keys:
    return {"AK": "SECRET"}


@pytest.fixture
def live(keys: Keys) -> Iterator[Cdn]:
    """By the machine's clock, by which the SDK dates its calls."""
    with Cdn(Clock(), [DOMAIN], keys=keys) as cdn:
        yield cdn


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON)


@pytest.fixture
def cdn(clock: Clock, keys: Keys) -> Iterator[Cdn]:
    with Cdn(clock, [DOMAIN], keys=keys) as cdn:
        yield cdn


@pytest.fixture
def caller(cdn: Cdn, clock: Clock) -> Caller:
    return Caller(cdn, clock)


def test_the_official_sdk_gets_its_refresh_accepted(live: Cdn) -> None:
    answer = sdk(live).refresh_object_caches(
        RefreshObjectCachesRequest(object_path=f"{URL}\nhttps://{DOMAIN}/%E4%B8%AD%0A+.jpg", object_type="File")
    )
    assert answer.body.refresh_task_id.isdigit()
    assert live.accepted == {("File", URL), ("File", f"https://{DOMAIN}/%E4%B8%AD%0A+.jpg")}


def test_the_official_sdk_reads_the_quota_as_strings(live: Cdn) -> None:
    answer = sdk(live).describe_refresh_quota(DescribeRefreshQuotaRequest())
    assert (answer.body.url_quota, answer.body.url_remain, answer.body.dir_remain) == ("10000", "10000", "100")


def test_the_official_sdk_with_a_wrong_secret_is_refused(live: Cdn) -> None:
    assert refused_sdk(sdk(live, secret="WRONG")).code == "SignatureDoesNotMatch"


def test_the_official_sdk_with_a_token_of_sts_is_accepted(live: Cdn, keys: Keys) -> None:
    keys["STS.AK"] = Key("SECRET", token="TOKEN")
    answer = sdk(live, "STS.AK", token="TOKEN").refresh_object_caches(RefreshObjectCachesRequest(object_path=URL))
    assert answer.body.refresh_task_id


def test_the_official_sdk_sees_how_long_to_wait(live: Cdn) -> None:
    live.faults.add(Refusal(400, "Throttling.User", headers={"x-acs-retry-after": "1200"}))
    assert refused_sdk(sdk(live)).retry_after == 1_200


def test_an_answer_is_dated_by_the_clock(cdn: Cdn) -> None:
    """By this a client whose own clock is wrong can tell the right time, whatever else the answer says."""
    assert parsedate_to_datetime(fetch(cdn.url, "/").headers["Date"]).timestamp() == NOON


def test_the_published_vector_passes_the_gateway() -> None:
    """The worked example of the signature's specification: a POST with a query and without a body."""
    signature = "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    headers = Message()
    for name, value in {
        "host": "ecs.cn-shanghai.aliyuncs.com",
        "x-acs-action": "RunInstances",
        "x-acs-version": "2014-05-26",
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
        "x-acs-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    }.items():
        headers[name] = value
    names = ";".join(sorted(headers.keys()))
    headers["Authorization"] = (
        f"ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders={names},Signature={signature}"
    )
    query = "RegionId=cn-shanghai&ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"
    gateway = Gateway(Clock(1_698_315_752), {"YourAccessKeyId": Key("YourAccessKeySecret")})
    assert gateway.admit(Request("POST", "/", query, headers, b"", 1), skew=0)


def test_parameters_in_the_query_count_too(caller: Caller) -> None:
    """So the older SDKs send them."""
    _, answer = caller.call({}, query={"ObjectPath": URL, "ObjectType": "File"})
    assert answer["RefreshTaskId"]


def test_an_error_carries_its_code_and_a_request_id(caller: Caller) -> None:
    status, answer = caller.call({"ObjectPath": "nonsense"})
    assert status == 400
    assert answer.keys() == {"RequestId", "HostId", "Code", "Message"}
    assert answer["Code"] == "InvalidObjectPath.Malformed"
    assert re.fullmatch(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}", answer["RequestId"])


def test_an_unknown_key_is_refused(cdn: Cdn, clock: Clock) -> None:
    status, answer = Caller(cdn, clock, key="NOBODY").call({"ObjectPath": URL})
    assert (status, answer["Code"]) == (404, "InvalidAccessKeyId.NotFound")


def test_an_unknown_action_is_refused(caller: Caller) -> None:
    assert caller.call({}, action="DeleteEverything")[1]["Code"] == "InvalidAction.NotFound"


@pytest.mark.parametrize(
    ("late", "code"), [(900, ""), (901, "InvalidTimeStamp.Expired"), (-900, ""), (-901, "InvalidTimeStamp.Expired")]
)
def test_a_call_may_be_a_quarter_of_an_hour_off(caller: Caller, late: float, code: str) -> None:
    assert caller.refresh([URL], late=late) == code


def test_a_nonce_is_taken_once(caller: Caller) -> None:
    assert caller.refresh([URL], nonce="n") == ""
    assert caller.refresh([URL], nonce="n") == "SignatureNonceUsed"


def test_a_call_with_a_wrong_signature_does_not_use_up_its_nonce(cdn: Cdn, clock: Clock, caller: Caller) -> None:
    Caller(cdn, clock, secret="WRONG").refresh([URL], nonce="n")
    assert caller.refresh([URL], nonce="n") == ""


@pytest.mark.parametrize(
    ("altered", "code"),
    [
        ({"x-acs-action": "DescribeRefreshQuota"}, "SignatureDoesNotMatch"),
        ({"x-acs-content-sha256": "0" * 64}, "SignatureDoesNotMatch"),
        ({"x-acs-more": "not signed"}, "IncompleteSignature"),
        ({"x-acs-signature-nonce": ""}, "IncompleteSignature"),
        ({"authorization": "Bearer me"}, "IncompleteSignature"),
        ({"authorization": ""}, "IncompleteSignature"),
    ],
)
def test_a_header_changed_after_signing_is_refused(
    cdn: Cdn, caller: Caller, altered: dict[str, str], code: str
) -> None:
    assert caller.refresh([URL], altered=altered) == code
    assert not cdn.accepted


def test_a_body_that_is_not_the_signed_one_is_refused(cdn: Cdn, caller: Caller) -> None:
    _, answer = caller.call({"ObjectPath": URL}, tampered={"ObjectPath": f"{URL}?other"})
    assert answer["Code"] == "SignatureDoesNotMatch"
    assert not cdn.accepted


@pytest.mark.parametrize(
    ("token", "code"),
    [
        ("TOKEN", ""),
        ("", "MissingSecurityToken"),
        ("OTHER", "InvalidSecurityToken.Malformed"),
    ],
)
def test_a_key_of_sts_needs_its_token(cdn: Cdn, keys: Keys, clock: Clock, token: str, code: str) -> None:
    keys["STS.AK"] = Key("SECRET", token="TOKEN")
    assert Caller(cdn, clock, "STS.AK", token=token).refresh([URL]) == code


def test_a_token_of_sts_ends(cdn: Cdn, keys: Keys, clock: Clock) -> None:
    keys["STS.AK"] = Key("SECRET", token="TOKEN", expires=NOON + 60)
    temporary = Caller(cdn, clock, "STS.AK", token="TOKEN")
    assert temporary.refresh([URL]) == ""
    clock.advance(60)
    assert temporary.refresh([URL]) == "InvalidSecurityToken.Expired"


def test_items_of_a_domain_within_a_second_share_a_task_id(cdn: Cdn, clock: Clock, caller: Caller) -> None:
    cdn.domains["b.example"] = ""
    urls = [URL, "https://b.example/", f"{URL}?v=2"]
    first = caller.call({"ObjectPath": "\r\n".join(urls)})[1]["RefreshTaskId"].split(",")
    assert len(first) == 2
    assert caller.call({"ObjectPath": URL})[1]["RefreshTaskId"] == first[0]
    clock.advance(1)
    assert caller.call({"ObjectPath": URL})[1]["RefreshTaskId"] not in first


def test_each_call_is_recorded(cdn: Cdn, caller: Caller) -> None:
    caller.call({"ObjectPath": f"{URL}\n{URL}?v", "ObjectType": "IgnoreParams", "Force": "true"}, nonce="n1")
    caller.refresh(["nonsense"], nonce="n2")
    taken, refused = cdn.calls
    assert astuple(taken)[:6] == (NOON, "RefreshObjectCaches", "IgnoreParams", True, (URL, f"{URL}?v"), "n1")
    assert (taken.code, taken.accepted, taken.answered, len(taken.task_ids)) == ("", True, True, 1)
    assert (refused.nonce, refused.code, refused.accepted, refused.answered) == (
        "n2",
        "InvalidObjectPath.Malformed",
        False,
        True,
    )


def test_each_connection_has_its_own_number(cdn: Cdn, caller: Caller) -> None:
    caller.refresh([URL])
    caller.refresh([URL])
    assert [call.connection for call in cdn.calls] == [1, 2]
    assert cdn.connections == 2


def test_a_quota_may_be_replaced_while_it_runs(cdn: Cdn, caller: Caller) -> None:
    cdn.quota = Quota(urls=0)
    assert caller.refresh([URL]) == "QuotaExceeded.Refresh"
