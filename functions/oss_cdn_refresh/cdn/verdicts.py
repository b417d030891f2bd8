"""What each error code of the CDN means for the items of a call.

Sources: RefreshObjectCaches, "Error codes", and the public error pages of the CDN API 2018-05-10 as of 2026-11.
Documents disagree on the HTTP statuses (throttling is often a 400 or 403), so the code decides, and the status only
where the code is unknown.
"""

from collections.abc import Iterator, Mapping
from enum import Enum

CODE_LENGTH = 128  # characters of a code that are looked up, stored and shown; the longest documented one has 40


class Verdict(Enum):
    """What helps after a refusal."""

    RETRY = "the same call may be accepted a moment later"
    DOMAIN_LATER = "one domain of the call has to wait, the others need not"
    LATER = "the CDN takes nothing for minutes"
    DAY_QUOTA = "the day's quota of this object type does not suffice"
    BAD_ITEM = "at least one item of the call will never be accepted"
    TOO_LARGE = "the call has too many items, or one that will never be accepted"
    BAD_DOMAIN = "at least one domain of the call will not be accepted until a person acts"
    BAD_REQUEST = "the call as a whole is wrong, whichever items are in it"
    UNKNOWN = "the code is in no document: it may be about one item, or about everything"
    RENEW = "credentials or the clock are out of date: read them again, once"
    ACCOUNT = "the account's calls are refused until a person acts"


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
    "InvalidObjectPath.Size": Verdict.TOO_LARGE,
    "SingleRequest.OverLimit": Verdict.TOO_LARGE,
    "InvalidObjectType": Verdict.BAD_REQUEST,
    "MissingParameter": Verdict.BAD_REQUEST,
    "InvalidParameter": Verdict.BAD_REQUEST,
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
    "InvalidAccessKeyId": Verdict.ACCOUNT,
    "InvalidSecurityToken": Verdict.ACCOUNT,
    "MissingSecurityToken": Verdict.ACCOUNT,
    "SignatureDoesNotMatch": Verdict.ACCOUNT,
    "IncompleteSignature": Verdict.ACCOUNT,
    "OperationDenied": Verdict.ACCOUNT,
    "CdnServiceNotFound": Verdict.ACCOUNT,
    "InsufficientBalance": Verdict.ACCOUNT,
}
BY_STATUS: Mapping[int, Verdict] = {  # RFC 9110 and RFC 6585, for answers whose code is unknown or missing
    408: Verdict.RETRY,
    413: Verdict.TOO_LARGE,
    429: Verdict.RETRY,
}
CLOCK = "InvalidTimeStamp"  # the one refusal that the answer's own time helps against
PER_MINUTE = "QuotaPerMinuteExceeded"  # the one refusal of a domain that says nothing about its other object types


def verdict_of(code: str, status: int) -> Verdict:
    """The verdict of an error answer, by its code or, where that is unknown, by its HTTP status."""
    for family in families(code):
        if family in BY_CODE:
            return BY_CODE[family]
    refused = 400 <= status < 500  # noqa: PLR2004 - HTTP's classes
    return BY_STATUS.get(status, Verdict.UNKNOWN if refused else Verdict.RETRY)


def families(code: str) -> Iterator[str]:
    """The code, then all that it is a kind of: `Throttling.User`, `Throttling`. Only `CODE_LENGTH` characters count."""
    family = code[:CODE_LENGTH]
    while family:
        yield family
        family = family.rpartition(".")[0]
