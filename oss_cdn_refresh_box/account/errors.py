"""The error codes of the APIs in JSON, most of them the CDN's, each with its message and a status seen with it.

Documents disagree on the statuses, so clients match on `Code`; a test that needs another status scripts a `Refusal`.
"""

from oss_cdn_refresh_box.wire.faults import Refusal

BY_CODE = {
    "CdnServiceNotFound": (403, "The CDN service is not activated for this account."),
    "DcdnServiceNotFound": (403, "The DCDN service is not activated for this account."),
    "Forbidden": (403, "You are not authorized to perform this operation."),
    "Forbidden.RAM": (403, "The user is not authorized to operate on the specified resource."),
    "IllegalOperation": (403, "The operation is not permitted."),
    "IllegalOperationDomain": (400, "The domain does not allow this operation."),
    "IncompleteSignature": (400, "The request signature does not conform to the standard."),
    "InsufficientBalance": (403, "The account has overdue payments."),
    "InvalidAccessKeyId.NotFound": (404, "The specified access key is not found."),
    "InvalidAction.NotFound": (404, "The specified action is not found."),
    "InvalidContent": (400, "The specified Content is not valid."),
    "InvalidDomain.Configure_failed": (500, "The domain failed to be configured."),
    "InvalidDomain.NotFound": (404, "The domain does not belong to this account."),
    "InvalidDomain.Offline": (404, "The domain is offline."),
    "InvalidExtensiveDomain.ValueNotSupported": (400, "Wildcard domains cannot be refreshed."),
    "InvalidObjectPath.ExceedsMaximum": (400, "The ObjectPath holds too many items."),
    "InvalidObjectPath.Malformed": (400, "The specified ObjectPath is not valid."),
    "InvalidObjectPath.Size.Malformed": (400, "The ObjectPath holds too many items."),
    "InvalidObjectType.Malformed": (400, "The specified ObjectType is not valid."),
    "InvalidParameter": (400, "A parameter is not valid."),
    "InvalidParameter.RecordNotBelongToSite": (400, "A host is no proxied record of the site."),
    "InvalidSecurityToken.Expired": (400, "The security token has expired."),
    "InvalidSecurityToken.Malformed": (400, "The security token is malformed."),
    "InvalidStationParameter": (400, "The site is not active, or does not belong to this account."),
    "InvalidTaskId.Malformed": (400, "The specified TaskId is not valid."),
    "InvalidTime": (400, "The period begins before the last three days, ends before it begins, or is no period."),
    "InvalidTimeStamp.Expired": (400, "The time stamp is expired or lies in the future."),
    "MissingParameter": (400, "A mandatory parameter is missing."),
    "MissingParameter.ObjectType": (400, "ObjectType is mandatory with DomainName and with Status."),
    "MissingSecurityToken": (400, "The security token is mandatory for this access key."),
    "MissingTimeParameter": (400, "StartTime and EndTime are mandatory together."),
    "NoPermission": (403, "You have no permission for this operation."),
    "OperationDenied": (403, "The operation is denied."),
    "PreloadQueueFull": (403, "The preload queue is full. Try again later."),
    "QuotaExceeded.Preload": (400, "The preload quota of the day is exceeded."),
    "QuotaExceeded.Purge": (400, "The purge quota of the site is exceeded."),
    "QuotaExceeded.Refresh": (400, "The refresh quota of the day is exceeded."),
    "QuotaPerMinuteExceeded.Refresh": (400, "The refresh quota of the minute is exceeded."),
    "RequestTooLarge": (413, "The request body is too large."),
    "ServiceBusy": (403, "The domain is being configured. Try again later."),
    "SignatureDoesNotMatch": (400, "The signature does not match the one calculated here."),
    "SignatureNonceUsed": (400, "The signature nonce was used already."),
    "SingleRequest.OverLimit": (400, "One request holds too many domains."),
    "SystemBusy": (403, "The system is busy. Try again later."),
    "SystemUpgrading": (403, "The system is being upgraded. Try again later."),
    "Throttling.User": (400, "Request was denied due to user flow control."),
    "TooMany.Refresh": (400, "The refresh queue is full. Try again later."),
    "TooManyRequests": (429, "Too many requests. Try again later."),
}


class Refused(Exception):
    """A service refuses a request; `refusal` is its answer."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal


def refused(code: str, detail: str = "", *, status: int = 0) -> Refused:
    """The error with this code, and with a status of its own if it has one.

    `detail` says which part of the request the error is about.
    """
    usual, message = BY_CODE[code]
    return Refused(Refusal(status or usual, code, f"{message} {detail}".rstrip()))
