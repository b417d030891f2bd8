"""OSS in a box: buckets come and go, and are found by path, by host and by a bound domain."""

from collections.abc import Iterator
from typing import Any

import alibabacloud_oss_v2 as oss_v2
import pytest
import requests
from oss_clients import KEYS, VERSIONS, bucket, client, oss2, refusal

from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.oss import Oss

pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")


@pytest.fixture
def oss() -> Iterator[Oss]:
    with Oss(Clock()) as oss:
        oss.stock("my-site", {"a": b"hello"})
        yield oss


@pytest.fixture
def owner(oss: Oss) -> Iterator[Any]:
    with bucket(oss) as owner:
        yield owner


def test_an_empty_bucket_can_be_deleted(oss: Oss, owner: Any) -> None:
    owner.delete_object("a")
    assert owner.delete_bucket().status == 204
    assert refusal(owner.put_object, "a", b"") == (404, "NoSuchBucket")
    assert refusal(owner.list_objects) == (404, "NoSuchBucket")
    assert refusal(owner.delete_bucket) == (404, "NoSuchBucket")
    with pytest.raises(KeyError):
        oss.objects("my-site")


def test_a_bucket_that_holds_an_object_stays(oss: Oss, owner: Any) -> None:
    assert refusal(owner.delete_bucket) == (409, "BucketNotEmpty")
    assert oss.objects("my-site")["a"].body == b"hello"


def test_a_bucket_with_an_unfinished_upload_stays(owner: Any) -> None:
    owner.delete_object("a")
    upload = owner.init_multipart_upload("b").upload_id
    assert refusal(owner.delete_bucket) == (409, "BucketNotEmpty")
    owner.abort_multipart_upload("b", upload)
    assert owner.delete_bucket().status == 204


def test_a_deleted_bucket_can_be_made_again_and_is_empty(oss: Oss, owner: Any) -> None:
    owner.delete_object("a")
    owner.delete_bucket()
    owner.create_bucket()
    assert oss.objects("my-site") == {}


def test_the_newer_sdk_deletes_a_bucket(oss: Oss) -> None:
    owner = client(oss)
    gone = oss_v2.DeleteBucketRequest("my-site")
    assert refusal(owner.delete_bucket, gone) == (409, "BucketNotEmpty")
    owner.delete_object(oss_v2.DeleteObjectRequest("my-site", "a"))
    assert owner.delete_bucket(gone).status_code == 204
    assert refusal(owner.delete_bucket, gone) == (404, "NoSuchBucket")


def test_deleting_a_bucket_needs_a_key() -> None:
    with Oss(Clock()) as oss:
        assert requests.delete(f"{oss.url}/my-site", timeout=5).status_code == 403
        assert oss.objects("my-site") == {}


@pytest.mark.parametrize("name", ["ab", "a" * 64, "My-Site", "my_site", "-site", "site-", "my.site", "名名名"])
def test_a_bucket_needs_a_name_that_oss_allows(oss: Oss, owner: Any, name: str) -> None:
    assert refusal(owner._do, "PUT", name, "") == (400, "InvalidBucketName")  # noqa: SLF001 - oss2 checks names
    with pytest.raises(KeyError):
        oss.objects(name)


@pytest.mark.parametrize(
    "host",
    [
        "my-site.oss-cn-hangzhou.aliyuncs.com",
        "my-site.oss-cn-hangzhou-internal.aliyuncs.com",
        "MY-SITE.OSS-CN-HANGZHOU.ALIYUNCS.COM:80",
        "my-site.localhost:8080",
        "www.example.com",
    ],
)
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("key", KEYS)
def test_the_host_may_name_the_bucket(oss: Oss, version: str, host: str, key: str) -> None:
    """The signature is that of bucket and key, however they are addressed."""
    oss.cnames["my-site"] = {"www.example.com": True}
    with bucket(oss, version) as owner:
        wanted = oss2.http.Request("PUT", "", region="cn-hangzhou", product="oss")
        owner.auth._sign_request(wanted, "my-site", key)  # noqa: SLF001 - what it does before it sends
    url = f"{oss.url}/{oss2.compat.urlquote(key, '')}"
    assert requests.put(url, b"x", headers={**wanted.headers, "Host": host}, timeout=5).status_code == 200
    assert oss.objects("my-site")[key].body == b"x"


def test_the_host_alone_asks_for_the_bucket(oss: Oss) -> None:
    with bucket(oss) as owner:
        wanted = oss2.http.Request("GET", "", params={"prefix": "a"})
        owner.auth._sign_request(wanted, "my-site", "")  # noqa: SLF001 - what it does before it sends
    headers = {**wanted.headers, "Host": "my-site.oss-cn-hangzhou.aliyuncs.com"}
    listed = requests.get(f"{oss.url}/?prefix=a", headers=headers, timeout=5)
    assert "<Key>a</Key>" in listed.text


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "localhost:8080", "[::1]:80", "cdn.example.com", ""])
def test_any_other_host_leaves_the_bucket_in_the_path(oss: Oss, host: str) -> None:
    assert requests.get(f"{oss.url}/my-site/a", headers={"Host": host}, timeout=5).content == b"hello"


def test_a_domain_of_oss_needs_the_bucket_as_its_first_label(oss: Oss) -> None:
    answer = requests.get(f"{oss.url}/my-site/a", headers={"Host": "oss-cn-hangzhou.aliyuncs.com"}, timeout=5)
    assert (answer.status_code, "SecondLevelDomainForbidden" in answer.text) == (403, True)


def test_a_bound_domain_shows_its_own_bucket_only(oss: Oss) -> None:
    oss.cnames["my-site"] = {"www.example.com": True}
    host = {"Host": "www.example.com"}
    assert requests.get(f"{oss.url}/a", headers=host, timeout=5).content == b"hello"
    assert requests.get(f"{oss.url}/my-site/a", headers=host, timeout=5).status_code == 404
