"""Which bucket and key a request is about: by its path, by the host's first label, or by a bound domain.

Facts: "Access OSS" (endpoints) and "Bucket domain names" in the OSS documentation. An address in numbers and
`localhost` are addressed by path, as the SDKs do it; OSS's own domains refuse that.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import unquote

from local.oss.errors import OssError
from local.wire.serving import Request

ENDPOINT = re.compile(r"(?:(?P<bucket>.+)\.)?(?:(?P<own>oss-[a-z0-9-]+\.aliyuncs\.com)|localhost)")
PORT = re.compile(r":\d*$")


class Place(NamedTuple):
    """A bucket and a key in it; "" for none."""

    bucket: str
    key: str


def place(request: Request, bound: Mapping[str, str]) -> Place:
    """What a request is about; `bound` gives the bucket of each bound domain."""
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
