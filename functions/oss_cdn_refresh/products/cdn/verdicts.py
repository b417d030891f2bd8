"""The verdict for each error code of the CDN: what it means for the items of a call.

Sources: RefreshObjectCaches, "Error codes", and the public error pages of the CDN API 2018-05-10 as of 2026-11.
Documents disagree on the HTTP statuses (throttling is often a 400 or 403). So the code decides; the status decides only
for an unknown code.
"""

from collections.abc import Iterator, Mapping

from oss_cdn_refresh.model.verdict import Verdict
from oss_cdn_refresh.products.api import CODE_LENGTH

BY_CODE: Mapping[str, Verdict] = {
    "Throttling": Verdict.RETRY,
    "TooManyRequests": Verdict.RETRY,
    "FlowControlError": Verdict.RETRY,
    "ServiceUnavailable": Verdict.RETRY,
    "ServiceUnAvailable": Verdict.RETRY,
    "InternalError": Verdict.RETRY,
    "SignatureNonceUsed": Verdict.RETRY,
    "ObjectPath.Malformed": Verdict.BAD_ITEM,
    "InvalidObjectPath": Verdict.BAD_ITEM,
    "InvalidTaskId": Verdict.BAD_ITEM,
    "InvalidObjectPath.Size": Verdict.TOO_LARGE,
    "SingleRequest.OverLimit": Verdict.TOO_LARGE,
    "InvalidObjectType": Verdict.BAD_REQUEST,
    "MissingParameter": Verdict.BAD_REQUEST,
    "InvalidParameter": Verdict.BAD_REQUEST,
    "QuotaPerMinuteExceeded": Verdict.MINUTE_FULL,
    "ServiceBusy": Verdict.DOMAIN_LATER,
    "InvalidDomain.Configure_failed": Verdict.DOMAIN_LATER,
    "TooMany.Refresh": Verdict.LATER,
    "SystemBusy": Verdict.LATER,
    "SystemUpgrading": Verdict.LATER,
    "QuotaExceeded": Verdict.DAY_QUOTA,
    "InvalidDomain": Verdict.BAD_DOMAIN,
    "IllegalOperationDomain": Verdict.BAD_DOMAIN,
    "InvalidExtensiveDomain": Verdict.BAD_DOMAIN,
    "Forbidden": Verdict.BAD_DOMAIN,
    "NoPermission": Verdict.BAD_DOMAIN,
    "IllegalOperation": Verdict.BAD_DOMAIN,
    "InvalidTimeStamp": Verdict.RENEW,
    "InvalidSecurityToken.Expired": Verdict.RENEW,
    "InvalidAccessKeyId.NotFound": Verdict.RENEW,
    "InvalidAccessKeyId": Verdict.ACCOUNT,
    "InvalidSecurityToken": Verdict.ACCOUNT,
    "MissingSecurityToken": Verdict.ACCOUNT,
    "SignatureDoesNotMatch": Verdict.ACCOUNT,
    "IncompleteSignature": Verdict.ACCOUNT,
    "OperationDenied": Verdict.ACCOUNT,
    "CdnServiceNotFound": Verdict.ACCOUNT,
    "InsufficientBalance": Verdict.ACCOUNT,
}
BY_STATUS: Mapping[int, Verdict] = {  # RFC 9110 and RFC 6585, for answers with an unknown code or without a code
    408: Verdict.RETRY,
    413: Verdict.TOO_LARGE,
    429: Verdict.RETRY,
}
CLOCK = "InvalidTimeStamp"  # after this refusal, the time in the answer helps


def verdict_of(code: str, status: int) -> Verdict:
    """The verdict for an error answer: by its code, or for an unknown code by its HTTP status."""
    for family in families(code):
        if family in BY_CODE:
            return BY_CODE[family]
    refused = 400 <= status < 500  # noqa: PLR2004 - HTTP's classes
    return BY_STATUS.get(status, Verdict.UNKNOWN if refused else Verdict.RETRY)


def families(code: str) -> Iterator[str]:
    """The code, then its families, such as `Throttling` for `Throttling.User`. Only `CODE_LENGTH` characters count."""
    family = code[:CODE_LENGTH]
    while family:
        yield family
        family = family.rpartition(".")[0]
