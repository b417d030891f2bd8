"""OSS in a box through the real `oss2`: what is written is what is read."""

import warnings
from collections.abc import Iterator
from email.utils import formatdate
from typing import Any

import pytest

from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.oss import Oss

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "invalid escape sequence")  # in docstrings of oss2, met when it is compiled
    import oss2

START = 1_800_000_000.0
KEYS = ["a b+c%25.txt", "图片/中文 名.jpg", "a+b c&d?e#f.txt", "emoji-😀.png", "dir/", "x//y", "it's(1)!*;=:@,$.txt"]


@pytest.fixture
def clock() -> Clock:
    return Clock(START)


@pytest.fixture
def oss(clock: Clock) -> Iterator[Oss]:
    with Oss(clock) as oss:
        yield oss


@pytest.fixture
def bucket(oss: Oss) -> Iterator[Any]:
    session = oss2.Session()
    yield oss2.Bucket(oss2.Auth("AK", "SECRET"), oss.url, "my-site", session=session)
    session.session.close()


def refusal(call: Any, *arguments: Any, **named: Any) -> str:
    """The error code with which a call is refused."""
    with pytest.raises(oss2.exceptions.OssError) as error:
        call(*arguments, **named)
    code: str = error.value.code
    return code


def test_an_object_comes_back_as_it_was_put(bucket: Any) -> None:
    bucket.put_object("a.html", b"<h1>", headers={"Cache-Control": "max-age=60", "x-oss-meta-who": "me"})
    got = bucket.get_object("a.html")
    assert got.read() == b"<h1>"
    assert (got.content_type, got.headers["cache-control"], got.headers["x-oss-meta-who"]) == (
        "text/html",
        "max-age=60",
        "me",
    )


def test_the_etag_is_the_digest_and_the_time_is_the_clocks(bucket: Any, oss: Oss) -> None:
    bucket.put_object("a", b"hello")
    head = bucket.head_object("a")
    assert head.etag == "5D41402ABC4B2A76B9719D911017C592"
    assert head.headers["ETag"] == f'"{head.etag}"'
    assert head.last_modified == START
    assert (head.content_length, head.object_type) == (5, "Normal")
    assert oss.objects("my-site")["a"].body == b"hello"


@pytest.mark.parametrize("key", [*KEYS, "k" * 1_023])
def test_a_key_of_any_kind_is_kept_as_it_is(bucket: Any, oss: Oss, key: str) -> None:
    bucket.put_object(key, b"x")
    assert list(oss.objects("my-site")) == [key]
    assert bucket.get_object(key).read() == b"x"
    assert [found.key for found in bucket.list_objects().object_list] == [key]


@pytest.mark.parametrize("key", ["k" * 1_024, "/rooted"])
def test_an_invalid_key_is_refused(bucket: Any, key: str) -> None:
    assert refusal(bucket.put_object, key, b"x") == "InvalidObjectName"


def test_a_missing_object_is_refused_with_its_code(bucket: Any) -> None:
    """In the body, and where there is none, in a header."""
    assert refusal(bucket.get_object, "nothing") == "NoSuchKey"
    assert refusal(bucket.head_object, "nothing") == "NoSuchKey"
    assert not bucket.object_exists("nothing")


def test_a_missing_bucket_is_refused_with_its_code(oss: Oss) -> None:
    elsewhere = oss2.Bucket(oss2.Auth("AK", "SECRET"), oss.url, "elsewhere")
    assert refusal(elsewhere.put_object, "a", b"") == "NoSuchBucket"
    elsewhere.create_bucket()
    elsewhere.put_object("a", b"")
    assert list(oss.objects("elsewhere")) == ["a"]


def test_an_unchanged_object_is_not_sent_again(bucket: Any, clock: Clock) -> None:
    etag = bucket.put_object("a", b"one").etag
    for conditions in ({"If-None-Match": f'"{etag}"'}, {"If-Modified-Since": formatdate(START, usegmt=True)}):
        with pytest.raises(oss2.exceptions.NotModified):
            bucket.get_object("a", headers=conditions)
    clock.advance(1)
    bucket.put_object("a", b"two")
    for conditions in ({"If-None-Match": f'"{etag}"'}, {"If-Modified-Since": formatdate(START, usegmt=True)}):
        assert bucket.get_object("a", headers=conditions).read() == b"two"


def test_a_same_moment_overwrite_is_seen_by_its_etag(bucket: Any) -> None:
    """If-None-Match wins over If-Modified-Since."""
    etag = bucket.put_object("a", b"one").etag
    bucket.put_object("a", b"two")
    both = {"If-None-Match": f'"{etag}"', "If-Modified-Since": formatdate(START, usegmt=True)}
    assert bucket.get_object("a", headers=both).read() == b"two"


def test_a_condition_that_fails_is_refused(bucket: Any) -> None:
    bucket.put_object("a", b"one")
    assert refusal(bucket.get_object, "a", headers={"If-Match": '"0"'}) == "PreconditionFailed"


@pytest.mark.parametrize(("wanted", "got"), [((2, 4), b"234"), ((7, None), b"789"), ((None, 2), b"89")])
def test_a_part_of_an_object_can_be_read(bucket: Any, wanted: tuple[int | None, int | None], got: bytes) -> None:
    bucket.put_object("digits", b"0123456789")
    answer = bucket.get_object("digits", byte_range=wanted)
    assert (answer.status, answer.read()) == (206, got)


def test_a_listing_is_paged_in_the_order_of_the_keys(bucket: Any) -> None:
    for key in ("b", "a/2", "a/1", "c", "é"):
        bucket.put_object(key, b"")
    first = bucket.list_objects(max_keys=2)
    assert ([found.key for found in first.object_list], first.is_truncated) == (["a/1", "a/2"], True)
    assert [found.key for found in oss2.ObjectIterator(bucket, max_keys=2)] == ["a/1", "a/2", "b", "c", "é"]
    assert [found.key for found in oss2.ObjectIteratorV2(bucket, max_keys=2)] == ["a/1", "a/2", "b", "c", "é"]


def test_a_delimiter_lists_deeper_keys_as_common_prefixes(bucket: Any) -> None:
    for key in ("top", "a/1", "a/2", "a/b/3", "z/1"):
        bucket.put_object(key, b"")
    below = [(found.key, found.is_prefix()) for found in oss2.ObjectIterator(bucket, prefix="a/", delimiter="/")]
    assert below == [("a/1", False), ("a/2", False), ("a/b/", True)]
    paged = [found.key for found in oss2.ObjectIterator(bucket, delimiter="/", max_keys=1)]
    assert paged == ["a/", "top", "z/"]


def test_deleting_a_missing_object_succeeds(bucket: Any, oss: Oss) -> None:
    bucket.put_object("a", b"")
    assert (bucket.delete_object("a").status, bucket.delete_object("a").status) == (204, 204)
    assert oss.objects("my-site") == {}


def test_many_are_deleted_at_once(bucket: Any, oss: Oss) -> None:
    for key in KEYS:
        bucket.put_object(key, b"")
    assert bucket.batch_delete_objects([*KEYS, "missing"]).deleted_keys == [*KEYS, "missing"]
    assert oss.objects("my-site") == {}


def test_a_quiet_batch_delete_has_an_empty_answer(bucket: Any, oss: Oss) -> None:
    """`oss2` has no method that asks for it."""
    bucket.put_object("a", b"")
    body = b"<Delete><Quiet>true</Quiet><Object><Key>a</Key></Object></Delete>"
    answer = bucket._do("POST", "my-site", "", data=body, params={"delete": ""})  # noqa: SLF001 - any request
    assert answer.read() == b""
    assert oss.objects("my-site") == {}


def test_a_copy_keeps_the_headers_or_takes_new_ones(bucket: Any, oss: Oss) -> None:
    bucket.put_object("a b", b"x", headers={"Content-Type": "text/plain"})
    bucket.copy_object("my-site", "a b", "kept")
    new = {"x-oss-metadata-directive": "REPLACE", "Content-Type": "text/css"}
    bucket.copy_object("my-site", "a b", "replaced", headers=new)
    objects = oss.objects("my-site")
    assert [objects[key].headers["content-type"] for key in ("kept", "replaced")] == ["text/plain", "text/css"]
    assert objects["kept"].body == objects["replaced"].body == b"x"
    assert refusal(bucket.copy_object, "my-site", "nothing", "b") == "NoSuchKey"


def test_metadata_change_by_a_copy_onto_itself(bucket: Any, clock: Clock) -> None:
    bucket.put_object("a", b"x")
    clock.advance(5)
    bucket.update_object_meta("a", {"Cache-Control": "no-cache"})
    head = bucket.head_object("a")
    assert (head.headers["cache-control"], head.last_modified) == ("no-cache", START + 5)


def test_a_copy_onto_itself_replaces_the_headers_without_a_directive(bucket: Any, oss: Oss) -> None:
    bucket.put_object("a", b"x", headers={"Content-Type": "text/plain"})
    bucket.copy_object("my-site", "a", "a", headers={"Content-Type": "text/css"})
    assert oss.objects("my-site")["a"].headers["content-type"] == "text/css"


def test_appending_needs_the_right_position(bucket: Any) -> None:
    assert bucket.append_object("log", 0, b"one").next_position == 3
    assert refusal(bucket.append_object, "log", 0, b"two") == "PositionNotEqualToLength"
    assert bucket.append_object("log", 3, b"two").next_position == 6
    assert bucket.get_object("log").read() == b"onetwo"
    bucket.put_object("plain", b"")
    assert refusal(bucket.append_object, "plain", 0, b"x") == "ObjectNotAppendable"


def test_a_large_file_goes_up_in_parts(bucket: Any, tmp_path: Any) -> None:
    content = bytes(range(256)) * 1_000
    (tmp_path / "large").write_bytes(content)
    oss2.resumable_upload(
        bucket,
        "large",
        str(tmp_path / "large"),
        store=oss2.ResumableStore(str(tmp_path)),
        multipart_threshold=100 * 1024,
        part_size=100 * 1024,
        num_threads=1,
    )
    assert bucket.get_object("large").read() == content
    head = bucket.head_object("large")
    assert (head.object_type, head.etag.endswith("-3")) == ("Multipart", True)


def test_an_upload_that_is_not_complete_is_not_there(bucket: Any, oss: Oss) -> None:
    upload = bucket.init_multipart_upload("a").upload_id
    part = bucket.upload_part("a", upload, 1, b"x")
    assert oss.objects("my-site") == {}
    wrong = [oss2.models.PartInfo(1, "0" * 32)]
    assert refusal(bucket.complete_multipart_upload, "a", upload, wrong) == "InvalidPart"
    bucket.abort_multipart_upload("a", upload)
    right = [oss2.models.PartInfo(1, part.etag)]
    assert refusal(bucket.complete_multipart_upload, "a", upload, right) == "NoSuchUpload"


def test_all_parts_but_the_last_are_of_some_size(bucket: Any) -> None:
    upload = bucket.init_multipart_upload("a").upload_id
    etags = [bucket.upload_part("a", upload, number, b"small").etag for number in (1, 2)]
    parts = [oss2.models.PartInfo(number, etag) for number, etag in enumerate(etags, 1)]
    assert refusal(bucket.complete_multipart_upload, "a", upload, parts) == "EntityTooSmall"


def test_a_symlink_is_as_new_as_the_later_of_itself_and_its_target(bucket: Any, clock: Clock) -> None:
    """HeadObject: "Last-Modified"."""
    bucket.put_object("real", b"x")
    clock.advance(10)
    bucket.put_symlink("real", "link")
    assert bucket.head_object("link").last_modified == START + 10
    clock.advance(10)
    bucket.put_object("real", b"y")
    assert bucket.head_object("link").last_modified == START + 20


def test_a_bucket_is_stocked_without_an_event(bucket: Any, oss: Oss) -> None:
    events: list[Any] = []
    oss.subscribe(events.append)
    oss.stock("my-site", {"a": b"hello"})
    assert (bucket.get_object("a").read(), events) == (b"hello", [])


def test_a_symlink_shows_its_target(bucket: Any) -> None:
    bucket.put_object("real 名", b"x")
    bucket.put_symlink("real 名", "link")
    assert bucket.get_object("link").read() == b"x"
    assert bucket.get_symlink("link").target_key == "real 名"


def test_an_image_style_changes_with_its_object(bucket: Any) -> None:
    """The parameter and the suffix name the same variant; an object of that very name comes first."""
    bucket.put_object("a.jpg", b"one")
    by_parameter = bucket.get_object("a.jpg", process="style/thumb").read()
    assert by_parameter == bucket.get_object("a.jpg!thumb").read() == b"[style/thumb] one"
    bucket.put_object("a.jpg", b"two")
    assert bucket.get_object("a.jpg!thumb").read() == b"[style/thumb] two"
    bucket.put_object("a.jpg!thumb", b"itself")
    assert bucket.get_object("a.jpg!thumb").read() == b"itself"


def test_a_broken_body_is_refused(bucket: Any, oss: Oss) -> None:
    assert refusal(bucket.put_object, "a", b"x", headers={"Content-MD5": "AAAA"}) == "InvalidDigest"
    assert oss.objects("my-site") == {}


def test_an_object_can_be_kept_from_being_overwritten(bucket: Any, oss: Oss) -> None:
    bucket.put_object("a", b"one")
    assert refusal(bucket.put_object, "a", b"two", headers={"x-oss-forbid-overwrite": "true"}) == "FileAlreadyExists"
    assert oss.objects("my-site")["a"].body == b"one"


def test_bucket_info_has_name_region_and_endpoints(bucket: Any) -> None:
    info = bucket.get_bucket_info()
    assert (info.name, info.location, info.owner.id) == ("my-site", "oss-cn-hangzhou", "1234567890123456")
    assert bucket.get_bucket_location().location == "oss-cn-hangzhou"
