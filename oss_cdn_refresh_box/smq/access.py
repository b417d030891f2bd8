"""Checks the signature, the date and the security token of a request to SMQ.

Facts: "Sign requests" and "Common parameters" in the SMQ documentation; the string to sign agrees with
`mns.mns_client.MNSClient.get_signature` of `aliyun-mns-sdk` 1.3.0. RAM policies are not modelled: a known key may do
everything.
"""

import base64
import hashlib
import hmac
import time
from email.utils import parsedate_to_datetime

from oss_cdn_refresh_box.account.credentials import Key, Keys, find
from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.smq.errors import SmqError
from oss_cdn_refresh_box.wire.serving import Request

TOLERANCE = 15 * 60  # seconds between a request's Date and the service's time; "Common parameters"
SCHEME = "MNS "


class Access:
    """Admits a recent request that is signed with a known key.

    It reads `keys` on each request: a new or replaced key takes effect at once.
    """

    def __init__(self, clock: Clock, keys: Keys) -> None:
        self._clock = clock
        self._keys = keys

    def check(self, request: Request) -> None:
        """Raise the first SmqError that applies to the request's credentials."""
        identity, given = _authorization(request)
        self._check_date(request)
        if request.headers.get("x-mns-version") is None:
            raise SmqError("MissingVersionHeader", "x-mns-version header is required.")
        key = self._known(identity, request.headers.get("security-token", ""))
        if not hmac.compare_digest(given, signature(request, key.secret)):
            raise SmqError(
                "SignatureDoesNotMatch",
                "The request signature we calculated does not match the signature you provided.",
            )
        _check_md5(request)

    def _check_date(self, request: Request) -> None:
        """The date may be the machine's or the clock's: a client does not know that the cloud's clock was moved."""
        date = request.headers.get("Date")
        if date is None:
            raise SmqError("MissingDateHeader", "Date header is required.")
        try:
            sent = parsedate_to_datetime(date).timestamp()
        except ValueError:
            raise SmqError("InvalidDateHeader", "The Date header format is invalid.") from None
        if all(abs(sent - now) > TOLERANCE for now in (time.time(), self._clock.now())):
            raise SmqError("TimeExpired", "The http request you sent is expired.")

    def _known(self, identity: str, token: str) -> Key:
        key = find(self._keys, identity)
        if key is None:
            raise SmqError("InvalidAccessKeyId", "The AccessKey Id you provided is not exist.")
        if token != key.token:
            raise SmqError("InvalidSecurityToken", "The security token you provided is invalid.")
        if self._clock.now() >= key.expires:
            raise SmqError("SecurityTokenExpired", "The security token you provided has expired.")
        return key


def signature(request: Request, secret: str) -> str:
    """The signature for the request's Authorization header: Base64 of an HMAC-SHA1."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    own = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers) if name.startswith("x-mns-"))
    resource = f"{request.path}?{request.query}" if request.query else request.path
    lines = (request.method, *(headers.get(name, "") for name in ("content-md5", "content-type", "date")))
    text = "\n".join((*lines, own + resource))
    return base64.b64encode(hmac.new(secret.encode(), text.encode(), hashlib.sha1).digest()).decode()


def _authorization(request: Request) -> tuple[str, str]:
    header = request.headers.get("Authorization")
    if header is None:
        raise SmqError("MissingAuthorizationHeader", "Authorization header is required.")
    key, colon, given = header.removeprefix(SCHEME).partition(":")
    if not (header.startswith(SCHEME) and key and colon and given.isascii()):
        raise SmqError("InvalidAuthorizationHeader", "The Authorization header format is invalid.")
    return key, given


def _check_md5(request: Request) -> None:
    """Content-MD5 may be left out; it is the Base64 of the digest's hex or, as RFC 1864 has it, of its bytes."""
    given = request.headers.get("Content-MD5")
    digest = hashlib.md5(request.body, usedforsecurity=False)
    known = (base64.b64encode(form).decode() for form in (digest.hexdigest().encode(), digest.digest()))
    if given is not None and given not in known:
        raise SmqError("InvalidDegist", "The Content-MD5 you specified is invalid.")
