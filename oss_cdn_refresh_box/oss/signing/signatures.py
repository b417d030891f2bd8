"""The signatures of OSS, versions 1, 2 and 4, computed from the request as it arrived.

Facts: "Include V4 signatures in the Authorization header", "… in a URL", and the pages of the same name about V1
and V2, in the OSS documentation. The code here follows these pages and is shared with no client: a mistake of
a client is not repeated here. The tests compare it with `oss2` and `alibabacloud-oss-v2`.

The subresources are the parameters that select an operation and that version 1 signs. The list is that of `oss2` 2.19
(`oss2.auth.ProviderAuth`) and `alibabacloud-oss-v2` 1.4 (its signer and its operations); the tests compare both.
Most of these operations are not modelled, but a request with one of these parameters must not pass for another request.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import quote

from oss_cdn_refresh_box.oss.signing.addressing import Place
from oss_cdn_refresh_box.oss.signing.claims import V1, V2, V4, Claim
from oss_cdn_refresh_box.oss.text import raw

SUBRESOURCES = """
MetaQuery accessPoint accessPointPolicy acl action append asyncFetch bucketArchiveDirectRead bucketInfo callback
callback-var cleanRestoredObject cloudboxes cname comp continuation-token cors dataPipeline delete encryption
endTime group httpsConfig inventory inventoryId legalHold lifecycle link live location logging metaQuery
metadataConfiguration metadataInventoryTable metadataJournalTable objectInfo objectMeta objectWorm overwriteConfig
partNumber policy policyStatus position publicAccessBlock qos qosInfo qosRequester quota redundancyTransition
referer regionList replication replicationLocation replicationProgress requestPayment requesterQosInfo
resourceGroup resourcePool resourcePoolBuckets resourcePoolInfo response-cache-control
response-content-disposition response-content-encoding response-content-language response-content-type
response-expires restore retention rtc seal security-token sequential startTime stat status style styleName symlink
tagging transferAcceleration uploadId uploads userDefinedLogFieldsConfig versionId versioning versions vod website
worm wormExtend wormId x-oss-ac-forward-allow x-oss-ac-source-ip x-oss-ac-subnet-mask x-oss-ac-vpc-id
x-oss-access-point-name x-oss-async-process x-oss-process x-oss-redundancy-transition-taskid x-oss-request-payer
x-oss-target-redundancy-type x-oss-traffic-limit x-oss-write-get-object-response
"""
KNOWN = frozenset(SUBRESOURCES.split())
OVERRIDES = frozenset(name for name in KNOWN if name.startswith("response-"))
OWN = "x-oss-"  # the beginning of parameters and headers that mean something to OSS
UNSIGNED = "UNSIGNED-PAYLOAD"  # the only value that x-oss-content-sha256 may have
ALWAYS_SIGNED = {"content-type", "content-md5"}  # by version 4; so are all headers of OSS's own
NOT_SIGNED = {"x-oss-signature"}  # the parameter that holds the signature itself


class Subject(NamedTuple):
    """The signed parts of a request: headers with lower-case names and decoded parameters, in the order of arrival."""

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


def means_something(name: str) -> bool:
    """Whether OSS understands a parameter with this name; it ignores all others."""
    return name in KNOWN or name.lower().startswith(OWN)
