"""What an operation works on, and what comes out of it."""

import base64
import hashlib
from collections.abc import Iterable, Mapping, MutableMapping
from typing import NamedTuple
from urllib.parse import quote, unquote
from xml.etree.ElementTree import Element, ParseError

from local.oss import headers
from local.oss.errors import OssError
from local.oss.events import Change
from local.oss.operations.website import Website
from local.oss.store import Bucket
from local.wire.markup import Node, document, fields, parse
from local.wire.serving import Request, Response

COPY_SOURCE = "x-oss-copy-source"
XML = {"Content-Type": "application/xml"}


class Task(NamedTuple):
    """One request as an operation sees it; `key` is empty if it is about the bucket."""

    request: Request
    id: str  # of the request
    at: float  # seconds since the epoch
    region: str
    account: str
    metadata_event: str  # of a copy of an object onto itself
    buckets: MutableMapping[str, Bucket]
    name: str  # of the bucket
    key: str
    cnames: Mapping[str, bool]  # domains bound to the bucket: does OSS refresh the CDN for them?
    website: Website | None  # the bucket's static website hosting
    parameters: Mapping[str, str]  # the query's, decoded, without those that sign it

    @property
    def bucket(self) -> Bucket:
        """NoSuchBucket if there is none."""
        return self._bucket(self.name)

    @property
    def headers(self) -> list[tuple[str, str]]:
        """Those of the request: lower-case names, values in UTF-8."""
        return headers.received(self.request.headers)

    def header(self, name: str) -> str:
        """A header of the request, or ""."""
        return headers.decoded(self.request.headers.get(name, ""))

    def encode(self, name: str) -> str:
        """A key as the answer has it: percent-encoded if `encoding-type` asks for that."""
        return quote(name) if self.parameters.get("encoding-type") == "url" else name

    @property
    def encoding(self) -> list[tuple[str, str]]:
        """The element that says so."""
        return [("EncodingType", "url")] if self.parameters.get("encoding-type") == "url" else []

    def source(self) -> tuple[Bucket, str]:
        """Bucket and key of what is to be copied: `/bucket/key`, percent-encoded."""
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
        """The request's body; InvalidDigest if it is not the one that Content-MD5 was made of."""
        body = self.request.body
        made = base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
        if (self.header("Content-MD5") or made) != made:
            raise OssError("InvalidDigest", "The Content-MD5 you specified did not match what we received.")
        return body

    def document(self) -> Element:
        """The root of the body as XML; MalformedXML if it is none."""
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
    """What the client is told, and what happened."""

    response: Response
    changes: tuple[Change, ...] = ()


def xml(name: str, told: Iterable[tuple[str, str | int]], more: Iterable[Node] = ()) -> Response:
    """An answer of one element that holds these."""
    return Response(200, document(Node(name, [*fields(told), *more])), XML)
