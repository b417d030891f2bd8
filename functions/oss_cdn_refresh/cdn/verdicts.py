"""What each error code of the CDN means for the items of a call.

Sources: RefreshObjectCaches, "Error codes", and the public error pages of the CDN API 2018-05-10 as of 2026-11.
Documents disagree on the HTTP statuses (throttling is often a 400 or 403), so the code decides, and the status only
where the code is unknown.
"""

from collections.abc import Mapping
from enum import Enum


class Verdict(Enum):
    """What helps after a refusal."""

    RETRY = "the same call may be accepted a moment later"
    DOMAIN_LATER = "one domain of the call has to wait, the others need not"
    LATER = "the CDN takes nothing for minutes"
    DAY_QUOTA = "the day's quota of this object type does not suffice"
    BAD_ITEM = "at least one item of the call will never be accepted"
    BAD_DOMAIN = "at least one domain of the call will not be accepted until a person acts"
    RENEW = "credentials or the clock are out of date: read them again, once"
    HOPELESS = "nothing will be accepted until a person acts"


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
    "SingleRequest.OverLimit": Verdict.BAD_ITEM,
    "InvalidObjectType": Verdict.BAD_ITEM,
    "MissingParameter": Verdict.BAD_ITEM,
    "InvalidParameter": Verdict.BAD_ITEM,
    "QuotaPerMinuteExceeded": Verdict.DOMAIN_LATER,
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
    "InvalidAccessKeyId": Verdict.HOPELESS,
    "InvalidSecurityToken": Verdict.HOPELESS,
    "MissingSecurityToken": Verdict.HOPELESS,
    "SignatureDoesNotMatch": Verdict.HOPELESS,
    "IncompleteSignature": Verdict.HOPELESS,
    "OperationDenied": Verdict.HOPELESS,
    "CdnServiceNotFound": Verdict.HOPELESS,
    "InsufficientBalance": Verdict.HOPELESS,
}
BY_STATUS: Mapping[int, Verdict] = {  # RFC 9110 and RFC 6585, for answers whose code is unknown or missing
    408: Verdict.RETRY,
    429: Verdict.RETRY,
}
PER_MINUTE = "QuotaPerMinuteExceeded"  # the one refusal of a domain that says nothing about its other object types


def verdict_of(code: str, status: int) -> Verdict:
    """The verdict of an error answer; a code stands for all that begin with it and a dot (`Throttling.User`)."""
    family = code
    while family:
        if family in BY_CODE:
            return BY_CODE[family]
        family = family.rpartition(".")[0]
    refused = 400 <= status < 500  # noqa: PLR2004 - HTTP's classes
    return BY_STATUS.get(status, Verdict.BAD_ITEM if refused else Verdict.RETRY)
