"""Reads the reports of OSS's bucket inventory: a manifest.json, and the CSV files that it names.

Facts: help.aliyun.com/zh/oss/user-guide/bucket-inventory. `fileSchema` names the columns, whose order depends on the
rule; keys are URL-encoded, with `%2F` for the slash. A rule for all versions lists old versions and delete markers too,
which IsLatest and IsDeleteMarker mark. `files` has the keys in the destination bucket, `…/data/UUID.csv.gz`, while the
manifest lies in `…/YYYY-MM-DDTHH-MMZ/`. UNCONFIRMED: whether a space is written as `+` or `%20`. Both are read, because
an encoding that encodes the slash encodes the plus too.
"""

import csv
import gzip
import io
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote_plus

from oss_cdn_refresh.model.effects import timestamp
from oss_cdn_refresh.planner.inventory import GZIPPED, Inventory
from oss_cdn_refresh_cli.shared.errors import Failed

SCHEMA = "fileSchema"  # a field that only manifests have
CHANGES = "RecordType"  # a column of an incremental inventory, which lists changes

_directory = re.compile(r"(?:.*(?:/|%2[Ff]))?", re.DOTALL).match


class _Columns(NamedTuple):
    """The positions of the columns in a row; None if the report has no such column."""

    width: int
    bucket: int
    key: int
    latest: int | None
    deleted: int | None

    def live(self, row: Sequence[str]) -> bool:
        """Whether a row is an object that visitors can request."""
        latest = self.latest is None or row[self.latest].strip().lower() != "false"
        return latest and (self.deleted is None or row[self.deleted].strip().lower() != "true")


def inventory(manifest: Mapping[str, Any], file: Path) -> Inventory:
    """The inventory of a report; `file` is its manifest.

    :raises Failed: it is not a report of objects, or one of its files is missing or broken.
    """
    columns = _columns(manifest, file)
    found: Counter[tuple[str, str]] = Counter()
    for named in _files(manifest, file):
        found.update(_rows(_beside(file, named), columns))
    buckets: dict[str, dict[str, int]] = {}
    for (bucket, encoded), objects in found.items():
        directories = buckets.setdefault(bucket, {})
        directory = _decoded(encoded, file)
        directories[directory] = directories.get(directory, 0) + objects
    created = str(manifest.get("creationTimestamp", ""))
    return Inventory(buckets, timestamp(int(created)) if created.isdecimal() else "")


def _columns(manifest: Mapping[str, Any], file: Path) -> _Columns:
    if manifest.get("fileFormat") != "CSV":
        raise Failed(f"{file}: fileFormat: is not CSV: let the inventory rule write CSV")
    names = [name.strip() for name in str(manifest[SCHEMA]).split(",")]
    if CHANGES in names:
        raise Failed(f"{file}: {SCHEMA}: it lists changes, and not all objects: name the manifest of a full inventory")
    places = {name: place for place, name in enumerate(names)}
    if not {"Bucket", "Key"} <= places.keys():
        raise Failed(f"{file}: {SCHEMA}: has no Bucket and Key: name the manifest.json of a bucket inventory")
    latest, deleted = places.get("IsLatest"), places.get("IsDeleteMarker")
    return _Columns(len(names), places["Bucket"], places["Key"], latest, deleted)


def _files(manifest: Mapping[str, Any], file: Path) -> list[str]:
    files = manifest.get("files")
    if not isinstance(files, list) or not all(isinstance(each, dict) and each.get("key") for each in files):
        raise Failed(f"{file}: files: names no files: name the manifest.json of a bucket inventory")
    return [str(each["key"]) for each in files]


def _beside(manifest: Path, key: str) -> Path:
    """The path of a report's file: in the layout of OSS, or beside its manifest."""
    name = key.rpartition("/")[2]
    folder = manifest.absolute().parent
    for place in (folder / name, folder / "data" / name, folder.parent / "data" / name):
        if place.is_file():
            return place
    raise Failed(f"{manifest}: {key} is not there: download it too, beside the manifest or into data/")


def _rows(file: Path, columns: _Columns) -> Iterator[tuple[str, str]]:
    """The bucket and the encoded directory of each current object."""
    try:
        with file.open("rb") as stream:
            packed = stream.read(len(GZIPPED)) == GZIPPED
            stream.seek(0)
            with io.TextIOWrapper(gzip.open(stream) if packed else stream, "utf-8", newline="") as text:
                reader = csv.reader(text)
                for row in reader:
                    if len(row) != columns.width:
                        what = f"has {len(row)} columns, the manifest names {columns.width}"
                        raise Failed(f"{file}: line {reader.line_num}: {what}: name the manifest of this file")
                    if columns.live(row):
                        yield row[columns.bucket], _directory(row[columns.key])[0]  # type: ignore[index]
    except (OSError, EOFError, zlib.error, UnicodeDecodeError, csv.Error) as error:
        raise Failed(f"{file}: it is broken ({error}): download it again") from error


def _decoded(encoded: str, file: Path) -> str:
    try:
        return unquote_plus(encoded, errors="strict")
    except UnicodeDecodeError as error:
        raise Failed(f'{file}: "{encoded}" is not the UTF-8 of a key: download the report again') from error
