"""Reads one object of OSS. `oss2` signs the request, our session sends it, so that a slow answer has a time limit.

`oss2` is part of Function Compute's Python runtimes. Its import takes long, so it happens only when an object is read.
"""

import io
import re
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from oss_cdn_refresh.model.errors import ConfigurationError, ConnectionFailed
from oss_cdn_refresh.transport.credentials import Credentials
from oss_cdn_refresh.transport.session import Request, Session

MOST_BYTES = 67_108_864  # of an object: an inventory of a million directories has 40 MB, gzipped a seventh
SECONDS = 5.0  # for the whole answer …
SHARE_OF_TIMEOUT = 0.25  # … but at most this share of the function's time
NOT_OSS = "the answer is not OSS's"
CHECK_OBJECT = "see that it is there and the role may read it"
CHECK_CREDENTIALS = "check the credentials"
OF_CREDENTIALS = frozenset({"InvalidAccessKeyId", "SignatureDoesNotMatch", "SecurityTokenExpired"})
PUBLIC_ENDPOINT_FORBIDDEN = "PublicEndpointForbidden"  # with status 400, for accounts opened since 2025-03-20
USE_INTERNAL_ENDPOINT = (
    "set OSS_ENDPOINT to the internal endpoint (https://oss-REGION-internal.aliyuncs.com) where this runs inside the "
    "region, else to a domain that is bound to the bucket"
)

_own_domain = re.compile(r"(?:.+\.)?aliyuncs\.com\.?").fullmatch  # `oss2` puts the bucket's name before these hosts
_tag = re.compile(r"[!-~]{1,128}").fullmatch  # an ETag that can be sent in a request header
_code = re.compile(r"[A-Za-z0-9.]{1,100}").fullmatch
# `oss2` raises these if the answer is not OSS's: it parses numbers and dates in headers without a check.
_BROKEN = (ValueError, TypeError, KeyError, OverflowError)


class OssObject(NamedTuple):
    """An object's bytes, and its ETag in the spelling of OSS."""

    body: bytes
    etag: str


def read(
    location: str,
    *,
    variable: str,
    endpoint: str,
    region: str,
    credentials: Credentials,
    session: Session,
    timeout: float,
    unless: str = "",
) -> OssObject | None:
    """The object at `oss://bucket/key`, or None if its ETag is equal to `unless`.

    variable: the setting with the location, for error messages. timeout: the function's, in seconds; reading may take
    a share of it. An endpoint that is neither a domain of Alibaba Cloud nor an IP address counts as a domain that is
    bound to the bucket.

    :raises ConfigurationError: the object cannot be read.
    """
    import oss2  # noqa: PLC0415 - its import takes long

    bucket_name, _, key = location.removeprefix("oss://").partition("/")
    if not bucket_name or not key:
        raise ConfigurationError("environment", variable, f'"{location}" names no object', "write oss://bucket/key")
    if not endpoint:
        raise ConfigurationError("environment", "OSS_ENDPOINT", "is not set", "give the base URL of OSS")
    # Accounts opened since 2025 accept only V4, which also signs the region.
    version = oss2.AUTH_VERSION_4 if region else oss2.AUTH_VERSION_1
    try:
        auth = oss2.StsAuth(*credentials, auth_version=version)
        bucket = oss2.Bucket(
            auth,
            endpoint,
            bucket_name,
            session=Carrier(session, min(SECONDS, SHARE_OF_TIMEOUT * timeout)),
            region=region or None,
            is_cname=is_bound_domain(endpoint, bucket_name),
        )
        answer = bucket.get_object(key, headers={"If-None-Match": unless} if unless else None)
        body = answer.read()
    except oss2.exceptions.NotModified:
        if unless:
            return None
        what, remedy = NOT_OSS, CHECK_OBJECT
    except (oss2.exceptions.OssError, ConnectionFailed, *_BROKEN) as error:
        what, remedy = _complaint(error, variable)
    else:
        what, remedy = f"is larger than {MOST_BYTES:,} bytes", "make it smaller"
        if answer.server_crc not in (None, answer.client_crc):  # `oss2` computes the checksum and does not compare it
            what, remedy = "the checksum of the answer is wrong", "check the network between the function and OSS"
        elif len(body) <= MOST_BYTES:
            tag = answer.headers.get("ETag", "")
            return OssObject(body, tag if _tag(tag) else "")
    # Raised outside the `except` block: OSS's answer to a refused signature contains the token, and would be the cause.
    raise ConfigurationError(location, "the whole object", what, remedy)


def _complaint(error: Exception, variable: str) -> tuple[str, str]:
    """What is wrong, and what to do about it."""
    import oss2  # noqa: PLC0415 - its import takes long

    if isinstance(error, ConnectionFailed):
        return str(error), "check OSS_ENDPOINT and the network"
    if isinstance(error, oss2.exceptions.ServerError):
        code = error.code if _code(error.code) else ""
        return f"{error.status} {code}".strip(), _remedy(code)
    if isinstance(error, oss2.exceptions.ClientError):  # nothing was sent: bucket, key or endpoint cannot be right
        return str(error.body).removeprefix("ClientError: "), f"correct {variable} or OSS_ENDPOINT"
    return NOT_OSS, "check OSS_ENDPOINT"


def _remedy(code: str) -> str:
    if code == PUBLIC_ENDPOINT_FORBIDDEN:
        return USE_INTERNAL_ENDPOINT
    return CHECK_CREDENTIALS if code in OF_CREDENTIALS else CHECK_OBJECT


def is_bound_domain(endpoint: str, bucket: str = "") -> bool:
    """Whether a base URL is a domain of one bucket, so that the bucket's name is not added in front of it.

    This is any host that is neither an IP address nor below `aliyuncs.com`, and the bucket's own host below it.
    """
    host = urlsplit(endpoint).hostname or ""
    address = ":" in host or host.replace(".", "").isdecimal() or host == "localhost"
    own = bool(_own_domain(host)) and not (bucket and host.startswith(f"{bucket}."))
    return bool(host) and not address and not own


class Carrier:
    """An HTTP session for `oss2` that sends over our session; a whole answer may take `seconds`."""

    def __init__(self, session: Session, seconds: float) -> None:
        self._session = session
        self._seconds = seconds

    def do_request(self, request: Any, timeout: Any) -> Any:  # noqa: ARG002 - our session has its own timeout
        """Send a request that `oss2` has signed, and return the answer in the type that `oss2` expects."""
        import requests  # noqa: PLC0415 - needed only with `oss2`, which expects its type of answer
        from oss2.http import Response  # noqa: PLC0415 - its import takes long

        url = f"{request.url}?{urlencode(request.params)}" if request.params else request.url
        headers = {name: value for name, value in request.headers.items() if value is not None}
        data = request.data or b""  # oss2 wraps what it writes, to compute a checksum
        body = data if isinstance(data, bytes) else data.encode() if isinstance(data, str) else data.read()
        answer = self._session.send(lambda: Request(request.method, url, headers, body), self._seconds, MOST_BYTES)
        response = requests.Response()
        response.status_code = answer.status
        response.headers.update(answer.headers)
        response.raw = io.BytesIO(answer.body)
        return Response(response)
