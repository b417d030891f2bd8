"""Reading one object of OSS: `oss2` signs, our session carries, so that no silent OSS holds the function.

`oss2` belongs to Function Compute's Python runtimes and takes long to import: only who reads an object pays for it.
"""

import io
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

import requests

from oss_cdn_refresh.credentials import Credentials
from oss_cdn_refresh.errors import ConfigurationError, ConnectionFailed
from oss_cdn_refresh.session import Request, Session

MOST_BYTES = 67_108_864  # of an object: an inventory of a million directories has 40 MB, gzipped a seventh
SECONDS = 5.0  # for the whole answer …
SHARE_OF_TIMEOUT = 0.25  # … but no more than this part of the function's time

CHECK_CREDENTIALS = "check the credentials"
SEE = "see that it is there and the role may read it"
PUBLIC_ENDPOINT_FORBIDDEN = "PublicEndpointForbidden"  # 400, of accounts opened since 2025-03-20
WAY_IN = (
    "set OSS_ENDPOINT to the internal endpoint (https://oss-REGION-internal.aliyuncs.com) where this runs inside the "
    "region, else to a domain that is bound to the bucket"
)
OF_CREDENTIALS = frozenset({"InvalidAccessKeyId", "SignatureDoesNotMatch", "SecurityTokenExpired"})


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
            is_cname=is_bound_domain(endpoint),
            session=_Carrier(session, min(SECONDS, SHARE_OF_TIMEOUT * timeout)),
            region=region or None,
        )
        answer = bucket.get_object(key, headers={"If-None-Match": unless} if unless else None)
        body = answer.read()
        if len(body) <= MOST_BYTES:
            return OssObject(body, answer.headers.get("ETag", ""))
        what, remedy = f"is larger than {MOST_BYTES:,} bytes", SEE
    except oss2.exceptions.NotModified:
        return None
    except ConnectionFailed as error:
        what, remedy = str(error), "check OSS_ENDPOINT and the network"
    except oss2.exceptions.OssError as error:
        what, remedy = f"{error.status} {error.code}".strip(), _remedy(error.code)
    except UnicodeDecodeError:  # of an error's body
        what, remedy = "the answer is not OSS's", "check OSS_ENDPOINT"
    # Raised here and not there: what OSS answers to a refused signature holds the token, and would stand as the cause.
    raise ConfigurationError(where, "the whole object", what, remedy)


def is_bound_domain(endpoint: str) -> bool:
    """Whether a base URL is a domain bound to one bucket: neither a host of Alibaba Cloud nor an address."""
    host = (urlsplit(endpoint).hostname or "").rstrip(".")
    address = ":" in host or host.replace(".", "").isdecimal() or host == "localhost"
    return bool(host) and not address and not host.endswith(".aliyuncs.com")


def _remedy(code: str) -> str:
    if code == PUBLIC_ENDPOINT_FORBIDDEN:
        return WAY_IN
    return CHECK_CREDENTIALS if code in OF_CREDENTIALS else SEE


class _Carrier:
    """What `oss2` takes for its HTTP session."""

    def __init__(self, session: Session, seconds: float) -> None:
        self._session = session
        self._seconds = seconds

    def do_request(self, request: Any, timeout: Any) -> Any:  # noqa: ARG002 - the session has its own
        """Send what `oss2` has signed, and answer as it expects."""
        from oss2.http import Response  # noqa: PLC0415 - as above

        url = f"{request.url}?{urlencode(request.params)}" if request.params else request.url
        headers = {name: value for name, value in request.headers.items() if value is not None}
        answer = self._session.send(lambda: Request(request.method, url, headers, b""), self._seconds, MOST_BYTES)
        response = requests.Response()
        response.status_code = answer.status
        response.headers.update(answer.headers)
        response.raw = io.BytesIO(answer.body)
        return Response(response)
