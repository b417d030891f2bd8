"""OSS in a box verifies every signature in a URL: versions 1, 2 and 4, as both official SDKs make them."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from urllib.parse import quote

import alibabacloud_oss_v2 as oss_v2
import pytest
import requests
from oss_clients import KEYS, NEWER, OWNER, TEMPORARY, VERSIONS, WRONG, Who, bucket, client, code, signed, stand_in

from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.oss import Oss

pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")


class Presigned(NamedTuple):
    """How one SDK makes a URL for a method and a key, with parameters and headers that are signed."""

    name: str
    make: Callable[..., str]


def by_oss2(version: str) -> Presigned:
    def make(oss: Oss, method: str, key: str, who: Who = OWNER, **more: Any) -> str:
        with bucket(oss, version, who=who) as owner:
            url: str = owner.sign_url(method, key, more.pop("seconds", 60), slash_safe=True, **more)
            return url

    return Presigned(f"oss2 {version}", make)


def by_v2(version: str) -> Presigned:
    requested = {"GET": oss_v2.GetObjectRequest, "PUT": oss_v2.PutObjectRequest, "HEAD": oss_v2.HeadObjectRequest}

    def make(oss: Oss, method: str, key: str, who: Who = OWNER, **more: Any) -> str:
        expires = dt.timedelta(seconds=more.pop("seconds", 60))
        wanted = requested[method](bucket="my-site", key=key, **more)
        url: str = client(oss, version, who=who).presign(wanted, expires=expires).url
        return url

    return Presigned(f"oss-v2 {version}", make)


PRESIGNED = [*map(by_oss2, VERSIONS), *map(by_v2, NEWER)]
any_url = pytest.mark.parametrize("by", PRESIGNED, ids=lambda by: by.name)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def oss(clock: Clock) -> Iterator[Oss]:
    with stand_in(clock) as oss:
        yield oss


@any_url
@pytest.mark.parametrize("who", [OWNER, TEMPORARY])
@pytest.mark.parametrize("key", KEYS)
def test_a_presigned_url_gives_access(oss: Oss, by: Presigned, key: str, who: Who) -> None:
    assert code(requests.put(by.make(oss, "PUT", key, who), b"x", timeout=5)) == (200, "")
    assert requests.get(by.make(oss, "GET", key, who), timeout=5).content == b"x"
    assert oss.objects("my-site")[key].body == b"x"


@any_url
@pytest.mark.parametrize(("who", "answer"), WRONG)
def test_a_url_of_wrong_credentials_is_refused(oss: Oss, by: Presigned, who: Who, answer: tuple[int, str]) -> None:
    assert code(requests.put(by.make(oss, "PUT", "b", who), b"x", timeout=5)) == answer
    assert code(requests.get(by.make(oss, "GET", "a", who), timeout=5)) == answer
    assert list(oss.objects("my-site")) == ["a"]


@any_url
def test_a_url_ends_by_the_clock(oss: Oss, clock: Clock, by: Presigned) -> None:
    url = by.make(oss, "PUT", "b")
    clock.advance(62)
    assert code(requests.put(url, b"x", timeout=5)) == (403, "AccessDenied")
    assert list(oss.objects("my-site")) == ["a"]


def changed(url: str, name: str, value: str) -> str:
    """The URL with another value of a parameter."""
    base, _, query = url.partition("?")
    pairs = [pair.partition("=") for pair in query.split("&")]
    return base + "?" + "&".join(f"{n}={quote(value, '') if n == name else v}" for n, _, v in pairs)


def without(url: str, name: str) -> str:
    """The URL without a parameter."""
    base, _, query = url.partition("?")
    return base + "?" + "&".join(pair for pair in query.split("&") if pair.partition("=")[0] != name)


@any_url
@pytest.mark.parametrize(
    "tamper",
    [
        lambda url: url.replace("/my-site/a?", "/my-site/b?"),
        lambda url: url.replace("/my-site/a?", "/my-site//a?"),
        lambda url: url.replace("/my-site/a?", "/other/a?"),
        lambda url: url + "&acl",
        lambda url: url + "&symlink",
        lambda url: url + "&x-oss-process=style/s",
        lambda url: url + "&response-content-type=text/html",
        lambda url: url.replace("ignature=", "ignature=A"),
        lambda url: url[:-1],
        lambda url: changed(changed(url, "Expires", "9999999999"), "x-oss-expires", "86400"),
        lambda url: url.replace("=AK", "=STS.AK"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_a_url_that_was_tampered_with_is_refused(
    oss: Oss, by: Presigned, tamper: Callable[[str], str], method: str
) -> None:
    """Whatever is changed: the key, the bucket, a parameter, the end."""
    url = by.make(oss, method, "a")
    tampered = tamper(url)
    assert tampered != url
    before = oss.objects("my-site")
    status = requests.request(method, tampered, data=b"x" if method == "PUT" else None, timeout=5).status_code
    assert status in {400, 403}
    assert oss.objects("my-site") == before


HALVES = [
    *[(by, name) for by in PRESIGNED if by.name.endswith("v1") for name in ("Signature", "Expires", "OSSAccessKeyId")],
    *[(by, name) for by in PRESIGNED if not by.name.endswith("v1") for name in ("x-oss-signature", "x-oss-expires")],
    *[(by, name) for by in PRESIGNED if by.name.endswith("v4") for name in ("x-oss-credential", "x-oss-date")],
    *[(by, "x-oss-signature-version") for by in PRESIGNED if not by.name.endswith("v1")],
    (by_oss2("v2"), "x-oss-access-key-id"),
]


@pytest.mark.parametrize(("by", "name"), HALVES, ids=[f"{by.name} {name}" for by, name in HALVES])
def test_half_a_signature_in_a_url_is_refused(oss: Oss, by: Presigned, name: str) -> None:
    """Also where anybody might read."""
    url = by.make(oss, "GET", "a")
    half = without(url, name)
    assert half != url
    assert code(requests.get(half, timeout=5)) == (403, "AccessDenied")


@pytest.mark.parametrize("by", [by_oss2("v4"), by_v2("v4")], ids=lambda by: by.name)
def test_the_scope_of_a_url_names_its_day(oss: Oss, by: Presigned) -> None:
    url = changed(by.make(oss, "GET", "a"), "x-oss-date", "20200101T000000Z")
    assert code(requests.get(url, timeout=5)) == (400, "InvalidArgument")


@any_url
def test_a_url_is_for_one_method(oss: Oss, by: Presigned) -> None:
    url = by.make(oss, "GET", "a")
    for method in ("PUT", "DELETE", "POST"):
        assert requests.request(method, url, timeout=5).status_code == 403
    assert oss.objects("my-site")["a"].body == b"hello"


@any_url
def test_a_header_of_osss_own_that_was_not_signed_is_refused(oss: Oss, by: Presigned) -> None:
    answer = requests.put(by.make(oss, "PUT", "b"), b"x", headers={"x-oss-meta-a": "1"}, timeout=5)
    assert code(answer) == (403, "SignatureDoesNotMatch")


def test_a_url_of_version_4_lives_a_week_at_most(oss: Oss) -> None:
    url = by_oss2("v4").make(oss, "GET", "a", seconds=604_801)
    assert code(requests.get(url, timeout=5)) == (400, "InvalidArgument")
    assert requests.get(by_oss2("v4").make(oss, "GET", "a", seconds=604_800), timeout=5).content == b"hello"


def test_a_url_of_version_4_begins_a_quarter_of_an_hour_before_its_date(oss: Oss, clock: Clock) -> None:
    url = by_oss2("v4").make(oss, "GET", "a")
    clock.advance(-890)
    assert requests.get(url, timeout=5).content == b"hello"
    clock.advance(-20)
    assert code(requests.get(url, timeout=5)) == (403, "AccessDenied")


@pytest.mark.parametrize(
    "query",
    [
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=0",
        "x-amz-signature=0",
        "AWSAccessKeyId=AK&Expires=9999999999&Signature=0",
        "x-oss-signature-version=OSS3&x-oss-access-key-id=AK&x-oss-expires=9999999999&x-oss-signature=0",
        "OSSAccessKeyId=AK&x-oss-signature=0&x-oss-signature-version=OSS2&x-oss-access-key-id=AK&x-oss-expires=9",
    ],
)
def test_a_url_that_is_not_understood_is_refused_even_to_read(oss: Oss, query: str) -> None:
    assert code(requests.get(f"{oss.url}/my-site/a?{query}", timeout=5)) == (400, "InvalidArgument")


@any_url
def test_a_signature_in_both_places_is_refused(oss: Oss, by: Presigned) -> None:
    request = signed(oss, "v1", "GET", "a")
    answer = requests.get(by.make(oss, "GET", "a"), headers=request.headers, timeout=5)
    assert code(answer) == (400, "InvalidArgument")


@pytest.mark.parametrize("version", ["v2", "v4"])
def test_a_url_signs_the_headers_that_its_maker_adds(oss: Oss, version: str) -> None:
    with bucket(oss, version) as owner:
        url = owner.sign_url("GET", "a", 60, headers={"range": "bytes=1-2"}, additional_headers={"range"})
    assert requests.get(url, headers={"Range": "bytes=1-2"}, timeout=5).content == b"el"
    assert code(requests.get(url, headers={"Range": "bytes=0-4"}, timeout=5)) == (403, "SignatureDoesNotMatch")
    assert code(requests.get(url, timeout=5)) == (400, "InvalidArgument")


@any_url
def test_a_parameter_that_was_signed_is_obeyed(oss: Oss, by: Presigned) -> None:
    if by.name.startswith("oss2"):
        url = by.make(oss, "GET", "a", params={"response-content-type": "text/css; a=b+c"})
    else:
        url = by.make(oss, "GET", "a", response_content_type="text/css; a=b+c")
    assert requests.get(url, timeout=5).headers["Content-Type"] == "text/css; a=b+c"
