"""Reading one object of OSS: `oss2` signs, our session carries, so that no silent OSS holds the function.

`oss2` belongs to Function Compute's Python runtimes and takes long to import: only who reads an object pays for it.
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
SHARE_OF_TIMEOUT = 0.25  # … but no more than this part of the function's time
NOT_OSS = "the answer is not OSS's"
SEE = "see that it is there and the role may read it"
CHECK_CREDENTIALS = "check the credentials"
OF_CREDENTIALS = frozenset({"InvalidAccessKeyId", "SignatureDoesNotMatch", "SecurityTokenExpired"})
PUBLIC_ENDPOINT_FORBIDDEN = "PublicEndpointForbidden"  # 400, of accounts opened since 2025-03-20
WAY_IN = (
    "set OSS_ENDPOINT to the internal endpoint (https://oss-REGION-internal.aliyuncs.com) where this runs inside the "
    "region, else to a domain that is bound to the bucket"
)

_own_domain = re.compile(r"(?:.+\.)?aliyuncs\.com\.?").fullmatch  # the bucket's name is put before it
_tag = re.compile(r"[!-~]{1,128}").fullmatch  # an ETag that can be sent back
_code = re.compile(r"[A-Za-z0-9.]{1,100}").fullmatch
# What `oss2` raises on headers that are not OSS's: it parses numbers and dates without looking.
_BROKEN = (ValueError, TypeError, KeyError, OverflowError)


class OssObject(NamedTuple):
    """An object's bytes, and its ETag as OSS wrote it."""

    body: bytes
    etag: str


def read(
    where: str,
    *,
    variable: str,
    endpoint: str,
    region: str,
    who: Credentials,
    session: Session,
    timeout: float,
    unless: str = "",
) -> OssObject | None:
    """The object at `oss://bucket/key`, or None where its ETag is still the one in `unless`.

    `variable` is what names it, for complaints; `timeout` the function's, in seconds: OSS gets a part of it.
    An endpoint that is no domain of Alibaba Cloud's and no IP address is a domain that is bound to the bucket.

    :raises ConfigurationError: it cannot be read.
    """
    import oss2  # noqa: PLC0415 - see above

    bucket_name, _, key = where.removeprefix("oss://").partition("/")
    if not bucket_name or not key:
        raise ConfigurationError("environment", variable, f'"{where}" names no object', "write oss://bucket/key")
    if not endpoint:
        raise ConfigurationError("environment", "OSS_ENDPOINT", "is not set", "give the base URL of OSS")
    # Accounts since 2025 know only V4, which signs the region too.
    version = oss2.AUTH_VERSION_4 if region else oss2.AUTH_VERSION_1
    try:
        auth = oss2.StsAuth(*who, auth_version=version)
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
        what, remedy = NOT_OSS, SEE
    except (oss2.exceptions.OssError, ConnectionFailed, *_BROKEN) as error:
        what, remedy = _complaint(error, variable)
    else:
        what, remedy = f"is larger than {MOST_BYTES:,} bytes", "make it smaller"
        if answer.server_crc not in (None, answer.client_crc):  # `oss2` computes it, and leaves comparing to us
            what, remedy = "the checksum of what arrived is wrong", "see what stands between the function and OSS"
        elif len(body) <= MOST_BYTES:
            tag = answer.headers.get("ETag", "")
            return OssObject(body, tag if _tag(tag) else "")
    # Raised here and not there: what OSS answers to a refused signature holds the token, and would stand as the cause.
    raise ConfigurationError(where, "the whole object", what, remedy)


def _complaint(error: Exception, variable: str) -> tuple[str, str]:
    """What is wrong, and what to do about it."""
    import oss2  # noqa: PLC0415 - see above

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
        return WAY_IN
    return CHECK_CREDENTIALS if code in OF_CREDENTIALS else SEE


def is_bound_domain(endpoint: str, bucket: str = "") -> bool:
    """Whether a base URL is a domain of one bucket, before which no bucket's name is put.

    That is any host that is neither an address nor below `aliyuncs.com`, and the bucket's own host there.
    """
    host = urlsplit(endpoint).hostname or ""
    address = ":" in host or host.replace(".", "").isdecimal() or host == "localhost"
    own = bool(_own_domain(host)) and not (bucket and host.startswith(f"{bucket}."))
    return bool(host) and not address and not own


class Carrier:
    """What `oss2` takes for its HTTP session: it sends over ours, and an answer may take so many seconds."""

    def __init__(self, session: Session, seconds: float) -> None:
        self._session = session
        self._seconds = seconds

    def do_request(self, request: Any, timeout: Any) -> Any:  # noqa: ARG002 - the session has its own
        """Send what `oss2` has signed, and answer as it expects."""
        import requests  # noqa: PLC0415 - `oss2` takes its answers
        from oss2.http import Response  # noqa: PLC0415 - as above

        url = f"{request.url}?{urlencode(request.params)}" if request.params else request.url
        headers = {name: value for name, value in request.headers.items() if value is not None}
        answer = self._session.send(lambda: Request(request.method, url, headers, b""), self._seconds, MOST_BYTES)
        response = requests.Response()
        response.status_code = answer.status
        response.headers.update(answer.headers)
        response.raw = io.BytesIO(answer.body)
        return Response(response)
