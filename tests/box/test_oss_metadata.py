"""OSS in a box keeps what a client says of an object, in UTF-8."""

import json
from collections.abc import Iterator
from typing import Any

import alibabacloud_oss_v2 as oss_v2
import pytest
import requests
from oss_clients import NEWER, VERSIONS, bucket, client, code

from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.oss import Oss

pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")
VALUES = ["plain", "名前", "全…é", "emoji 😀", "a  b", "ü", "%E5%90%8D", '"quoted"; x=1', "a,b:c", "\u0085\u00a0x"]


@pytest.fixture
def oss() -> Iterator[Oss]:
    with Oss(Clock()) as oss:
        yield oss


def bytes_of(value: str) -> bytes:
    """A value of a header that `requests` shows as Latin-1."""
    return value.encode("latin-1")


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("value", VALUES)
def test_metadata_is_returned_unchanged(oss: Oss, version: str, value: str) -> None:
    with bucket(oss, version) as owner:
        owner.put_object("a", b"x", headers={"x-oss-meta-name": value.encode()})
        for answer in (owner.head_object("a"), owner.get_object("a")):
            assert bytes_of(answer.headers["x-oss-meta-name"]).decode() == value
    assert oss.objects("my-site")["a"].headers["x-oss-meta-name"] == value


@pytest.mark.parametrize("value", VALUES)
def test_the_event_holds_the_metadata(oss: Oss, value: str) -> None:
    events: list[dict[str, Any]] = []
    oss.subscribe(events.append)
    with bucket(oss) as owner:
        owner.put_object("a", b"x", headers={"x-oss-meta-name": value.encode()})
    assert events[0]["oss"]["object"]["objectMeta"]["userMeta"] == {"x-oss-meta-name": value}


@pytest.mark.parametrize("version", NEWER)
@pytest.mark.parametrize("value", ["plain", "%E5%90%8D", "a  b"])
def test_the_newer_sdk_gets_its_metadata_back(oss: Oss, version: str, value: str) -> None:
    """It cannot send anything but ASCII: it signs UTF-8, and its HTTP library sends Latin-1."""
    owner = client(oss, version)
    owner.put_object(oss_v2.PutObjectRequest(bucket="my-site", key="a", body=b"x", metadata={"name": value}))
    assert owner.head_object(oss_v2.HeadObjectRequest("my-site", "a")).metadata == {"name": value}


@pytest.mark.parametrize("version", NEWER)
def test_the_newer_sdk_reads_the_metadata_of_others(oss: Oss, version: str) -> None:
    with bucket(oss) as owner:
        owner.put_object("a", b"x", headers={"x-oss-meta-name": "名".encode()})
    read = client(oss, version).head_object(oss_v2.HeadObjectRequest("my-site", "a")).metadata["name"]
    assert bytes_of(read).decode() == "名"


def test_metadata_that_is_not_utf_8_is_returned_unchanged(oss: Oss) -> None:
    events: list[dict[str, Any]] = []
    oss.subscribe(events.append)
    with bucket(oss, "v4") as owner:
        url = owner.sign_url("PUT", "a", 60, headers={"x-oss-meta-name": b"\xff\xfe"})
    assert code(requests.put(url, b"x", headers={"x-oss-meta-name": b"\xff\xfe"}, timeout=5)) == (200, "")
    got = requests.head(f"{oss.url}/my-site/a", timeout=5)
    assert bytes_of(got.headers["x-oss-meta-name"]) == b"\xff\xfe"
    assert json.dumps(events[0])


@pytest.mark.parametrize("name", ["content-disposition", "cache-control", "content-language"])
def test_standard_headers_may_hold_characters_beyond_ascii(oss: Oss, name: str) -> None:
    with bucket(oss) as owner:
        owner.put_object("a", b"x", headers={name: "名".encode()})
        assert bytes_of(owner.get_object("a").headers[name]).decode() == "名"


@pytest.mark.parametrize("version", VERSIONS)
def test_metadata_of_a_multipart_upload_and_of_a_copy_are_kept(oss: Oss, version: str) -> None:
    meta = {"x-oss-meta-name": "名".encode()}
    with bucket(oss, version) as owner:
        upload = owner.init_multipart_upload("a", headers=meta).upload_id
        owner.upload_part("a", upload, 1, b"x")
        owner.complete_multipart_upload("a", upload, None, headers={"x-oss-complete-all": "yes"})
        owner.copy_object("my-site", "a", "b")
        owner.update_object_meta("a", {"x-oss-meta-name": "二".encode()})
    objects = oss.objects("my-site")
    assert [objects[key].headers["x-oss-meta-name"] for key in "ba"] == ["名", "二"]
