"""What an operation works on, and what comes out of it."""

import base64
import hashlib
from collections.abc import Iterable, Mapping, MutableMapping
from typing import NamedTuple
from urllib.parse import unquote
from xml.etree.ElementTree import Element, ParseError

from local.markup import Node, document, fields, parse
from local.oss.errors import OssError
from local.oss.events import Change
from local.oss.store import Bucket
from local.oss.website import Website
from local.serving import Request, Response

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

    @property
    def bucket(self) -> Bucket:
        """NoSuchBucket if there is none."""
        return self._bucket(self.name)

    @property
    def parameters(self) -> dict[str, str]:
        """The query's, decoded."""
        return self.request.parameters

    def header(self, name: str) -> str:
        """A header of the request, or ""."""
        return self.request.headers.get(name, "")

    def source(self) -> tuple[Bucket, str]:
        """Bucket and key of what is to be copied."""
        name, _, key = unquote(self.header(COPY_SOURCE)).removeprefix("/").partition("/")
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
