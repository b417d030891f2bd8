"""OSS in a box copies whole objects and parts of them: ranges, conditions, sources."""

from collections.abc import Iterator
from email.utils import formatdate
from typing import Any

import alibabacloud_oss_v2 as oss_v2
import pytest
from oss_clients import KEYS, bucket, client, oss2, refusal

from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.oss import Oss

START = 1_800_000_000.0
DIGITS = b"0123456789"
EARLIER, LATER = formatdate(START - 60, usegmt=True), formatdate(START + 60, usegmt=True)


@pytest.fixture
def oss() -> Iterator[Oss]:
    with Oss(Clock(START)) as oss:
        oss.stock("my-site", {"digits": DIGITS, "empty": b""})
        yield oss


@pytest.fixture
def owner(oss: Oss) -> Iterator[Any]:
    with bucket(oss) as owner:
        yield owner


def part(owner: Any, given: str | None, source: str = "digits") -> tuple[bytes, str | None]:
    """What is copied as the only part of an upload, and which range the answer names."""
    upload = owner.init_multipart_upload("copy").upload_id
    headers = {} if given is None else {"x-oss-copy-source-range": given}
    copied = owner.upload_part_copy("my-site", source, None, "copy", upload, 1, headers=headers)
    owner.complete_multipart_upload("copy", upload, [oss2.models.PartInfo(1, copied.etag)])
    return owner.get_object("copy").read(), copied.headers.get("Content-Range")


@pytest.mark.parametrize(
    ("given", "body", "told"),
    [
        (None, DIGITS, None),
        ("bytes=2-4", b"234", "bytes 2-4/10"),
        ("bytes=0-0", b"0", "bytes 0-0/10"),
        ("bytes=9-9", b"9", "bytes 9-9/10"),
        ("bytes=0-", DIGITS, "bytes 0-9/10"),
        ("bytes=7-", b"789", "bytes 7-9/10"),
        ("bytes=9-", b"9", "bytes 9-9/10"),
        ("bytes=-3", b"789", "bytes 7-9/10"),
        ("bytes=-30", DIGITS, "bytes 0-9/10"),
        ("bytes=7-100", b"789", "bytes 7-9/10"),
    ],
)
def test_a_range_of_a_part_may_be_open(owner: Any, given: str | None, body: bytes, told: str | None) -> None:
    assert part(owner, given) == (body, told)


@pytest.mark.parametrize(
    "given",
    [
        "bytes=-",
        "bytes=",
        "bytes",
        "",
        "7-9",
        "bytes=7",
        "bytes=9-7",
        "bytes=a-b",
        "bytes=0x1-",
        "bytes=1-2,4-5",
        "bytes= 1-2",
        "items=1-2",
        "bytes=10-",
        "bytes=-0",
        "bytes=+1-2",
        f"bytes={'9' * 5_000}-",
    ],
)
def test_an_invalid_range_is_ignored(owner: Any, given: str) -> None:
    """The whole object is copied, and no range is told ("x-oss-copy-source-range")."""
    assert part(owner, given) == (DIGITS, None)


def test_an_empty_object_has_no_range(owner: Any) -> None:
    assert part(owner, "bytes=0-", "empty") == (b"", None)


@pytest.mark.parametrize(("given", "body"), [("bytes=7-", b"789"), ("bytes=2-4", b"234"), ("bytes=x", DIGITS)])
def test_the_newer_sdk_copies_parts(oss: Oss, given: str, body: bytes) -> None:
    owner = client(oss, "v1")
    begun = owner.initiate_multipart_upload(oss_v2.InitiateMultipartUploadRequest("my-site", "copy"))
    named = {"bucket": "my-site", "key": "copy", "upload_id": begun.upload_id}
    wanted = oss_v2.UploadPartCopyRequest(**named, part_number=1, source_key="digits", source_range=given)
    copied = owner.upload_part_copy(wanted)
    parts = oss_v2.CompleteMultipartUpload(parts=[oss_v2.UploadPart(part_number=1, etag=copied.etag)])
    owner.complete_multipart_upload(oss_v2.CompleteMultipartUploadRequest(**named, complete_multipart_upload=parts))
    assert oss.objects("my-site")["copy"].body == body


@pytest.mark.parametrize("number", ["0", "10001", "-1", "", "1.0", "²", "9" * 5_000])
def test_a_part_has_a_number_from_1_to_10000(oss: Oss, owner: Any, number: str) -> None:
    upload = owner.init_multipart_upload("copy").upload_id
    wanted = {"uploadId": upload, "partNumber": number}
    call = owner._do  # noqa: SLF001 - any request
    assert refusal(call, "PUT", "my-site", "copy", params=wanted) == (400, "InvalidArgument")
    assert list(oss.objects("my-site")) == ["digits", "empty"]


@pytest.mark.parametrize(
    ("conditions", "answer"),
    [
        ({"if-match": '"781E5E245D69B566979B86E28D23F2C7"'}, (200, "")),
        ({"if-match": "781e5e245d69b566979b86e28d23f2c7"}, (200, "")),
        ({"if-match": '"0"'}, (412, "PreconditionFailed")),
        ({"if-none-match": '"0"'}, (200, "")),
        ({"if-none-match": '"781E5E245D69B566979B86E28D23F2C7"'}, (304, "")),
        ({"if-none-match": "*"}, (304, "")),
        ({"if-modified-since": EARLIER}, (200, "")),
        ({"if-modified-since": LATER}, (304, "")),
        ({"if-unmodified-since": LATER}, (200, "")),
        ({"if-unmodified-since": EARLIER}, (412, "PreconditionFailed")),
        ({"if-modified-since": "yesterday"}, (200, "")),
        ({"if-none-match": '"0"', "if-modified-since": LATER}, (200, "")),
        ({"if-match": '"0"', "if-none-match": '"0"'}, (412, "PreconditionFailed")),
        ({"if-match": "*", "if-unmodified-since": EARLIER}, (412, "PreconditionFailed")),
    ],
)
@pytest.mark.parametrize("in_parts", [False, True])
def test_a_copy_keeps_the_conditions_on_its_source(
    oss: Oss, owner: Any, conditions: dict[str, str], answer: tuple[int, str], *, in_parts: bool
) -> None:
    upload = owner.init_multipart_upload("copy").upload_id
    events: list[Any] = []
    oss.subscribe(events.append)
    headers = {f"x-oss-copy-source-{name}": value for name, value in conditions.items()}
    if in_parts:
        call, arguments = owner.upload_part_copy, ("my-site", "digits", None, "copy", upload, 1)
    else:
        call, arguments = owner.copy_object, ("my-site", "digits", "copy")
    assert refusal(call, *arguments, headers=headers) == answer
    assert len(events) == (answer[0] == 200)


@pytest.mark.parametrize(
    ("source", "answer"),
    [
        ("/my-site/digits", (200, "")),
        ("/my-site/%64igits", (200, "")),
        ("my-site/digits", (400, "InvalidArgument")),
        ("/my-site/", (400, "InvalidArgument")),
        ("/my-site", (400, "InvalidArgument")),
        ("/", (400, "InvalidArgument")),
        ("", (400, "InvalidArgument")),
        ("/my-site/%FF", (400, "InvalidArgument")),
        ("/my-site/digits?versionId=1", (501, "NotImplemented")),
        ("/my-site/digits%3FversionId=1", (404, "NoSuchKey")),
        ("/other/digits", (404, "NoSuchBucket")),
    ],
)
def test_a_source_is_a_bucket_and_a_key(owner: Any, source: str, answer: tuple[int, str]) -> None:
    headers = {"x-oss-copy-source": source}
    assert refusal(owner._do, "PUT", "my-site", "copy", headers=headers) == answer  # noqa: SLF001 - any request


@pytest.mark.parametrize("key", KEYS)
def test_a_key_of_any_kind_can_be_copied(oss: Oss, owner: Any, key: str) -> None:
    owner.put_object(key, b"x")
    owner.copy_object("my-site", key, f"by oss2 {key}")
    wanted = oss_v2.CopyObjectRequest(bucket="my-site", key=f"by oss-v2 {key}", source_key=key)
    client(oss, "v1").copy_object(wanted)
    objects = oss.objects("my-site")
    assert objects[f"by oss2 {key}"].body == objects[f"by oss-v2 {key}"].body == b"x"


def test_a_copy_onto_itself_keeps_the_bytes_and_fires_one_event(oss: Oss, owner: Any) -> None:
    events: list[dict[str, Any]] = []
    oss.subscribe(events.append)
    replaced = {"x-oss-metadata-directive": "REPLACE", "x-oss-meta-a": "名".encode()}
    owner.copy_object("my-site", "digits", "digits", headers=replaced)
    assert oss.objects("my-site")["digits"].body == DIGITS
    assert [event["eventName"] for event in events] == ["ObjectModified:UpdateObjectMeta"]


def test_a_symlink_that_is_read_on_condition_is_its_target(owner: Any) -> None:
    etag = owner.head_object("digits").etag
    owner.put_symlink("digits", "link")
    assert refusal(owner.get_object, "link", headers={"If-None-Match": f'"{etag}"'}) == (304, "")


@pytest.mark.parametrize("call", ["head_object", "get_object", "get_object_meta", "get_symlink"])
@pytest.mark.parametrize("conditions", [{}, {"If-Match": "*"}, {"If-None-Match": "*"}, {"If-Modified-Since": LATER}])
def test_a_condition_on_a_missing_object_answers_404(owner: Any, call: str, conditions: dict[str, str]) -> None:
    assert refusal(getattr(owner, call), "nothing", headers=conditions) == (404, "NoSuchKey")
