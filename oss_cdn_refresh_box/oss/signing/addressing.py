"""Finds the bucket and the key of a request: from its path, the first label of its host, or a bound domain.

Facts: "Access OSS" (endpoints) and "Bucket domain names" in the OSS documentation. At an IP address and at
`localhost` the bucket stands in the path, as the SDKs write it; OSS's own domains refuse that.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import unquote

from oss_cdn_refresh_box.oss.errors import OssError
from oss_cdn_refresh_box.wire.serving import Request

ENDPOINT = re.compile(r"(?:(?P<bucket>.+)\.)?(?:(?P<own>oss-[a-z0-9-]+\.aliyuncs\.com)|localhost)")
PORT = re.compile(r":\d*$")


class Place(NamedTuple):
    """A bucket and a key in it; "" for none."""

    bucket: str
    key: str


def place(request: Request, bound: Mapping[str, str]) -> Place:
    """Bucket and key of a request; `bound` gives the bucket of each bound domain."""
    try:
        path = unquote(request.path, errors="strict").removeprefix("/")
    except UnicodeDecodeError:
        raise OssError("InvalidObjectName", "The specified object is not valid.") from None
    host = PORT.sub("", request.headers.get("Host", "")).lower()
    if host in bound:
        return Place(bound[host], path)
    match = ENDPOINT.fullmatch(host)
    if match and match["bucket"]:
        return Place(match["bucket"], path)
    if match and match["own"] and path:
        message = "The bucket you are attempting to access must be addressed using OSS third level domain."
        raise OssError("SecondLevelDomainForbidden", message)
    bucket, _, key = path.partition("/")
    return Place(bucket, key)
