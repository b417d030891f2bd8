"""Asks OSS for objects: lists those under a prefix, and looks up a single one."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from xml.etree.ElementTree import ParseError

from oss_cdn_refresh.transport.oss_object import PUBLIC_ENDPOINT_FORBIDDEN, USE_INTERNAL_ENDPOINT
from oss_cdn_refresh_cli.clients import oss_sdk
from oss_cdn_refresh_cli.clients.refusals import refusal
from oss_cdn_refresh_cli.operation.operation import Operation
from oss_cdn_refresh_cli.operation.places import parts_of
from oss_cdn_refresh_cli.shared.errors import Failed, Unanswered

PAGE = 1_000  # keys; ListObjectsV2, "max-keys"
NOT_FOUND = 404
MISSING = {"", "NoSuchKey", "SymlinkTargetNotExist"}  # HeadObject; an answer to HEAD has no body, and so no code
LISTING, READING = "oss:ListObjects on the bucket", "oss:GetObject on the objects"  # the rights
NO_LIST = (ParseError, RuntimeError, ValueError)  # what oss2 2.19.1 raises for an answer that is not OSS's
WHAT_TO_DO = {
    "NoSuchBucket": "name a bucket that exists in this region",
    PUBLIC_ENDPOINT_FORBIDDEN: USE_INTERNAL_ENDPOINT,
}


class Stored(NamedTuple):
    """An object of OSS. `modified` is in epoch seconds, `size` in bytes, `etag` has no quotes.

    `link`: the values are those of a symbolic link itself; visitors see its target, which HeadObject describes.
    """

    bucket: str
    key: str
    etag: str
    modified: float
    size: int
    link: bool = False


def of_prefix(operation: Operation, place: str) -> Iterator[tuple[str, str]]:
    """The bucket and the key of each object under `oss://bucket/prefix`, with the errors of `stored_under`."""
    for found in stored_under(operation, place):
        yield found.bucket, found.key


def stored_under(operation: Operation, place: str, after: str = "") -> Iterator[Stored]:
    """The objects under `oss://bucket/prefix`, in the order of their keys, from the first one after `after` on.

    Source: ListObjectsV2, "start-after".

    :raises Failed: the place is malformed or has no object; `Refused` or `Unanswered` if OSS does not list it.
    """
    bucket_name, prefix = parts_of(place)
    oss2 = oss_sdk.module()
    empty = not after
    with translated(operation, place, LISTING):
        bucket = bucket_of(operation, bucket_name)
        for found in oss2.ObjectIteratorV2(bucket, prefix=prefix, start_after=after, max_keys=PAGE):
            empty, link = False, found.type == "Symlink"
            yield Stored(bucket_name, found.key, found.etag, found.last_modified, found.size, link)
    if empty:
        raise Failed(f"{place}: no key begins with that prefix: check it, and that it begins without a slash")


class Lookup:
    """Asks OSS for single objects, over connections that are kept. Source: HeadObject."""

    def __init__(self, operation: Operation) -> None:
        self._operation = operation
        self._buckets: dict[str, Any] = {}

    def __call__(self, bucket: str, key: str) -> Stored | None:
        """The object that a visitor would get now, through a symbolic link; None if it does not exist.

        :raises Refused: OSS refuses the request; `Unanswered` if the endpoint gives no answer of OSS.
        """
        oss2 = oss_sdk.module()
        with translated(self._operation, f"oss://{bucket}/{key}", READING):
            if bucket not in self._buckets:
                self._buckets[bucket] = bucket_of(self._operation, bucket)
            try:
                found = self._buckets[bucket].head_object(key)
            except oss2.exceptions.ServerError as error:
                if not error.code:  # the bucket or the credentials may be wrong, which a listing tells
                    self._buckets[bucket].list_objects_v2(prefix=key, max_keys=1)
                if error.status != NOT_FOUND or error.code not in MISSING:
                    raise
                return None
        return Stored(bucket, key, found.etag, found.last_modified, found.content_length)


@contextmanager
def translated(operation: Operation, place: str, right: str) -> Iterator[None]:
    """Turn the errors of oss2 into `Refused` or `Unanswered`; `right` is the right that the request needs."""
    oss2 = oss_sdk.module()
    try:
        yield
    except oss2.exceptions.RequestError as error:
        what = f"{place}: no answer of {operation.settings.oss}: check the endpoint and the network, and run it again"
        raise Unanswered("NoAnswer", what) from error
    except NO_LIST as error:
        what = f"{place}: the answer of {operation.settings.oss} is not OSS's: check the endpoint"
        raise Unanswered("NoAnswer", what) from error
    except oss2.exceptions.OssError as error:
        code = str(error.code or error.status)
        message = operation.credentials().redacted(str(error.message or ""))
        raise refusal(place, code, message, operation.credentials, right, WHAT_TO_DO) from error


def bucket_of(operation: Operation, name: str) -> Any:
    """A bucket, as `oss2.Bucket`.

    :raises Failed: no bucket can have that name, or the settings give no endpoint.
    """
    settings = operation.settings
    try:
        return oss_sdk.bucket(operation.credentials, settings.oss_endpoint(), name, settings.region, settings.seconds)
    except oss_sdk.module().exceptions.ClientError as error:
        raise Failed(f'"{name}" is no name of a bucket: write oss://bucket/prefix') from error
