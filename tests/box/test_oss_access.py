"""OSS in a box: who may do what."""

import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from oss_cdn_refresh_box.account.credentials import Key
from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.oss import Oss

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "invalid escape sequence")  # in docstrings of oss2, met when it is compiled
    import oss2

pytestmark = pytest.mark.filterwarnings(
    "ignore:datetime.datetime.utcnow:DeprecationWarning"  # signature version 4 of oss2, on Python 3.12
)
START = 1_800_000_000.0


@pytest.fixture
def clock() -> Clock:
    return Clock(START)


@pytest.fixture
def oss(clock: Clock) -> Iterator[Oss]:
    with Oss(clock, keys={"AK": "SECRET", "STS.AK": Key("SHORT", "TOKEN", START + 900)}) as oss:
        oss2.Bucket(oss2.Auth("AK", "SECRET"), oss.url, "my-site").put_object("a", b"x")
        yield oss


def read(oss: Oss, auth: Any) -> bytes:
    bucket = oss2.Bucket(auth, oss.url, "my-site", region="cn-hangzhou")
    content: bytes = bucket.get_object("a", process="style/s", params={"response-content-type": "text/css"}).read()
    return content


@pytest.mark.parametrize(
    "auth",
    [
        oss2.Auth("AK", "SECRET"),
        oss2.AuthV2("AK", "SECRET"),
        oss2.AuthV4("AK", "SECRET"),
        oss2.StsAuth("STS.AK", "SHORT", "TOKEN"),
        oss2.AnonymousAuth(),
    ],
)
def test_objects_can_be_read_with_and_without_a_key(oss: Oss, auth: Any) -> None:
    assert read(oss, auth) == b"[style/s] x"


@pytest.mark.parametrize(
    ("auth", "code"),
    [
        (oss2.Auth("AK", "WRONG"), "SignatureDoesNotMatch"),
        (oss2.Auth("NOBODY", "SECRET"), "InvalidAccessKeyId"),
        (oss2.AuthV4("NOBODY", "SECRET"), "InvalidAccessKeyId"),
        (oss2.StsAuth("STS.AK", "SHORT", "ANOTHER"), "InvalidAccessKeyId"),
        (oss2.Auth("STS.AK", "SHORT"), "InvalidAccessKeyId"),
    ],
)
def test_wrong_credentials_are_refused_where_none_are_needed(oss: Oss, auth: Any, code: str) -> None:
    with pytest.raises(oss2.exceptions.OssError) as error:
        read(oss, auth)
    assert error.value.code == code


def test_a_temporary_key_ends_by_the_clock(oss: Oss, clock: Clock) -> None:
    clock.advance(900)
    with pytest.raises(oss2.exceptions.OssError) as error:
        read(oss, oss2.StsAuth("STS.AK", "SHORT", "TOKEN"))
    assert error.value.code == "SecurityTokenExpired"


def test_writing_and_listing_need_a_key(oss: Oss) -> None:
    anybody = oss2.Bucket(oss2.AnonymousAuth(), oss.url, "my-site")
    for call in (lambda: anybody.put_object("b", b""), lambda: anybody.delete_object("a"), anybody.list_objects):
        with pytest.raises(oss2.exceptions.AccessDenied):
            call()
    assert list(oss.objects("my-site")) == ["a"]


def test_a_signed_url_gives_access_until_it_expires() -> None:
    clock = Clock()
    with Oss(clock) as oss:
        bucket = oss2.Bucket(oss2.Auth("AK", "SECRET"), oss.url, "my-site")
        url = bucket.sign_url("PUT", "by url", 60)
        assert requests.put(url, b"x", timeout=5).status_code == 200
        clock.advance(61)
        assert requests.put(url, b"y", timeout=5).status_code == 403
        assert oss.objects("my-site")["by url"].body == b"x"


def test_an_edge_needs_no_signature(oss: Oss) -> None:
    answer = requests.get(f"{oss.url}/my-site/a", timeout=5)
    assert (answer.content, answer.headers["ETag"]) == (b"x", '"9DD4E461268C8034F5C8564E155C67A6"')
