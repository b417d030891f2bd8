"""The kinds of files with counts of live objects, recognised by their content."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from oss_cdn_refresh.model.errors import ConfigurationError
from oss_cdn_refresh.planner.inventory import Inventory, written
from oss_cdn_refresh_cli.planning.inventories import inventory_of
from oss_cdn_refresh_cli.shared.errors import Failed

LISTED = b"oss://my-site/a/x\noss://my-site/a/y\noss://my-site/z\n"
OURS = written({"my-site": {"a/": 2, "": 1}}, "2026-11-22T04:00:00Z")
COUNTS = {"my-site": {"a/": 2, "": 1}}
ROWS = (  # the page's own example has quotes around all but the bucket
    'my-site,"a%2Fx","102400","Standard","2025-04-14T07-06-00Z"\n'
    'my-site,"a%2Fy","102400","Standard","2025-04-14T07-06-00Z"\n'
    'my-site,"z","312049","Standard","2025-04-14T07-05-59Z"\n'
)
MANIFEST = {  # the page's own example
    "creationTimestamp": "1642994594",
    "destinationBucket": "dest-bucket-name",
    "fileFormat": "CSV",
    "fileSchema": "Bucket, Key, Size, StorageClass, LastModifiedDate",
    "files": [
        {
            "MD5checksum": "F77449179760C3B13F1E76110F07****",
            "key": "dest-prefix/source-bucket-name/inventory-id/data/a1574226.csv.gz",
            "size": 2046,
        }
    ],
    "sourceBucket": "source-bucket-name",
    "version": "2019-09-01",
}
ALL_VERSIONS = "Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size"


def report(folder: Path, rows: str | bytes = ROWS, where: str = "data/a1574226.csv.gz", **fields: Any) -> Path:
    """Write a report in the layout of OSS; returns the path of its manifest."""
    manifest = folder / "2022-01-24T03-23Z" / "manifest.json"
    manifest.parent.mkdir(exist_ok=True)
    manifest.write_text(json.dumps({**MANIFEST, **fields}))
    file = folder / where
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(gzip.compress(rows.encode()) if isinstance(rows, str) else rows)
    return manifest


@pytest.mark.parametrize("body", [LISTED, OURS, b"\n " + OURS])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_lists_and_inventories_are_recognised_by_their_content(tmp_path: Path, body: bytes, pack: Any) -> None:
    (tmp_path / "file").write_bytes(pack(body))
    assert inventory_of(tmp_path / "file").buckets == inventory_of(pack(body)).buckets == COUNTS


def test_an_inventory_has_the_time_of_its_making_and_a_list_has_none() -> None:
    assert (inventory_of(OURS).made_at, inventory_of(LISTED).made_at) == ("2026-11-22T04:00:00Z", "")


def test_a_report_is_read_with_the_time_of_its_scan(tmp_path: Path) -> None:
    assert inventory_of(report(tmp_path)) == Inventory(COUNTS, "2022-01-24T03:23:14Z")


@pytest.mark.parametrize("where", ["data", "2022-01-24T03-23Z", "2022-01-24T03-23Z/data"])
def test_the_files_of_a_report_are_found_in_the_layout_of_oss_or_beside_it(tmp_path: Path, where: str) -> None:
    assert inventory_of(report(tmp_path, where=f"{where}/a1574226.csv.gz")).buckets == COUNTS


def test_a_report_may_be_named_from_its_own_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(report(tmp_path).parent)
    assert inventory_of(Path("manifest.json")).buckets == COUNTS


def test_several_files_of_a_report_make_one_inventory(tmp_path: Path) -> None:
    report(tmp_path, where="data/2.csv.gz")
    files = [{"key": "x/data/1.csv.gz"}, {"key": "x/data/2.csv.gz"}]
    assert inventory_of(report(tmp_path, where="data/1.csv.gz", files=files)).buckets == {"my-site": {"a/": 4, "": 2}}


def test_a_report_of_all_versions_counts_what_is_there_now(tmp_path: Path) -> None:
    rows = (
        '"my-site","a%2Fnow","v2","true","false","1"\n'
        '"my-site","a%2Fnow","v1","false","false","1"\n'
        '"my-site","a%2Fdeleted","v3","true","true","0"\n'
        '"my-site","a%2Fnever-versioned","","true","false","1"\n'
    )
    assert inventory_of(report(tmp_path, rows, fileSchema=ALL_VERSIONS)).buckets == {"my-site": {"a/": 2}}


def test_the_columns_of_a_report_are_those_of_its_schema(tmp_path: Path) -> None:
    schema = "Size,StorageClass,Key,Bucket"
    assert inventory_of(report(tmp_path, "1,IA,a%2Fx,my-site\n", fileSchema=schema)).buckets == {"my-site": {"a/": 1}}


@pytest.mark.parametrize(
    ("encoded", "directory"),
    [
        ("%E9%A1%B5%2Fa.html", "页/"),
        ("a%2Fb%2fc", "a/b/"),
        ("a/b", "a/"),
        ("a%20b%2Fc", "a b/"),
        ("a+b%2Fc", "a b/"),
        ("a%2Bb%2Fc", "a+b/"),
        ("100%25%2Fc", "100%/"),
        ("two%0Alines%2Fc", "two\nlines/"),
        ("dir%2F", "dir/"),
        ("a%252Fb", ""),
    ],
)
def test_the_keys_of_a_report_are_url_encoded(tmp_path: Path, encoded: str, directory: str) -> None:
    found = inventory_of(report(tmp_path, f'my-site,"{encoded}",1,IA,\n'))
    assert found.buckets == {"my-site": {directory: 1}}


def test_counts_of_several_spellings_of_a_directory_are_added(tmp_path: Path) -> None:
    found = inventory_of(report(tmp_path, "my-site,a%2Fx,1,IA,\nmy-site,a/y,1,IA,\n"))
    assert found.buckets == {"my-site": {"a/": 2}}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"fileFormat": "ORC"}, "fileFormat: is not CSV"),
        ({"fileSchema": "Size, Key"}, "fileSchema: has no Bucket and Key"),
        ({"fileSchema": "Bucket, Key, RecordType"}, "fileSchema: it lists changes, and not all objects"),
        ({"fileSchema": "Bucket, Key"}, "line 1: has 5 columns, the manifest names 2"),
        ({"files": None}, "files: names no files"),
        ({"files": [{"size": 1}]}, "files: names no files"),
        ({"files": [{"key": "x/data/b.csv.gz"}]}, "x/data/b.csv.gz is not there: download it too"),
        ({"files": [{"key": "x/.."}]}, "x/.. is not there"),
    ],
)
def test_a_wrong_report_is_refused_with_the_reason(tmp_path: Path, fields: dict[str, Any], said: str) -> None:
    with pytest.raises(Failed) as error:
        inventory_of(report(tmp_path, **fields))
    assert said in str(error.value)


@pytest.mark.parametrize(
    "rows",
    [
        gzip.compress(ROWS.encode(), mtime=0)[:-9],
        gzip.compress(ROWS.encode(), mtime=0)[:-6] + b"123456",
        gzip.compress(ROWS.encode(), mtime=0)[:10] + b"\xff" * 20,
        gzip.compress(b"my-site,\xff%2Fa,1,IA,\n", mtime=0),
        b"\x1f\x8bnothing",
    ],
    ids=["cut", "changed at the end", "changed inside", "not UTF-8", "no gzip"],
)
def test_a_broken_file_of_a_report_is_refused(tmp_path: Path, rows: bytes) -> None:
    with pytest.raises(Failed, match=r"a1574226.csv.gz: it is broken \(.+\): download it again"):
        inventory_of(report(tmp_path, rows))


def test_a_key_of_a_report_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Failed, match='"%FF%2F" is not the UTF-8 of a key'):
        inventory_of(report(tmp_path, "my-site,%FF%2Fa,1,IA,\n"))


def test_the_csv_of_a_report_alone_is_no_list(tmp_path: Path) -> None:
    """Only the manifest names the columns."""
    report(tmp_path)
    with pytest.raises(Failed, match=r"line 1: .+ names no object"):
        inventory_of(tmp_path / "data" / "a1574226.csv.gz")


@pytest.mark.parametrize("body", [b"{", b'{"kind": 1}', b"{}", b'{"a":' * 100_000])
def test_json_that_is_not_an_inventory_is_refused(body: bytes) -> None:
    with pytest.raises(ConfigurationError, match="make it with oss-cdn-refresh inventory"):
        inventory_of(body, "file")


@pytest.mark.parametrize("buckets", ['{"my-site": {"a\\ud800/": 1}}', '{"my\\udc00": {}}'])
def test_a_name_that_is_not_a_valid_key_is_refused(buckets: str) -> None:
    """JSON may contain half a surrogate pair, which no URL can contain."""
    document = f'{{"kind": "oss-cdn-refresh/inventory", "version": 1, "buckets": {buckets}}}'
    with pytest.raises(ConfigurationError, match="file: buckets: does not hold numbers of objects"):
        inventory_of(document.encode(), "file")


@pytest.mark.parametrize("cut", [3, 9, 20])
def test_a_broken_gzip_is_refused(cut: int) -> None:
    with pytest.raises(Failed, match="file: its gzip is broken"):
        inventory_of(gzip.compress(LISTED)[:-cut], "file")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Failed, match="nowhere: No such file or directory"):
        inventory_of(tmp_path / "nowhere")
