"""OSS in a box: the record of each change, as a native trigger delivers it."""

import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.oss import Oss

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "invalid escape sequence")  # in docstrings of oss2, met when it is compiled
    import oss2

START = 1_800_000_000.0
PART = 100 * 1024


@pytest.fixture
def oss() -> Iterator[Oss]:
    with Oss(Clock(START)) as oss:
        yield oss


@pytest.fixture
def events(oss: Oss) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = []
    oss.subscribe(events.append)
    return events


@pytest.fixture
def bucket(oss: Oss) -> Iterator[Any]:
    session = oss2.Session()
    yield oss2.Bucket(oss2.Auth("AK", "SECRET"), oss.url, "my-site", session=session)
    session.session.close()


def seen(events: list[dict[str, Any]]) -> list[tuple[str, str, int, int]]:
    """Name, key, size and delta of each."""
    objects = [(event["eventName"], event["oss"]["object"]) for event in events]
    return [(name, found["key"], found["size"], found["deltaSize"]) for name, found in objects]


def test_a_record_has_the_native_shape(bucket: Any, events: list[dict[str, Any]]) -> None:
    answer = bucket.put_object("图/a+b%.html", b"hello", headers={"x-oss-meta-who": "me"})
    assert events == [
        {
            "eventName": "ObjectCreated:PutObject",
            "eventSource": "acs:oss",
            "eventTime": "2027-01-15T08:00:00.000Z",
            "eventVersion": "1.0",
            "oss": {
                "bucket": {
                    "arn": "acs:oss:cn-hangzhou:1234567890123456:my-site",
                    "name": "my-site",
                    "ownerIdentity": "1234567890123456",
                    "virtualBucket": "",
                },
                "object": {
                    "deltaSize": 5,
                    "eTag": "5D41402ABC4B2A76B9719D911017C592",
                    "key": "图/a+b%.html",
                    "objectMeta": {"mimeType": "text/html", "userMeta": {"x-oss-meta-who": "me"}},
                    "size": 5,
                },
                "ossSchemaVersion": "1.0",
                "ruleId": events[0]["oss"]["ruleId"],
            },
            "region": "cn-hangzhou",
            "requestParameters": {"sourceIPAddress": "127.0.0.1"},
            "responseElements": {"requestId": answer.request_id},
            "userIdentity": {"principalId": "1234567890123456"},
        }
    ]


def test_the_delta_of_an_overwrite_is_the_difference(bucket: Any, events: list[dict[str, Any]]) -> None:
    for body in (b"four", b"sixsix", b"eq-six", b""):
        bucket.put_object("a", body)
    assert [(size, delta) for _, _, size, delta in seen(events)] == [(4, 4), (6, 2), (6, 0), (0, -6)]


def test_the_event_of_an_append_has_its_position(bucket: Any, events: list[dict[str, Any]]) -> None:
    bucket.append_object("log", 0, b"one")
    bucket.append_object("log", 3, b"more")
    assert seen(events) == [("ObjectCreated:AppendObject", "log", 3, 3), ("ObjectCreated:AppendObject", "log", 7, 4)]
    assert [event["oss"]["object"]["position"] for event in events] == [0, 3]


def test_only_the_delete_of_an_existing_object_fires_an_event(bucket: Any, events: list[dict[str, Any]]) -> None:
    bucket.put_object("a", b"four")
    bucket.delete_object("a")
    bucket.delete_object("a")
    assert seen(events)[1:] == [("ObjectRemoved:DeleteObject", "a", 0, -4)]


def test_a_batch_delete_is_one_record_a_key(bucket: Any, events: list[dict[str, Any]]) -> None:
    for key in ("a", "b"):
        bucket.put_object(key, b"x")
    bucket.batch_delete_objects(["a", "b", "missing"])
    assert seen(events)[2:] == [("ObjectRemoved:DeleteObjects", key, 0, -1) for key in ("a", "b")]


def test_a_copy_and_a_symlink_have_names_of_their_own(bucket: Any, events: list[dict[str, Any]]) -> None:
    bucket.put_object("a", b"x")
    bucket.copy_object("my-site", "a", "b")
    bucket.put_symlink("a", "c")
    assert [name for name, *_ in seen(events)[1:]] == ["ObjectCreated:CopyObject", "ObjectCreated:PutSymlink"]


@pytest.mark.parametrize("name", ["ObjectModified:UpdateObjectMeta", "ObjectCreated:CopyObject"])
def test_a_change_of_metadata_fires_the_configured_event(name: str) -> None:
    """Which of the two OSS sends is not documented."""
    events: list[dict[str, Any]] = []
    with Oss(Clock(START), metadata_event=name) as oss:
        oss.subscribe(events.append)
        bucket = oss2.Bucket(oss2.Auth("AK", "SECRET"), oss.url, "my-site")
        bucket.put_object("a", b"x")
        bucket.update_object_meta("a", {"Cache-Control": "no-cache"})
    assert seen(events)[1:] == [(name, "a", 1, 0)]


def test_a_multipart_upload_makes_noise_before_it_counts(bucket: Any, events: list[dict[str, Any]]) -> None:
    upload = bucket.init_multipart_upload("a").upload_id
    bodies = (b"1" * PART, b"2")
    etags = [bucket.upload_part("a", upload, number, body).etag for number, body in enumerate(bodies, 1)]
    parts = [oss2.models.PartInfo(number, etag) for number, etag in enumerate(etags, 1)]
    bucket.complete_multipart_upload("a", upload, parts)
    assert seen(events) == [
        ("ObjectCreated:InitiateMultipartUpload", "a", 0, 0),
        ("ObjectCreated:UploadPart", "a", PART, 0),
        ("ObjectCreated:UploadPart", "a", 1, 0),
        ("ObjectCreated:CompleteMultipartUpload", "a", PART + 1, PART + 1),
    ]


def test_an_aborted_upload_and_a_copied_part_fire_events(bucket: Any, events: list[dict[str, Any]]) -> None:
    bucket.put_object("a", b"0123456789")
    upload = bucket.init_multipart_upload("b").upload_id
    bucket.upload_part_copy("my-site", "a", (2, 4), "b", upload, 1)
    bucket.abort_multipart_upload("b", upload)
    assert seen(events)[2:] == [
        ("ObjectCreated:UploadPartCopy", "b", 3, 0),
        ("ObjectRemoved:AbortMultipartUpload", "b", 0, 0),
    ]


def test_reads_and_refused_writes_fire_no_event(bucket: Any, events: list[dict[str, Any]]) -> None:
    bucket.put_object("a", b"x")
    bucket.get_object("a").read()
    bucket.list_objects()
    with pytest.raises(oss2.exceptions.OssError):
        bucket.put_object("a", b"y", headers={"x-oss-forbid-overwrite": "true"})
    assert len(events) == 1


def test_every_record_has_another_request_id(bucket: Any, events: list[dict[str, Any]]) -> None:
    """It is what tells duplicates from changes."""
    for _ in range(3):
        bucket.put_object("a", b"x")
    assert len({event["responseElements"]["requestId"] for event in events}) == 3
