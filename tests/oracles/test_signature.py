"""Oracle: `alibabacloud-openapi-util` and the published example. Our signatures must equal theirs."""

import hashlib
from collections.abc import Mapping
from random import Random

import pytest
from alibabacloud_openapi_util.client import Client as Official
from Tea.request import TeaRequest

from oss_cdn_refresh.products.signature import ALGORITHM, authorization

ALPHABET = [
    *"abcXYZ019-._~",
    *" !\"#$%&'()*+,/:;<=>?@[\\]^`{|}",
    *"\n\r\t\0\x7f",
    "\r\n",
    "%20",
    "%2B",
    "%e4",
    "+",
    "*",
    "~",
    *"éß中文長Ж",
    *"😀🏳",
    "\u2028",
    "\ufeff",
]


def text(random: Random, longest: int = 40) -> str:
    return "".join(random.choices(ALPHABET, k=random.randrange(longest)))


def official(
    method: str, headers: Mapping[str, str], parameters: Mapping[str, str], body: bytes, key: str, secret: str
) -> str:
    """The header from Alibaba Cloud's own library."""
    request = TeaRequest()
    request.method, request.pathname, request.query, request.headers = method, "/", dict(parameters), dict(headers)
    return str(Official.get_authorization(request, ALGORITHM, hashlib.sha256(body).hexdigest(), key, secret))


def test_the_published_example_has_the_published_signature() -> None:
    """Documentation of the V3 signature, RunInstances of ECS."""
    empty = hashlib.sha256(b"").hexdigest()
    header = authorization(
        "POST",
        {
            "host": "ecs.cn-shanghai.aliyuncs.com",
            "x-acs-action": "RunInstances",
            "x-acs-content-sha256": empty,
            "x-acs-date": "2023-10-26T10:22:32Z",
            "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
            "x-acs-version": "2014-05-26",
        },
        {"RegionId": "cn-shanghai", "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"},
        b"",
        access_key_id="YourAccessKeyId",
        access_key_secret="YourAccessKeySecret",  # noqa: S106 - the example's
    )
    assert header == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,"
        "SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,"
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


@pytest.mark.parametrize("seed", range(20))
def test_random_requests_are_signed_as_by_the_official_sdk(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - repeatable
    for _ in range(250):
        headers = {
            "host": "cdn.aliyuncs.com",
            "content-type": "application/x-www-form-urlencoded",
            "x-acs-action": "RefreshObjectCaches",
            "x-acs-date": "2026-11-22T04:00:00Z",
            **{f"x-acs-{name}": text(random) for name in random.sample("bcdefgh", random.randrange(5))},
        }
        parameters = {f"Parameter.{number}": text(random) for number in random.sample(range(20), random.randrange(4))}
        body = text(random, 200).encode()
        key, secret = f"AK{random.random()}", text(random) or "secret"
        header = authorization("POST", headers, parameters, body, access_key_id=key, access_key_secret=secret)
        assert header == official("POST", headers, parameters, body, key, secret)


@pytest.mark.parametrize("changed", ["method", "header", "parameter", "body", "secret"])
def test_every_signed_part_changes_the_signature(changed: str) -> None:
    def signed(part: str) -> str:
        return authorization(
            "GET" if part == "method" else "POST",
            {"host": "cdn.aliyuncs.com", "x-acs-date": f"not {part}" if part == "header" else "now"},
            {"Force": str(part == "parameter")},
            part.encode() if part == "body" else b"",
            access_key_id="AK",
            access_key_secret=part if part == "secret" else "SECRET",
        )

    assert signed(changed).rpartition("=")[2] != signed("").rpartition("=")[2]
