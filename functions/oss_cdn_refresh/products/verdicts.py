"""The verdict for an error code: by the table of a product, or by the HTTP status.

Documents disagree on the HTTP statuses (throttling is often a 400 or 403). So the code decides; the status decides only
for an unknown code. Source of the table here: "Common error codes" of OpenAPI, as of 2026-11.
"""

from collections.abc import Callable, Iterator, Mapping

from oss_cdn_refresh.model.verdict import Verdict
from oss_cdn_refresh.products.api import CODE_LENGTH

COMMON: Mapping[str, Verdict] = {  # codes of the gateway, which every product has
    "Throttling": Verdict.RETRY,
    "TooManyRequests": Verdict.RETRY,
    "FlowControlError": Verdict.RETRY,
    "ServiceUnavailable": Verdict.RETRY,
    "ServiceUnAvailable": Verdict.RETRY,
    "InternalError": Verdict.RETRY,
    "SignatureNonceUsed": Verdict.RETRY,
    "SystemBusy": Verdict.LATER,
    "SystemUpgrading": Verdict.LATER,
    "MissingParameter": Verdict.BAD_REQUEST,
    "InvalidParameter": Verdict.BAD_REQUEST,
    "Forbidden": Verdict.BAD_DOMAIN,
    "NoPermission": Verdict.BAD_DOMAIN,
    "InvalidTimeStamp": Verdict.RENEW,
    "InvalidSecurityToken.Expired": Verdict.RENEW,
    "InvalidAccessKeyId.NotFound": Verdict.RENEW,
    "InvalidAccessKeyId": Verdict.ACCOUNT,
    "InvalidSecurityToken": Verdict.ACCOUNT,
    "MissingSecurityToken": Verdict.ACCOUNT,
    "SignatureDoesNotMatch": Verdict.ACCOUNT,
    "IncompleteSignature": Verdict.ACCOUNT,
    "InsufficientBalance": Verdict.ACCOUNT,
}
OBJECT_PATH: Mapping[str, Verdict] = {  # codes that CDN and DCDN have in common
    "ObjectPath.Malformed": Verdict.BAD_ITEM,
    "InvalidObjectPath": Verdict.BAD_ITEM,
    "InvalidTaskId": Verdict.BAD_ITEM,
    "InvalidObjectPath.Size": Verdict.TOO_LARGE,
    "SingleRequest.OverLimit": Verdict.TOO_LARGE,
    "InvalidObjectType": Verdict.BAD_REQUEST,
    "QuotaPerMinuteExceeded": Verdict.MINUTE_FULL,
    "ServiceBusy": Verdict.DOMAIN_LATER,
    "InvalidDomain.Configure_failed": Verdict.DOMAIN_LATER,
    "TooMany.Refresh": Verdict.LATER,
    "QuotaExceeded": Verdict.DAY_QUOTA,
    "InvalidDomain": Verdict.BAD_DOMAIN,
    "IllegalOperationDomain": Verdict.BAD_DOMAIN,
    "InvalidExtensiveDomain": Verdict.BAD_DOMAIN,
    "IllegalOperation": Verdict.BAD_DOMAIN,
    "OperationDenied": Verdict.ACCOUNT,
}
BY_STATUS: Mapping[int, Verdict] = {  # RFC 9110 and RFC 6585, for answers with an unknown code or without a code
    408: Verdict.RETRY,
    413: Verdict.TOO_LARGE,
    414: Verdict.TOO_LARGE,
    429: Verdict.RETRY,
}
CLOCK = "InvalidTimeStamp"  # after this refusal, the time in the answer helps


def verdicts(by_code: Mapping[str, Verdict]) -> Callable[[str, int], Verdict]:
    """A function with the verdict for an error code and an HTTP status, by a product's table of codes."""

    def verdict_of(code: str, status: int) -> Verdict:
        for family in families(code):
            if family in by_code:
                return by_code[family]
        refused = 400 <= status < 500  # noqa: PLR2004 - HTTP's classes
        return BY_STATUS.get(status, Verdict.UNKNOWN if refused else Verdict.RETRY)

    return verdict_of


def families(code: str) -> Iterator[str]:
    """The code, then its families, such as `Throttling` for `Throttling.User`. Only `CODE_LENGTH` characters count."""
    family = code[:CODE_LENGTH]
    while family:
        yield family
        family = family.rpartition(".")[0]
