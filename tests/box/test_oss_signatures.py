"""OSS in a box verifies every signature in the Authorization header: versions 1, 2 and 4, of both official SDKs."""

from collections.abc import Iterator
from typing import Any

import alibabacloud_oss_v2 as oss_v2
import pytest
import requests
from oss_clients import (
    KEYS,
    NEWER,
    OWNER,
    REGION,
    TEMPORARY,
    VERSIONS,
    WRONG,
    Who,
    bucket,
    client,
    code,
    oss2,
    put,
    refusal,
    signed,
    stand_in,
)

from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.oss import Oss

pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def oss(clock: Clock) -> Iterator[Oss]:
    with stand_in(clock) as oss:
        yield oss


@pytest.mark.parametrize("who", [OWNER, TEMPORARY])
@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("version", VERSIONS)
def test_oss2_is_let_in(oss: Oss, version: str, key: str, who: Who) -> None:
    with bucket(oss, version, who=who) as owner:
        owner.put_object(key, b"x")
        assert owner.get_object(key, params={"response-content-type": "text/css; a=b+c d"}).read() == b"x"
        assert [found.key for found in owner.list_objects(prefix=key, delimiter="#/+ ").object_list] == [key]


@pytest.mark.parametrize("who", [OWNER, TEMPORARY])
@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("version", NEWER)
def test_the_newer_sdk_is_let_in(oss: Oss, version: str, key: str, who: Who) -> None:
    owner = client(oss, version, who=who)
    put(owner, key)
    got = owner.get_object(oss_v2.GetObjectRequest("my-site", key, response_content_type="text/css; a=b+c d"))
    assert got.body.content == b"x"
    listed = owner.list_objects_v2(oss_v2.ListObjectsV2Request("my-site", prefix=key, delimiter="#/+ "))
    assert [found.key for found in listed.contents] == [key]


@pytest.mark.parametrize(("who", "answer"), WRONG)
@pytest.mark.parametrize("version", VERSIONS)
def test_oss2_with_wrong_credentials_is_refused(oss: Oss, version: str, who: Who, answer: tuple[int, str]) -> None:
    with bucket(oss, version, who=who) as owner:
        assert refusal(put, owner, "b") == answer
        assert refusal(owner.get_object, "a") == answer
    assert list(oss.objects("my-site")) == ["a"]


@pytest.mark.parametrize(("who", "answer"), WRONG)
@pytest.mark.parametrize("version", NEWER)
def test_the_newer_sdk_with_wrong_credentials_is_refused(
    oss: Oss, version: str, who: Who, answer: tuple[int, str]
) -> None:
    owner = client(oss, version, who=who)
    assert refusal(put, owner, "b") == answer
    assert refusal(owner.list_objects_v2, oss_v2.ListObjectsV2Request("my-site")) == answer
    assert refusal(owner.delete_object, oss_v2.DeleteObjectRequest("my-site", "a")) == answer
    assert list(oss.objects("my-site")) == ["a"]


def test_a_temporary_key_ends_by_the_clock_whatever_signs(oss: Oss, clock: Clock) -> None:
    clock.advance(900)
    for version in VERSIONS:
        with bucket(oss, version, who=TEMPORARY) as owner:
            assert refusal(owner.get_object, "a") == (403, "SecurityTokenExpired")


@pytest.mark.parametrize("region", ["cn-beijing", "oss-cn-hangzhou", "CN-HANGZHOU"])
def test_the_scope_of_version_4_names_the_region(oss: Oss, region: str) -> None:
    """The code and the status are OSS's own (EC 0002-00000226)."""
    assert refusal(put, client(oss, region=region), "b") == (400, "InvalidArgument")
    with bucket(oss, "v4", region=region) as owner:
        assert refusal(put, owner, "b") == (400, "InvalidArgument")
        url = owner.sign_url("GET", "a", 60)
    assert requests.get(url, timeout=5).status_code == 400


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x-oss-meta-a", "2"),
        ("x-oss-meta-b", "1"),
        ("content-type", "text/html"),
        ("content-md5", "AAAA"),
        ("x-oss-security-token", "TOKEN"),
        ("authorization", "OSS AK:"),
        ("authorization", "OSS4-HMAC-SHA256 Credential=AK/20260101/cn-hangzhou/oss/aliyun_v4_request,Signature="),
        ("authorization", ""),
    ],
)
def test_a_request_that_was_tampered_with_is_refused(oss: Oss, version: str, name: str, value: str) -> None:
    request = signed(oss, version, **{"x-oss-meta-a": "1", "content-type": "text/css"})
    assert code(requests.put(request.url, headers={**request.headers, name: value}, timeout=5))[0] in {400, 403}
    assert list(oss.objects("my-site")) == ["a"]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_request_keeps_for_a_quarter_of_an_hour(oss: Oss, clock: Clock, version: str, monkeypatch: Any) -> None:
    """By the machine's time or by the clock's: who moves the clock moves no client's."""
    request = signed(oss, version)
    clock.advance(901)
    assert code(requests.put(request.url, headers=request.headers, timeout=5)) == (200, "")
    late = clock.now() + 901
    monkeypatch.setattr("oss_cdn_refresh_box.oss.signing.access.time.time", lambda: late)
    assert code(requests.put(request.url, headers=request.headers, timeout=5)) == (403, "RequestTimeTooSkewed")


@pytest.mark.parametrize(
    "authorization",
    [
        "Basic QUs6U0VDUkVU",
        "Bearer AK",
        "AWS AK:c2lnbmVk",
        "AWS4-HMAC-SHA256 Credential=AK/20260101/cn-hangzhou/s3/aws4_request,SignedHeaders=host,Signature=" + "0" * 64,
        "OSS3 AK:c2lnbmVk",
        "OSS AK",
        "OSS :c2lnbmVk",
        "OSS2 AccessKeyId:AK",
        "OSS2 AccessKeyId:AK,Signature:",
        "OSS2 AccessKeyId:AK,AdditionalHeaders:,Signature:c2lnbmVk",
        "OSS4-HMAC-SHA256 Signature=" + "0" * 64,
        "OSS4-HMAC-SHA256 Credential=AK/20260101/cn-hangzhou/oss/aliyun_v4_request",
        "OSS4-HMAC-SHA256 Credential=AK/cn-hangzhou/oss/aliyun_v4_request,Signature=" + "0" * 64,
        "OSS4-HMAC-SHA256 Credential=AK/20260101/cn-hangzhou/s3/aliyun_v4_request,Signature=" + "0" * 64,
        "OSS4-HMAC-SHA256 Credential=AK/20260101/cn-hangzhou/oss/aliyun_v4_request,AdditionalHeaders=,Signature=0",
        "OSS4-HMAC-SHA256 Credential=AK/20260101/cn-hangzhou/oss/aliyun_v4_request,Signature=0,UnknownKey=1",
        "OSS4-HMAC-SHA256 Credential=AK/20260101/cn-hangzhou/oss/aliyun_v4_request,Signature=0,Signature=1",
    ],
)
def test_an_unknown_authorization_is_refused_even_for_reading(oss: Oss, authorization: str) -> None:
    answer = requests.get(f"{oss.url}/my-site/a", headers={"Authorization": authorization}, timeout=5)
    assert code(answer) == (400, "InvalidArgument")


@pytest.mark.parametrize("version", VERSIONS)
def test_a_request_without_a_date_is_refused(oss: Oss, version: str) -> None:
    request = signed(oss, version)
    headers = {name: value for name, value in request.headers.items() if name.lower() not in {"date", "x-oss-date"}}
    assert code(requests.put(request.url, headers=headers, timeout=5)) == (403, "AccessDenied")


@pytest.mark.parametrize("content", ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"])
def test_version_4_signs_no_payload_and_says_so(oss: Oss, content: str) -> None:
    request = signed(oss, "v4")
    headers = {**request.headers, "x-oss-content-sha256": content}
    assert code(requests.put(request.url, headers=headers, timeout=5)) == (400, "InvalidArgument")


def test_version_4_signs_the_headers_that_a_client_adds(oss: Oss) -> None:
    """`Range` here, of which the newer SDK says so in `AdditionalHeaders`."""
    owner = client(oss, additional=["range", "if-none-match"])
    got = owner.get_object(oss_v2.GetObjectRequest("my-site", "a", range_header="bytes=1-2"))
    assert got.body.content == b"el"


@pytest.mark.parametrize("version", ["v2", "v4"])
def test_an_additional_header_is_signed_like_the_others(oss: Oss, version: str) -> None:
    with bucket(oss, version) as owner:
        url = f"{oss.url}/my-site/a"
        request = oss2.http.Request("GET", url, region=REGION, product="oss", headers={"range": "bytes=1-2"})
        owner.auth._sign_request(request, "my-site", "a", {"range"})  # noqa: SLF001 - the only way to add one
    assert requests.get(url, headers=request.headers, timeout=5).content == b"el"
    other = {**request.headers, "range": "bytes=0-4"}
    assert code(requests.get(url, headers=other, timeout=5)) == (403, "SignatureDoesNotMatch")
    gone = {name: value for name, value in request.headers.items() if name != "range"}
    assert requests.get(url, headers=gone, timeout=5).status_code in {400, 403}


@pytest.mark.parametrize("version", VERSIONS)
def test_a_refusal_tells_no_secret(oss: Oss, version: str) -> None:
    """Neither the secret, nor the token, nor the signature that would have been right."""
    right = signed(oss, version)
    rightly = right.headers["authorization"].rpartition("ignature")[2].strip("=: ").rpartition(":")[2]
    given = right.headers["authorization"].replace(rightly, "0" * len(rightly))
    answer = requests.put(right.url, headers={**right.headers, "authorization": given}, timeout=5)
    assert answer.status_code == 403
    told = answer.text + str(answer.headers)
    assert not [kept for kept in (OWNER[1], *TEMPORARY[1:], rightly) if kept in told]
