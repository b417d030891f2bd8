"""The official SDKs of OSS, in every version of signing that they know, pointed at a stand-in."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import alibabacloud_oss_v2 as oss_v2
import requests

from oss_cdn_refresh_box.account.credentials import Key
from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.oss import Oss
from oss_cdn_refresh_box.wire.markup import parse

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "invalid escape sequence")  # in docstrings of oss2, met when it is compiled
    import oss2

Who = tuple[str, str, str]  # access key id, secret, security token

REGION = "cn-hangzhou"
OWNER = ("AK", "SECRET", "")
TEMPORARY = ("STS.AK", "SHORT", "TOKEN+/=")
WRONG = [  # and how each is refused
    (("AK", "WRONG", ""), (403, "SignatureDoesNotMatch")),
    (("AK", "secret", ""), (403, "SignatureDoesNotMatch")),
    (("NOBODY", "SECRET", ""), (403, "InvalidAccessKeyId")),
    (("STS.AK", "SHORT", ""), (403, "InvalidAccessKeyId")),
    (("STS.AK", "SHORT", "ANOTHER"), (403, "InvalidAccessKeyId")),
    (("STS.AK", "WRONG", "TOKEN+/="), (403, "SignatureDoesNotMatch")),
    (("AK", "SECRET", "TOKEN+/="), (403, "InvalidAccessKeyId")),
]
VERSIONS = ["v1", "v2", "v4"]  # of oss2
NEWER = ["v1", "v4"]  # of alibabacloud-oss-v2
AUTHS = {"v1": oss2.Auth, "v2": oss2.AuthV2, "v4": oss2.AuthV4}
KEYS = [
    "a b+c%25.txt",
    "图片/中文 名.jpg",
    "a+b c&d?e#f.txt",
    "emoji-😀.png",
    "dir//x/",
    "two\nlines\r\n",
    "it's(1)!*;=:@,$~.txt",
]


@contextmanager
def stand_in(clock: Clock) -> Iterator[Oss]:
    """A stand-in with one object, which knows the owner's key and a temporary one."""
    keys = {OWNER[0]: OWNER[1], TEMPORARY[0]: Key(TEMPORARY[1], TEMPORARY[2], clock.now() + 900)}
    with Oss(clock, keys=keys) as oss:
        oss.stock("my-site", {"a": b"hello"})
        yield oss


@contextmanager
def two_objects() -> Iterator[Oss]:
    """A stand-in with two objects, for tests that look at what a request changed."""
    with Oss(Clock()) as oss:
        oss.stock("my-site", {"a": b"hello", "b": b"other"})
        yield oss


@contextmanager
def bucket(
    oss: Oss, version: str = "v1", *, name: str = "my-site", who: Who = OWNER, region: str = REGION
) -> Iterator[Any]:
    """An `oss2.Bucket`."""
    auth = oss2.StsAuth(*who, version) if who[2] else AUTHS[version](*who[:2])
    session = oss2.Session()
    try:
        yield oss2.Bucket(auth, oss.url, name, session=session, region=region)
    finally:
        session.session.close()


def client(
    oss: Oss, version: str = "v4", *, who: Who = OWNER, region: str = REGION, additional: list[str] | None = None
) -> Any:
    """A client of `alibabacloud-oss-v2` that tries once."""
    key, secret, token = who
    config = oss_v2.config.load_default()
    config.credentials_provider = oss_v2.credentials.StaticCredentialsProvider(key, secret, token or None)
    config.region, config.endpoint, config.signature_version = region, oss.url, version
    config.retry_max_attempts, config.additional_headers = 1, additional
    return oss_v2.Client(config)


def signed(oss: Oss, version: str, method: str = "PUT", key: str = "b", **headers: str) -> Any:
    """A request as `oss2` signs it, not yet sent."""
    with bucket(oss, version) as owner:
        request = oss2.http.Request(method, f"{oss.url}/my-site/{key}", region=REGION, product="oss", headers=headers)
        owner.auth._sign_request(request, "my-site", key)  # noqa: SLF001 - what it does before it sends
    return request


def put(client: Any, key: str, body: bytes = b"x") -> Any:
    """PutObject by either SDK."""
    if isinstance(client, oss_v2.Client):
        return client.put_object(oss_v2.PutObjectRequest(bucket="my-site", key=key, body=body))
    return client.put_object(key, body)


def refusal(call: Any, *arguments: Any, **named: Any) -> tuple[int, str]:
    """Status and code with which a call of either SDK is refused; (200, "") if it is not."""
    try:
        call(*arguments, **named)
    except oss2.exceptions.OssError as error:
        return error.status, error.code
    except oss_v2.exceptions.OperationError as error:
        cause = error.unwrap()
        return cause.status_code, cause.code
    return 200, ""


def code(answer: requests.Response) -> tuple[int, str]:
    """Status and error code of an answer; no code where it is no refusal."""
    refused = answer.content.startswith(b"<?xml")
    return answer.status_code, (parse(answer.content).findtext("Code") or "") if refused else ""
