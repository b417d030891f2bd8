"""`inventory` counts the objects of each directory from OSS, ossutil and OSS's own reports."""

import gzip
import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from command import IN_THE_BACKGROUND, run, start
from world import World

from oss_cdn_refresh.planner.inventory import Inventory, parse
from oss_cdn_refresh_box.demo.clients import oss2
from oss_cdn_refresh_box.oss import Oss
from oss_cdn_refresh_box.wire.serving import Request, Response, Server

pytestmark = pytest.mark.filterwarnings(
    "ignore:datetime.datetime.utcnow:DeprecationWarning"  # how the SDKs sign, on Python 3.12
)
KEYS = (
    "img/a.jpg",
    "img/b.jpg",
    "img/2026/",  # what the console makes for an empty directory
    "img/2026/a.jpg",
    "index.html",
    "页面/a b.html",
    "100%/a+b&c.html",
    "two\nlines/a.html",
)
COUNTS = {"img/": 2, "img/2026/": 2, "": 1, "页面/": 1, "100%/": 1, "two\nlines/": 1}
LISTED = """\
oss://my-site/index.html
oss://my-site/img/a.jpg
oss://my-site/img/b.jpg
Object Number is: 3

0.172532(s) elapsed
"""


@pytest.fixture
def oss(world: World) -> Iterator[Oss]:
    """OSS with some objects, at the time of this machine's clock, with which the SDKs sign."""
    world.clock.advance(time.time() - world.clock.now())
    with Oss(world.clock, ["my-site", "other", "empty"]) as oss:
        session = oss2.Session()
        for name, keys in (("my-site", KEYS), ("other", ("a/b/c.txt",))):
            bucket = oss2.Bucket(oss2.Auth("AK", "SECRET"), oss.url, name, session=session)
            for key in keys:
                bucket.put_object(key, b"x")
        session.session.close()
        world.environ |= {"OSS_ENDPOINT": oss.url, "ALIBABA_CLOUD_REGION_ID": "cn-hangzhou"}
        yield oss


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The path of the inventory."""
    (tmp_path / "out").mkdir()
    return tmp_path / "out" / "inventory.json"


@pytest.fixture
def listing(tmp_path: Path) -> str:
    """The output of `ossutil ls -s`."""
    (tmp_path / "listing").write_text(LISTED, encoding="utf-8")
    return str(tmp_path / "listing")


def call(world: World, file: Path, *words: str, stdin: str | bytes | None = None) -> Result:
    """`inventory` in this process."""
    return run("inventory", *words, "-o", str(file), environ=world.environ, clock=world.clock, stdin=stdin)


def read(file: Path) -> Inventory:
    return parse(file.read_bytes(), file.name)


def test_a_bucket_is_counted_by_directory_with_every_kind_of_key(world: World, oss: Oss, file: Path) -> None:
    result = call(world, file, "oss://my-site")
    assert (result.exit_code, read(file).buckets) == (0, {"my-site": COUNTS})
    assert set(oss.objects("my-site")) == set(KEYS)


def test_a_bucket_of_several_pages_is_counted_whole(world: World, oss: Oss, file: Path) -> None:
    session = oss2.Session()
    bucket = oss2.Bucket(oss2.Auth("AK", "SECRET"), oss.url, "empty", session=session)
    for number in range(1_001):
        bucket.put_object(f"{number % 2}/{number}", b"")
    session.session.close()
    call(world, file, "oss://empty")
    assert read(file).buckets == {"empty": {"0/": 501, "1/": 500}}


@pytest.mark.usefixtures("oss")
def test_an_inventory_says_when_it_was_made(world: World, file: Path) -> None:
    call(world, file, "oss://other")
    assert read(file).made_at == time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(world.clock.now()))


@pytest.mark.usefixtures("oss")
def test_several_buckets_and_prefixes_make_one_inventory(world: World, file: Path) -> None:
    call(world, file, "oss://my-site/img/2026/", "oss://my-site/index.html", "oss://other/")
    assert read(file).buckets == {"my-site": {"img/2026/": 2, "": 1}, "other": {"a/b/": 1}}


@pytest.mark.usefixtures("oss")
def test_people_see_a_table_by_bucket_and_the_next_step(world: World, file: Path) -> None:
    shown = call(world, file, "oss://my-site", "oss://other").stdout
    rows = [line.split() for line in shown.splitlines()]
    assert rows[1:3] == [["my-site", "8", "6"], ["other", "1", "1"]]
    assert f"{file}: {file.stat().st_size:,} bytes." in shown
    assert "collapse.inventory" in rows[-1]


@pytest.mark.usefixtures("oss")
def test_json_is_one_document(world: World, file: Path) -> None:
    document = json.loads(call(world, file, "oss://my-site", "oss://other", "--json").stdout)
    assert document == {
        "file": str(file),
        "objects": 9,
        "directories": 7,
        "bytes": file.stat().st_size,
        "buckets": {"my-site": {"objects": 8, "directories": 6}, "other": {"objects": 1, "directories": 1}},
    }


def test_an_inventory_is_gzipped_where_its_name_says_so(world: World, file: Path, listing: str) -> None:
    packed = file.with_suffix(".json.gz")
    call(world, packed, "--from", listing)
    assert parse(gzip.decompress(packed.read_bytes()), "") == read(packed)


def test_the_same_inventory_is_the_same_bytes(world: World, file: Path, listing: str) -> None:
    """A gzip file contains a time: RFC 1952, MTIME."""
    packed = file.with_suffix(".gz")
    call(world, packed, "--from", listing)
    assert packed.read_bytes()[4:8] == bytes(4)


def test_a_listing_of_ossutil_is_counted(world: World, file: Path, listing: str) -> None:
    call(world, file, "--from", listing)
    assert read(file).buckets == {"my-site": {"": 1, "img/": 2}}


def test_a_listing_comes_from_stdin(world: World, file: Path) -> None:
    call(world, file, "--from", "-", stdin=LISTED)
    assert read(file).buckets == {"my-site": {"": 1, "img/": 2}}


@pytest.mark.usefixtures("oss")
def test_an_inventory_made_from_an_older_one_has_the_older_time(world: World, file: Path, tmp_path: Path) -> None:
    """One job for each bucket, and one that merges the inventories."""
    before = tmp_path / "before.json.gz"
    call(world, before, "oss://other")
    world.clock.advance(3_600)
    call(world, file, "--from", str(before), "--from", "-", stdin=LISTED)
    assert read(file) == (
        {"my-site": {"": 1, "img/": 2}, "other": {"a/b/": 1}},
        read(before).made_at,
    )


def test_a_new_inventory_takes_the_place_of_an_old_one(world: World, file: Path, listing: str) -> None:
    file.write_text("something else")
    call(world, file, "--from", listing)
    assert read(file).buckets == {"my-site": {"": 1, "img/": 2}}


def test_no_temporary_file_is_left_beside_an_inventory(world: World, file: Path, listing: str) -> None:
    call(world, file, "--from", listing)
    assert list(file.parent.iterdir()) == [file]


def test_a_symbolic_link_to_an_inventory_stays_a_link(world: World, file: Path, listing: str) -> None:
    link = file.with_name("link.json")
    link.symlink_to(file)
    call(world, link, "--from", listing)
    assert (link.is_symlink(), file.is_file()) == (True, True)


# What is wrong: one line, exit code 2, and the old inventory still there

OLD = b"the old one"


def fails(world: World, file: Path, said: str, *words: str, stdin: str | bytes | None = None) -> None:
    file.write_bytes(OLD)
    result = call(world, file, *words, stdin=stdin)
    assert (result.exit_code, result.stderr.count("\n"), result.stdout) == (2, 1, "")
    assert said in result.stderr
    assert (file.read_bytes(), list(file.parent.iterdir())) == (OLD, [file])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "nothing to count: give oss://bucket, or --from FILE"),
        (("my-site",), '"my-site" is no place in OSS'),
        (("oss://UPPER",), "is no name of a bucket"),
        (("oss://nobody",), "NoSuchBucket"),
        (("oss://empty",), "oss://empty: no key begins with that prefix"),
        (("oss://my-site/nothing/",), "oss://my-site/nothing/: no key begins with that prefix"),
        (("oss://my-site/img/", "oss://my-site"), "oss://my-site/img/ lies in oss://my-site/: its objects would count"),
        (("oss://other", "oss://other"), "its objects would count twice"),
        (("oss://other", "oss://nobody"), "NoSuchBucket"),
        (("--from", "/nonexistent"), "/nonexistent"),
    ],
)
@pytest.mark.usefixtures("oss")
def test_a_place_that_is_not_a_bucket_is_refused(world: World, file: Path, words: tuple[str, ...], said: str) -> None:
    fails(world, file, said, *words)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "<stdin>: it names no object: check whether the command that wrote it succeeded"),
        ("Object Number is: 0\n\n0.1(s) elapsed\n", "it names no object"),
        ("<html>\n", '<stdin>: line 1: "<html>" names no object'),
        (LISTED.encode("utf-16"), "it is not UTF-8"),
        (gzip.compress(LISTED.encode(), mtime=0)[:-9], "its gzip is broken"),
        ('{"kind": "oss-cdn-refresh/inventory", "version": 2}', "make it with oss-cdn-refresh inventory"),
        ('{"kind": ', "is not JSON"),
        ('{"fileSchema": "Bucket, Key"}', "it is the manifest of a report, whose files lie beside it"),
    ],
)
def test_a_file_that_is_not_a_listing_is_refused(world: World, file: Path, content: str | bytes, said: str) -> None:
    fails(world, file, said, "--from", "-", stdin=content)


def test_a_bucket_of_two_sources_would_count_twice(world: World, file: Path, listing: str) -> None:
    said = f"my-site: {listing} and <stdin> tell of it: its objects would count twice"
    fails(world, file, said, "--from", listing, "--from", "-", stdin=LISTED)


def denied(_request: Request) -> Response:
    body = b"<?xml version='1.0'?><Error><Code>AccessDenied</Code><Message>No.</Message></Error>"
    return Response(403, body, {"Content-Type": "application/xml"})


def test_a_missing_right_is_named(world: World, file: Path) -> None:
    with Server(denied) as server:
        world.environ |= {"OSS_ENDPOINT": server.url, "ALIBABA_CLOUD_REGION_ID": "cn-hangzhou"}
        fails(world, file, "AccessDenied: No: grant oss:ListObjects", "oss://my-site")


@pytest.mark.parametrize("body", [b"<html>Sign in", b"<html></html>", b"{}", b""])
def test_an_answer_of_another_service_than_oss_is_reported(world: World, file: Path, body: bytes) -> None:
    with Server(lambda _request: Response(200, body)) as server:
        world.environ |= {"OSS_ENDPOINT": server.url, "ALIBABA_CLOUD_REGION_ID": "cn-hangzhou"}
        fails(world, file, f"the answer of {server.url} is not OSS's: check the endpoint", "oss://my-site")


def page(*, last: bool = False) -> Response:
    """A page of a listing."""
    body = (
        f"<ListBucketResult><Name>my-site</Name><IsTruncated>{str(not last).lower()}</IsTruncated>"
        "<NextContinuationToken>a</NextContinuationToken><Contents><Key>a</Key><Size>1</Size><ETag>a</ETag>"
        "<LastModified>2026-11-22T04:00:00.000Z</LastModified><Type>Normal</Type><StorageClass>IA</StorageClass></Contents></ListBucketResult>"
    )
    return Response(200, body.encode(), {"Content-Type": "application/xml"})


def test_a_listing_that_ends_in_the_middle_leaves_the_old_inventory(world: World, file: Path) -> None:
    requests: list[Request] = []

    def third(request: Request) -> Response:
        requests.append(request)
        return page() if len(requests) < 3 else denied(request)

    with Server(third) as server:
        world.environ |= {"OSS_ENDPOINT": server.url, "ALIBABA_CLOUD_REGION_ID": "cn-hangzhou"}
        fails(world, file, "AccessDenied", "oss://my-site")


@pytest.mark.parametrize("through", [(), IN_THE_BACKGROUND], ids=["by itself", "in the background of a script"])
def test_an_interrupted_listing_leaves_the_old_inventory(world: World, file: Path, through: Sequence[str]) -> None:
    file.write_bytes(OLD)
    processes: list[Any] = []
    requests: list[Request] = []

    def end(request: Request) -> Response:
        requests.append(request)
        processes[0].terminate()
        return page(last=len(requests) > 50)

    with Server(end) as server:
        environ = {**world.environ, "OSS_ENDPOINT": server.url, "ALIBABA_CLOUD_REGION_ID": "cn-hangzhou"}
        with start("inventory", "oss://my-site", "-o", str(file), environ=environ, through=through) as process:
            processes.append(process)
            process.communicate()
    assert (process.returncode, file.read_bytes(), list(file.parent.iterdir())) == (2, OLD, [file])


def test_an_unwritable_file_is_reported_before_the_listing(world: World, file: Path) -> None:
    world.environ["OSS_ENDPOINT"] = "http://127.0.0.1:9"
    result = call(world, file / "inside", "oss://my-site")
    assert (result.exit_code, "name a directory that exists" in result.stderr) == (2, True)


def test_a_directory_as_output_is_refused(world: World, file: Path, listing: str) -> None:
    result = call(world, file.parent, "--from", listing)
    assert (result.exit_code, "it is a directory: name a file" in result.stderr) == (2, True)


def test_control_characters_in_a_listing_do_not_reach_the_terminal(world: World, file: Path) -> None:
    fails(world, file, r"\x1b[31m[bold]\u202e", "--from", "-", stdin="\x1b[31m[bold]\u202e\n")
