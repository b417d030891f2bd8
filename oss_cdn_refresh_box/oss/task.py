"""The input and the result of an operation."""

import base64
import hashlib
from collections.abc import Iterable, Mapping, MutableMapping
from typing import NamedTuple
from urllib.parse import quote, unquote
from xml.etree.ElementTree import Element, ParseError

from oss_cdn_refresh_box.oss.errors import OssError
from oss_cdn_refresh_box.oss.events import Change
from oss_cdn_refresh_box.oss.store import Bucket, Website
from oss_cdn_refresh_box.oss.text import decoded, received
from oss_cdn_refresh_box.wire.markup import Node, document, fields, parse
from oss_cdn_refresh_box.wire.serving import Request, Response

COPY_SOURCE = "x-oss-copy-source"
SYMLINK_TARGET = "x-oss-symlink-target"
XML = {"Content-Type": "application/xml"}


class Task(NamedTuple):
    """One request as an operation sees it; `key` is empty for an operation on the bucket."""

    request: Request
    id: str  # of the request
    at: float  # seconds since the epoch
    region: str
    account: str
    metadata_event: str  # of a copy of an object onto itself
    image_time: float | None  # of processed images, in seconds since the epoch; None: that of the object
    buckets: MutableMapping[str, Bucket]
    name: str  # of the bucket
    key: str
    cnames: Mapping[str, bool]  # domains bound to the bucket: does OSS refresh the CDN for them?
    website: Website | None  # the bucket's static website hosting
    versioned: bool  # whether the bucket has versions
    parameters: Mapping[str, str]  # of the query, decoded, without those of the signature

    @property
    def bucket(self) -> Bucket:
        """NoSuchBucket if there is none."""
        return self._bucket(self.name)

    @property
    def headers(self) -> list[tuple[str, str]]:
        """The headers of the request: lower-case names, values in UTF-8."""
        return received(self.request.headers)

    def header(self, name: str) -> str:
        """A header of the request, or ""."""
        return decoded(self.request.headers.get(name, ""))

    def encode(self, name: str) -> str:
        """A key for the answer: percent-encoded if the parameter `encoding-type` is `url`."""
        return quote(name) if self.parameters.get("encoding-type") == "url" else name

    @property
    def encoding(self) -> list[tuple[str, str]]:
        """The element EncodingType, if keys in the answer are percent-encoded."""
        return [("EncodingType", "url")] if self.parameters.get("encoding-type") == "url" else []

    def source(self) -> tuple[Bucket, str]:
        """Bucket and key of the object to copy, from the header: `/bucket/key`, percent-encoded."""
        given, _, version = self.header(COPY_SOURCE).partition("?")
        if version:
            raise OssError("NotImplemented", "This stand-in keeps no versions.")
        try:
            name, _, key = unquote(given, errors="strict").removeprefix("/").partition("/")
        except UnicodeDecodeError:
            key = ""
        if not given.startswith("/") or not key:
            raise OssError("InvalidArgument", "The x-oss-copy-source header is invalid.")
        return self._bucket(name), key

    def body(self) -> bytes:
        """The request's body; InvalidDigest if it does not match Content-MD5."""
        body = self.request.body
        made = base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
        if (self.header("Content-MD5") or made) != made:
            raise OssError("InvalidDigest", "The Content-MD5 you specified did not match what we received.")
        return body

    def document(self) -> Element:
        """The root of the body as XML; MalformedXML if the body is not XML."""
        try:
            return parse(self.body())
        except ParseError as error:
            raise OssError("MalformedXML", "The XML you provided was not well-formed.") from error

    def _bucket(self, name: str) -> Bucket:
        try:
            return self.buckets[name]
        except KeyError:
            raise OssError("NoSuchBucket", "The specified bucket does not exist.") from None


class Outcome(NamedTuple):
    """The answer to the client, and the changes of objects."""

    response: Response
    changes: tuple[Change, ...] = ()


def xml(name: str, values: Iterable[tuple[str, str | int]], more: Iterable[Node] = ()) -> Response:
    """An answer whose root element holds these values, then these elements."""
    return Response(200, document(Node(name, [*fields(values), *more])), XML)
