"""Listing a bucket: ListObjects and ListObjectsV2, by prefix, delimiter and page.

Facts: "GetBucket (ListObjects)" and "ListObjectsV2" in the OSS documentation. Keys are in the order of their UTF-8
bytes; an object and a common prefix count alike towards `max-keys`.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timezone
from typing import NamedTuple
from urllib.parse import quote

from oss_cdn_refresh_box.oss.errors import OssError
from oss_cdn_refresh_box.oss.store import Bucket, Stored
from oss_cdn_refresh_box.oss.text import whole
from oss_cdn_refresh_box.wire.markup import Node, document, fields

MOST_KEYS = 1_000
USUAL_KEYS = 100


class Query(NamedTuple):
    """The query of a listing; the page begins after the name `after`."""

    prefix: str
    delimiter: str
    after: str
    most: int


class Page(NamedTuple):
    """One page: keys and common prefixes; `end` is its last name if there are more, else ""."""

    keys: list[str]
    prefixes: list[str]
    end: str


def page(keys: Iterable[str], query: Query) -> Page:
    """The page of these keys that a query asks for."""
    names: dict[str, bool] = {}
    for key in sorted(keys, key=str.encode):
        name, common = _name(key, query)
        if not key.startswith(query.prefix) or name.encode() <= query.after.encode():
            continue
        if name not in names and len(names) == query.most:
            return Page(*_split(names), next(reversed(names), query.after))
        names[name] = common
    return Page(*_split(names), "")


def answer(bucket: Bucket, parameters: Mapping[str, str], owner: str) -> bytes:
    """The document that answers a listing with these parameters."""
    newer = parameters.get("list-type") == "2"
    encode = quote if parameters.get("encoding-type") == "url" else str
    token = "continuation-token" if newer else "marker"
    start = parameters.get(token, "")
    query = Query(
        parameters.get("prefix", ""),
        parameters.get("delimiter", ""),
        max(start, parameters.get("start-after", "")) if newer else start,
        _most(parameters.get("max-keys", "")),
    )
    found = page(bucket.objects, query)
    head: list[tuple[str, str | int]] = [
        ("Name", bucket.name),
        ("Prefix", encode(query.prefix)),
        ("StartAfter" if newer else "Marker", encode(parameters.get("start-after", "") if newer else start)),
        ("MaxKeys", query.most),
        ("Delimiter", encode(query.delimiter)),
        ("IsTruncated", "true" if found.end else "false"),
    ]
    if encode is quote:
        head.append(("EncodingType", "url"))
    if found.end:
        head.append(("NextContinuationToken" if newer else "NextMarker", encode(found.end)))
    if newer:
        head.append(("KeyCount", len(found.keys) + len(found.prefixes)))
    with_owner = not newer or parameters.get("fetch-owner") == "true"
    contents = [_contents(key, bucket.objects[key], encode, owner if with_owner else "") for key in found.keys]
    prefixes = [Node("CommonPrefixes", [Node("Prefix", encode(prefix))]) for prefix in found.prefixes]
    return document(Node("ListBucketResult", fields(head) + contents + prefixes))


def moment(seconds: float) -> str:
    """A time in the format of OSS's XML."""
    return datetime.fromtimestamp(int(seconds), timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _name(key: str, query: Query) -> tuple[str, bool]:
    """The name under which a key is listed: its own, or a common prefix (True)."""
    if query.delimiter and query.delimiter in (rest := key[len(query.prefix) :]):
        return query.prefix + rest.partition(query.delimiter)[0] + query.delimiter, True
    return key, False


def _split(names: Mapping[str, bool]) -> tuple[list[str], list[str]]:
    return [name for name, common in names.items() if not common], [name for name, common in names.items() if common]


def _most(text: str) -> int:
    if not text:
        return USUAL_KEYS
    most = whole(text)
    if most is None or not 0 < most <= MOST_KEYS:
        raise OssError("InvalidArgument", f"max-keys must be between 1 and {MOST_KEYS}.")
    return most


def _contents(key: str, stored: Stored, encode: Callable[[str], str], owner: str) -> Node:
    values: list[tuple[str, str | int]] = [
        ("Key", encode(key)),
        ("LastModified", moment(stored.modified)),
        ("ETag", f'"{stored.etag}"'),
        ("Type", stored.kind),
        ("Size", stored.size),
        ("StorageClass", "Standard"),
    ]
    holder = [Node("Owner", fields([("ID", owner), ("DisplayName", owner)]))] if owner else []
    return Node("Contents", fields(values) + holder)
