"""The older SDK signs with version 1 of the signature, which the CDN in a box checks as strictly as version 3."""

import json
import re
import time
import warnings
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of the vendored packages, on newer Pythons
    from aliyunsdkcdn.request.v20180510.DescribeRefreshQuotaRequest import DescribeRefreshQuotaRequest
    from aliyunsdkcdn.request.v20180510.RefreshObjectCachesRequest import RefreshObjectCachesRequest
    from aliyunsdkcore.acs_exception.exceptions import ServerException
    from aliyunsdkcore.auth.composer.rpc_signature_composer import get_signed_url
    from aliyunsdkcore.auth.credentials import StsTokenCredential
    from aliyunsdkcore.client import AcsClient

from oss_cdn_refresh_box.account.credentials import Key
from oss_cdn_refresh_box.cdn import Cdn
from oss_cdn_refresh_box.clock import Clock

URL = "https://a.example/%E4%B8%AD%2B~*(x).jpg?v=1&w=2"


@pytest.fixture
def clock() -> Clock:
    return Clock(time.time())


@pytest.fixture
def cdn(clock: Clock) -> Iterator[Cdn]:
    with Cdn(clock, ["a.example"], keys={"AK": "SECRET", "STS.AK": Key("SECRET", "TOKEN/+=")}) as cdn:
        yield cdn


def ask(cdn: Cdn, request: Any, client: Any = None) -> dict[str, Any]:
    """The answer that the older SDK gets."""
    request.set_endpoint(cdn.url.partition("://")[2])
    request.set_protocol_type("http")
    client = client or AcsClient("AK", "SECRET", "cn-hangzhou", auto_retry=False)
    answer: dict[str, Any] = json.loads(client.do_action_with_exception(request))
    return answer


def refresh() -> Any:
    request = RefreshObjectCachesRequest()
    request.set_ObjectPath(URL)
    request.set_ObjectType("File")
    return request


def test_the_older_sdk_gets_its_refresh_accepted(cdn: Cdn) -> None:
    assert ask(cdn, refresh())["RefreshTaskId"].isdecimal()
    assert cdn.accepted == {("File", URL)}


def test_the_older_sdk_reads_the_quota(cdn: Cdn) -> None:
    assert ask(cdn, DescribeRefreshQuotaRequest())["UrlRemain"] == "10000"


def test_a_call_of_the_older_sdk_is_recorded_with_its_nonce(cdn: Cdn) -> None:
    ask(cdn, refresh())
    (call,) = cdn.calls
    assert (call.action, call.urls, call.code) == ("RefreshObjectCaches", (URL,), "")
    assert re.fullmatch("[0-9a-f-]{32,36}", call.nonce)
    assert call.more["SignatureMethod"] == "HMAC-SHA1"


def test_the_older_sdk_with_a_token_of_sts_is_accepted(cdn: Cdn) -> None:
    credential = StsTokenCredential("STS.AK", "SECRET", "TOKEN/+=")
    client = AcsClient(region_id="cn-hangzhou", credential=credential, auto_retry=False)
    assert ask(cdn, refresh(), client)["RefreshTaskId"]


def test_the_older_sdk_with_a_wrong_secret_is_refused(cdn: Cdn) -> None:
    with pytest.raises(ServerException) as refusal:
        ask(cdn, refresh(), AcsClient("AK", "WRONG", "cn-hangzhou", auto_retry=False))
    assert refusal.value.error_code == "SignatureDoesNotMatch"
    assert not cdn.accepted


def signed(method: str = "POST", form: dict[str, str] | None = None, **altered: str) -> tuple[str, str]:
    """Target and body of a call that the older SDK signs; `altered` parameters replace those that were signed."""
    given = {"Action": "RefreshObjectCaches", "Version": "2018-05-10"} | ({} if form else {"ObjectPath": URL})
    target, _ = get_signed_url(given, "AK", "SECRET", "JSON", method, form or {})
    for name, value in altered.items():
        target = re.sub(rf"(?<=[?&]){name}=[^&]*", f"{name}={value}", target)
    return target, urlencode(form or {})


def code(cdn: Cdn, target: str, body: str, method: str = "POST") -> str:
    connection = HTTPConnection(cdn.url.partition("://")[2], timeout=10)
    try:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request(method, target, body, headers)
        answer: str = json.loads(connection.getresponse().read()).get("Code", "")
        return answer
    finally:
        connection.close()


def test_a_form_is_signed_too(cdn: Cdn) -> None:
    target, body = signed(form={"ObjectPath": URL})
    assert code(cdn, target, body + "x") == "SignatureDoesNotMatch"
    assert code(cdn, target, body) == ""


@pytest.mark.parametrize(
    ("altered", "expected"),
    [
        ({"ObjectPath": "https%3A%2F%2Fa.example%2Fother"}, "SignatureDoesNotMatch"),
        ({"Signature": "%E4%B8%AD"}, "SignatureDoesNotMatch"),
        ({"SignatureMethod": "HMAC-SHA256"}, "IncompleteSignature"),
        ({"SignatureVersion": "2.0"}, "IncompleteSignature"),
        ({"SignatureNonce": ""}, "IncompleteSignature"),
        ({"Timestamp": "2020-01-01T00:00:00Z"}, "InvalidTimeStamp.Expired"),
        ({"AccessKeyId": "NOBODY"}, "InvalidAccessKeyId.NotFound"),
    ],
)
def test_a_parameter_changed_after_signing_is_refused(cdn: Cdn, altered: dict[str, str], expected: str) -> None:
    assert code(cdn, *signed(**altered)) == expected
    assert not cdn.accepted


def test_another_method_than_the_signed_one_is_refused(cdn: Cdn) -> None:
    target, _ = signed(method="GET")
    assert code(cdn, target, "") == "SignatureDoesNotMatch"
    assert code(cdn, target, "", method="GET") == ""


def test_a_nonce_of_version_1_is_taken_once(cdn: Cdn) -> None:
    target, body = signed()
    assert code(cdn, target, body) == ""
    assert code(cdn, target, body) == "SignatureNonceUsed"


def test_the_time_of_a_signature_counts(cdn: Cdn, clock: Clock) -> None:
    target, body = signed()
    clock.advance(16 * 60)
    assert code(cdn, target, body) == "InvalidTimeStamp.Expired"
