"""Oracle: the lists of `oss2` and `alibabacloud-oss-v2` of parameters that version 1 of OSS's signature covers.

The list of the stand-in of OSS, and the requests of our reader of OSS objects, must agree with them. Version 4 covers
every parameter, so it has no list.
"""

import re
import time
import warnings
from collections.abc import Iterable, Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import alibabacloud_oss_v2 as oss_v2
import pytest
from alibabacloud_oss_v2.credentials import Credentials as KeyOfV2
from alibabacloud_oss_v2.signer import SignerV1
from alibabacloud_oss_v2.types import HttpRequest, SigningContext

from oss_cdn_refresh.transport import oss_object
from oss_cdn_refresh.transport.credentials import Credentials
from oss_cdn_refresh.transport.session import Session
from oss_cdn_refresh_box.account.credentials import Key
from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.oss import Oss
from oss_cdn_refresh_box.oss.signing import signatures
from oss_cdn_refresh_box.oss.signing.addressing import Place
from oss_cdn_refresh_box.oss.signing.claims import V1, Claim
from oss_cdn_refresh_box.oss.signing.signatures import KNOWN, Subject, signature

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "invalid escape sequence")  # in docstrings of oss2, when Python compiles it
    import oss2

pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")

OF_OSS2 = frozenset(oss2.auth.ProviderAuth._subresource_key_set)  # noqa: SLF001 - there is no public list
OF_V2_SIGNER = frozenset(SignerV1._subresource_key_set)  # noqa: SLF001 - there is no public list
NOT_COVERED = ["v", "Acl", "x-oss-unknown", "max-keys"]  # names that select no operation


def of_v2_operations() -> Iterator[str]:
    """The names that the operations of `alibabacloud-oss-v2` add to the list of its signer."""
    for file in Path(oss_v2.__file__).parent.rglob("*.py"):
        for listed in re.findall(r"['\"]sub-resource['\"]: ?\[([^\]]*)\]", file.read_text(encoding="utf-8")):
            yield from re.findall(r"['\"]([^'\"]+)['\"]", listed)


OFFICIAL = OF_OSS2 | OF_V2_SIGNER | frozenset(of_v2_operations())


def complaints(known: Iterable[str]) -> list[str]:
    """The differences between a list of names and the official lists."""
    ours = frozenset(known)
    return [
        *(f"{name} is not covered" for name in sorted(OFFICIAL - ours)),
        *(f"{name} is covered by no SDK" for name in sorted(ours - OFFICIAL)),
    ]


def by_oss2(name: str) -> tuple[str, str]:
    """The date and the signature with which `oss2` asks for an object with this parameter."""
    request = oss2.http.Request("GET", "http://oss.example/my-site/a", params={name: "1"})
    oss2.Auth("AK", "SECRET")._sign_request(request, "my-site", "a")  # noqa: SLF001 - without sending it
    return request.headers["date"], request.headers["authorization"].rpartition(":")[2]


def by_v2(name: str) -> tuple[str, str]:
    """The date and the signature with which `alibabacloud-oss-v2` sends this parameter, in an operation that has it."""
    request = HttpRequest("GET", f"http://oss.example/my-site/a?{name}=1", headers={})
    context = SigningContext(bucket="my-site", key="a", request=request, credentials=KeyOfV2("AK", "SECRET"))
    context.signing_time = datetime.fromtimestamp(time.time(), timezone.utc)
    context.sub_resource = [name] if name in OFFICIAL else []
    SignerV1().sign(context)
    return request.headers["Date"], request.headers["Authorization"].rpartition(":")[2]


def by_the_stand_in(name: str, date: str) -> str:
    """The signature that the stand-in expects of the same request."""
    subject = Subject("GET", [("date", date)], [(name, "1")], Place("my-site", "a"))
    return signature(subject, Claim(V1, "AK", "", "", date), "SECRET")


def test_the_stand_in_covers_every_name_of_an_sdk_and_no_other() -> None:
    assert complaints(KNOWN) == []


@pytest.mark.parametrize("name", ["acl", "x-oss-process", "cloudboxes", "objectWorm"])
def test_a_name_that_the_list_lacks_is_reported(name: str) -> None:
    assert complaints(KNOWN - {name}) == [f"{name} is not covered"]


@pytest.mark.parametrize("name", ["Acl", "max-keys", "prefix"])
def test_a_name_that_no_sdk_has_is_reported(name: str) -> None:
    assert complaints(KNOWN | {name}) == [f"{name} is covered by no SDK"]


@pytest.mark.parametrize("name", [*sorted(OF_OSS2), *NOT_COVERED])
def test_the_stand_in_expects_the_signature_of_oss2(name: str) -> None:
    date, signed = by_oss2(name)
    assert by_the_stand_in(name, date) == signed


@pytest.mark.parametrize("name", [*sorted(OFFICIAL), *NOT_COVERED])
def test_the_stand_in_expects_the_signature_of_the_newer_sdk(name: str) -> None:
    date, signed = by_v2(name)
    assert by_the_stand_in(name, date) == signed


@pytest.mark.parametrize(("fault", "name"), [(KNOWN - {"acl"}, "acl"), (KNOWN | {"max-keys"}, "max-keys")])
@pytest.mark.parametrize("sign", [by_oss2, by_v2])
def test_a_fault_in_the_list_changes_the_expected_signature(
    monkeypatch: pytest.MonkeyPatch, sign: Any, fault: frozenset[str], name: str
) -> None:
    monkeypatch.setattr(signatures, "KNOWN", fault)
    date, signed = sign(name)
    assert by_the_stand_in(name, date) != signed


@pytest.mark.parametrize("region", ["", "cn-hangzhou"])  # signature version 1, and version 4
@pytest.mark.parametrize("key", ["acl", "a?acl", "a?uploads=1&x", "acl=1", "%3Facl", "a#acl"])
def test_a_key_that_looks_like_a_covered_parameter_is_read_as_a_key(key: str, region: str) -> None:
    """The stand-in checks the signature of our reader, and would give another answer for a parameter."""
    clock = Clock()
    with Oss(clock, keys={"STS.AK": Key("SHORT", "TOKEN", clock.now() + 900)}) as oss:
        oss.stock("my-site", {key: b"hello"})
        found = oss_object.read(
            f"oss://my-site/{key}",
            variable="REFRESH_CONFIG",
            endpoint=oss.url,
            region=region,
            credentials=Credentials("STS.AK", "SHORT", "TOKEN"),
            session=Session(),
            timeout=60,
        )
    assert found is not None
    assert found.body == b"hello"
