"""The signatures of OSS, versions 1, 2 and 4, computed from what arrived.

Facts: "Include V4 signatures in the Authorization header", "… in a URL", and the pages of the same name about V1
and V2, in the OSS documentation. They are written from there and not shared with any client, so that a client's
mistake cannot be the stand-in's too; the tests compare them with `oss2` and `alibabacloud-oss-v2`.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import quote

from local.oss.headers import raw
from local.oss.signing.addressing import Place
from local.oss.signing.claims import V1, V2, V4, Claim
from local.oss.signing.subresources import KNOWN, OWN

UNSIGNED = "UNSIGNED-PAYLOAD"  # the only value that x-oss-content-sha256 may have
ALWAYS_SIGNED = {"content-type", "content-md5"}  # by version 4; so are all headers of OSS's own
NOT_SIGNED = {"x-oss-signature"}  # the parameter that holds the signature itself


class Subject(NamedTuple):
    """What of a request is signed: headers with lower-case names, parameters decoded, both as they arrived."""

    method: str
    headers: list[tuple[str, str]]
    parameters: list[tuple[str, str]]
    place: Place

    def header(self, name: str) -> str:
        """A header's value, or ""."""
        return dict(reversed(self.headers)).get(name, "")


def signature(subject: Subject, claim: Claim, secret: str) -> str:
    """The signature that a request with this claim must have."""
    return {V1: _v1, V2: _v2, V4: _v4}[claim.version](subject, claim, secret)


def _v1(subject: Subject, claim: Claim, secret: str) -> str:
    own = _lines(pair for pair in subject.headers if pair[0].startswith(OWN))
    signed = sorted((name, value) for name, value in subject.parameters if name in KNOWN)
    query = "&".join(f"{name}={value}" if value else name for name, value in signed)
    text = _head(subject, claim) + own + _resource(subject.place) + (f"?{query}" if query else "")
    return base64.b64encode(hmac.new(secret.encode(), raw(text), hashlib.sha1).digest()).decode()


def _v2(subject: Subject, claim: Claim, secret: str) -> str:
    own = _lines(pair for pair in subject.headers if pair[0].startswith(OWN) or pair[0] in claim.additional)
    query = _query(subject)
    resource = quote(_resource(subject.place), "") + (f"?{query}" if query else "")
    text = _head(subject, claim) + own + ";".join(sorted(claim.additional)) + "\n" + resource
    return base64.b64encode(hmac.new(secret.encode(), raw(text), hashlib.sha256).digest()).decode()


def _v4(subject: Subject, claim: Claim, secret: str) -> str:
    signed = ALWAYS_SIGNED.union(claim.additional)
    canonical = (
        subject.method,
        quote(_resource(subject.place)),
        _query(subject),
        _lines(pair for pair in subject.headers if pair[0].startswith(OWN) or pair[0] in signed),
        ";".join(claim.additional),
        UNSIGNED,
    )
    hashed = hashlib.sha256(raw("\n".join(canonical))).hexdigest()
    scope = (claim.day, claim.region, "oss", "aliyun_v4_request")
    key = f"aliyun_v4{secret}".encode()
    for part in scope:
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    text = "\n".join(("OSS4-HMAC-SHA256", claim.date, "/".join(scope), hashed))
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def _head(subject: Subject, claim: Claim) -> str:
    lines = (subject.method, subject.header("content-md5"), subject.header("content-type"), claim.date)
    return "".join(f"{line}\n" for line in lines)


def _resource(place: Place) -> str:
    return f"/{place.bucket}/{place.key}" if place.bucket else "/"


def _lines(headers: Iterable[tuple[str, str]]) -> str:
    return "".join(f"{name}:{value}\n" for name, value in sorted(headers))


def _query(subject: Subject) -> str:
    pairs = sorted((quote(name, ""), quote(value, "")) for name, value in subject.parameters if name not in NOT_SIGNED)
    return "&".join(f"{name}={value}" if value else name for name, value in pairs)
