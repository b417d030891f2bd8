"""Who may do what in OSS: a known access key everything, anybody else may read objects (as in a public-read bucket).

Checked are the access key, its security token and, for signature version 1 (the default of `oss2`, in the header or in
the URL), the signature. **Not checked**: the signatures of versions 2 and 4 (the access key is), the age of a request's
date, RAM policies, ACLs. Facts: "Include signatures in the Authorization header" and "… in the URL" in the OSS
documentation; the string to sign agrees with `oss2.auth.ProviderAuth` of 2.19.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from urllib.parse import unquote

from local.clock import Clock
from local.credentials import Credential, find
from local.oss.errors import OssError
from local.serving import Request

AUTHORIZATION = re.compile(
    r"OSS (?P<v1>[^:]+):(?P<signature>.+)"
    r"|OSS2 AccessKeyId:(?P<v2>[^,]+),.+"
    r"|OSS4-HMAC-SHA256 Credential=(?P<v4>[^/]+)/.+"
)
SUBRESOURCES = {  # parameters that are signed: those of them that this service or its clients know
    *(
        "acl",
        "append",
        "bucketInfo",
        "cname",
        "continuation-token",
        "delete",
        "location",
        "objectMeta",
        "partNumber",
        "position",
    ),
    *("response-cache-control", "response-content-disposition", "response-content-encoding"),
    *("response-content-language", "response-content-type", "response-expires", "security-token", "stat", "symlink"),
    *("uploadId", "uploads", "website", "x-oss-process"),
}


class Access:
    """Tells who sends a request; `keys` is looked at on each, so that credentials can be rotated."""

    def __init__(self, clock: Clock, keys: Mapping[str, str | Credential]) -> None:
        self._clock = clock
        self._keys = keys

    def known(self, request: Request) -> bool:
        """Whether a known access key sent this request; False for nobody at all.

        Raises:
            OssError: if there are credentials, but wrong ones.

        """
        parameters = request.parameters
        if "OSSAccessKeyId" in parameters:
            return self._check_url(request, parameters)
        header = request.headers.get("Authorization")
        if header is None:
            return False
        match = AUTHORIZATION.fullmatch(header)
        if match is None:
            raise OssError("InvalidArgument", "Authorization header is invalid.")
        key = self._find(match["v1"] or match["v2"] or match["v4"], request.headers.get("x-oss-security-token", ""))
        if match["v1"]:
            date = "" if "x-oss-date" in request.headers else request.headers.get("Date", "")
            _compare(match["signature"], signature(request, date or request.headers.get("x-oss-date", ""), key.secret))
        return True

    def _check_url(self, request: Request, parameters: Mapping[str, str]) -> bool:
        key = self._find(parameters["OSSAccessKeyId"], parameters.get("security-token", ""))
        expires = parameters.get("Expires", "")
        if not expires.isdigit() or int(expires) < self._clock.now():
            raise OssError("AccessDenied", "Request has expired.")
        _compare(parameters.get("Signature", ""), signature(request, expires, key.secret))
        return True

    def _find(self, identity: str, token: str) -> Credential:
        key = find(self._keys, identity)
        if key is None:
            raise OssError("InvalidAccessKeyId", "The OSS Access Key Id you provided does not exist in our records.")
        if token != key.token:
            raise OssError("InvalidAccessKeyId", "The security token you provided is invalid.")
        if self._clock.now() >= key.expires:
            raise OssError("SecurityTokenExpired", "The security token you provided has expired.")
        return key


def signature(request: Request, date: str, secret: str) -> str:
    """Signature version 1 of a request, Base64."""
    own = sorted((name.lower(), value) for name, value in request.headers.items() if name.lower().startswith("x-oss-"))
    signed = sorted((name, value) for name, value in request.parameters.items() if name in SUBRESOURCES)
    resource = unquote(request.path)
    if resource.count("/") == 1 and resource != "/":
        resource += "/"
    if signed:
        resource += "?" + "&".join(f"{name}={value}" if value else name for name, value in signed)
    lines = [request.method, request.headers.get("Content-MD5", ""), request.headers.get("Content-Type", ""), date]
    lines += [f"{name}:{value}" for name, value in own]
    digest = hmac.new(secret.encode(), "\n".join([*lines, resource]).encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def _compare(given: str, expected: str) -> None:
    if not hmac.compare_digest(given.encode(), expected.encode()):
        raise OssError(
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided.",
        )
