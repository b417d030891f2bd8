"""Checks the sender of a request: a known access key may do everything, others may only read objects.

It checks the access key, its security token, the signature of version 1, 2 or 4 in the header or in the URL, and the
time of the request. Other signature schemes are refused. RAM policies and ACLs are not modelled: every bucket is
public-read.
"""

import hmac
import re
import time
from calendar import timegm
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import NamedTuple
from urllib.parse import parse_qsl

from oss_cdn_refresh_box.account.credentials import Key, Keys, find
from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.oss.errors import OssError
from oss_cdn_refresh_box.oss.signing import claims
from oss_cdn_refresh_box.oss.signing.addressing import Place
from oss_cdn_refresh_box.oss.signing.claims import V4, Claim
from oss_cdn_refresh_box.oss.signing.signatures import UNSIGNED, Subject, signature
from oss_cdn_refresh_box.oss.text import raw, received
from oss_cdn_refresh_box.wire.serving import Request

TOLERANCE = 15 * 60  # seconds between a request's time and that of OSS; "RequestTimeTooSkewed"
LONGEST_URL = 7 * 86_400  # seconds that a URL of version 4 lives; "Include V4 signatures in a URL"
WHOLE = re.compile(r"[0-9]{1,12}")
ISO_8601 = re.compile(r"\d{8}T\d{6}Z", re.ASCII)


class Admission(NamedTuple):
    """Whether a known access key sent a request, and the parameters of its signature."""

    known: bool
    parameters: frozenset[str] = frozenset()


class Access:
    """Checks requests; it reads `keys` on each: a new or replaced key takes effect at once."""

    def __init__(self, clock: Clock, keys: Keys, region: str) -> None:
        self._clock = clock
        self._keys = keys
        self._region = region

    def admit(self, request: Request, place: Place) -> Admission:
        """The sender of this request for `place`.

        Raises:
            OssError: the credentials are wrong or cannot be checked.

        """
        arrived = received(request.headers)
        named = dict(reversed(arrived))
        claim = claims.claim(named, request.parameters)
        if claim is None:
            return Admission(known=False)
        key = self._find(claim.identity, claim.token)
        if claim.version == V4:
            self._check_scope(claim, named)
        self._check_time(claim)
        if set(claim.additional) - named.keys():
            raise OssError("InvalidArgument", "An additional header is not sent.")
        subject = Subject(request.method, arrived, parse_qsl(request.query, keep_blank_values=True), place)
        if not hmac.compare_digest(signature(subject, claim, key.secret).encode(), raw(claim.signature)):
            message = "The request signature we calculated does not match the signature you provided."
            raise OssError("SignatureDoesNotMatch", message)
        return Admission(known=True, parameters=claim.parameters)

    def _find(self, identity: str, token: str) -> Key:
        key = find(self._keys, identity)
        if key is None:
            raise OssError("InvalidAccessKeyId", "The OSS Access Key Id you provided does not exist in our records.")
        if token != key.token:
            raise OssError("InvalidAccessKeyId", "The security token you provided is invalid.")
        if self._clock.now() >= key.expires:
            raise OssError("SecurityTokenExpired", "The security token you provided has expired.")
        return key

    def _check_scope(self, claim: Claim, named: Mapping[str, str]) -> None:
        """Check region and day; a refusal has the status 400, unlike that of a signature."""
        where = "query string" if claim.in_url else "Authorization header"
        if claim.region != self._region:
            raise OssError("InvalidArgument", f"Invalid signing region in {where}.")
        if not ISO_8601.fullmatch(claim.date):
            raise OssError("AccessDenied", "OSS authentication requires a valid Date.")
        if claim.day != claim.date[:8]:
            raise OssError("InvalidArgument", f"Invalid signing date in {where}.")
        if named.get("x-oss-content-sha256", UNSIGNED if claim.in_url else "") != UNSIGNED:
            raise OssError("InvalidArgument", f"x-oss-content-sha256 must be {UNSIGNED}.")

    def _check_time(self, claim: Claim) -> None:
        if claim.in_url:
            self._check_url(claim)
            return
        # The date may be the machine's or the clock's: a client does not know that the cloud's clock was moved.
        sent = _moment(claim.date)
        if all(abs(sent - now) > TOLERANCE for now in (time.time(), self._clock.now())):
            message = "The difference between the request time and the current time is too large."
            raise OssError("RequestTimeTooSkewed", message)

    def _check_url(self, claim: Claim) -> None:
        if not WHOLE.fullmatch(claim.expires):
            raise OssError("AccessDenied", "Invalid date (should be seconds since epoch).")
        now, end = self._clock.now(), int(claim.expires)
        if claim.version == V4:
            if not 0 < end <= LONGEST_URL:
                raise OssError("InvalidArgument", f"x-oss-expires must be between 1 and {LONGEST_URL}.")
            begun = _moment(claim.date)
            if now < begun - TOLERANCE:
                raise OssError("AccessDenied", "Request is not valid yet.")
            end += int(begun)
        if end < now:
            raise OssError("AccessDenied", "Request has expired.")


def _moment(date: str) -> float:
    """A date of ISO 8601 (version 4) or RFC 1123 in seconds since the epoch."""
    try:
        if ISO_8601.fullmatch(date):
            return timegm(time.strptime(date, "%Y%m%dT%H%M%SZ"))
        return parsedate_to_datetime(date).timestamp()
    except (ValueError, OverflowError):
        raise OssError("AccessDenied", "OSS authentication requires a valid Date.") from None
