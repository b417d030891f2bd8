"""The verdict for each error code of DCDN and of ESA that a page or a public client names."""

import pytest

from oss_cdn_refresh.model.verdict import Verdict
from oss_cdn_refresh.products.dcdn.verdicts import verdict_of as of_dcdn
from oss_cdn_refresh.products.esa.verdicts import verdict_of as of_esa

STATUSES = (200, 400, 403, 404, 429, 500, 503)  # documents disagree on them: only the code counts
GATEWAY = {
    "Throttling": Verdict.RETRY,
    "Throttling.User": Verdict.RETRY,
    "TooManyRequests": Verdict.RETRY,
    "ServiceUnavailable": Verdict.RETRY,
    "InternalError": Verdict.RETRY,
    "FlowControlError": Verdict.RETRY,
    "SignatureNonceUsed": Verdict.RETRY,
    "SystemUpgrading": Verdict.LATER,
    "MissingParameter": Verdict.BAD_REQUEST,
    "MissingParameter.ObjectType": Verdict.BAD_REQUEST,
    "InvalidParameter": Verdict.BAD_REQUEST,
    "InvalidParameter.ArgName": Verdict.BAD_REQUEST,
    "InvalidParameters": Verdict.BAD_REQUEST,
    "MissingTimeParameter": Verdict.BAD_REQUEST,
    "InvalidTime": Verdict.BAD_REQUEST,
    "InvalidEndTime.Mismatch": Verdict.BAD_REQUEST,
    "DomainNameOverLimit": Verdict.TOO_LARGE,
    "Forbidden": Verdict.BAD_DOMAIN,
    "Forbidden.RAM": Verdict.BAD_DOMAIN,
    "NoPermission": Verdict.BAD_DOMAIN,
    "InvalidTimeStamp.Expired": Verdict.RENEW,
    "InvalidSecurityToken.Expired": Verdict.RENEW,
    "InvalidAccessKeyId.NotFound": Verdict.RENEW,
    "InvalidAccessKeyId.Inactive": Verdict.ACCOUNT,
    "SignatureDoesNotMatch": Verdict.ACCOUNT,
    "IncompleteSignature": Verdict.ACCOUNT,
    "InsufficientBalance": Verdict.ACCOUNT,
}
DCDN = {
    **GATEWAY,
    # RefreshDcdnObjectCaches, "Error codes"
    "SingleRequest.OverLimit": Verdict.TOO_LARGE,
    "InvalidObjectType.Malformed": Verdict.BAD_REQUEST,
    "InvalidObjectPath.Malformed": Verdict.BAD_ITEM,
    "QuotaExceeded.Refresh": Verdict.DAY_QUOTA,
    "InvalidExtensiveDomain.ValueNotSupported": Verdict.BAD_DOMAIN,
    "QuotaPerMinuteExceeded.Refresh": Verdict.MINUTE_FULL,
    "TooMany.Refresh": Verdict.LATER,
    # PreloadDcdnObjectCaches, "Error codes"
    "QuotaExceeded.Preload": Verdict.DAY_QUOTA,
    "PreloadQueueFull": Verdict.LATER,
    "InvalidObjectPath.ExceedsMaximum": Verdict.TOO_LARGE,
    # DescribeDcdnRefreshTaskById and DescribeDcdnRefreshTasks, "Error codes"
    "InvalidTaskId.Malformed": Verdict.BAD_ITEM,
    "InvalidTaskId": Verdict.BAD_ITEM,
    "InvalidStartTime.Malformed": Verdict.BAD_REQUEST,
    "InvalidStartTime.ValueNotSupported": Verdict.BAD_REQUEST,
    "InvalidEndTime.Malformed": Verdict.BAD_REQUEST,
    "InvalidObjectType.ValueNotSupported": Verdict.BAD_REQUEST,
    "InvalidStatus.ValueNotSupported": Verdict.BAD_REQUEST,
    # the general list of codes
    "IllegalOperationDomain": Verdict.BAD_DOMAIN,
    "InvaildParameter": Verdict.BAD_REQUEST,  # spelled so
    "InvalidDomain.NotFound": Verdict.BAD_DOMAIN,
    "InvalidDomain.Configure_failed": Verdict.DOMAIN_LATER,
    "ServiceBusy": Verdict.DOMAIN_LATER,
    "DomainInProtectedMode": Verdict.BAD_DOMAIN,
    "InvalidPageNumber.ValueNotSupported": Verdict.BAD_REQUEST,
    "DcdnServiceNotFound": Verdict.ACCOUNT,
    "AccountArrears": Verdict.ACCOUNT,
    "OperationDenied": Verdict.ACCOUNT,
}
ESA = {
    **GATEWAY,
    # GetPurgeQuota and PreloadCaches, "Error codes"
    "InvalidStationParameter": Verdict.BAD_REQUEST,
    "InvalidParameter.RecordNotBelongToSite": Verdict.BAD_DOMAIN,
    # the general list of codes, and pages of other actions
    "SiteNotFound": Verdict.BAD_REQUEST,
    "SiteNotFound.NotFound": Verdict.BAD_REQUEST,
    "Site.ServiceBusy": Verdict.LATER,
    "InternalException": Verdict.RETRY,
    "LockFailed": Verdict.RETRY,
    "AccountBlacklist": Verdict.ACCOUNT,
    "AccountStatusIllegal": Verdict.ACCOUNT,
    "Forbidden.RiskControl": Verdict.ACCOUNT,
    "Forbidden.UserVerification": Verdict.ACCOUNT,
    # answers that public clients and a note of 2026-08 have seen
    "InvalidAction.NotFound": Verdict.BAD_REQUEST,
    "InvalidContent": Verdict.UNKNOWN,
    "QuotaExceeded.PurgeFile": Verdict.DAY_QUOTA,
    "PurgeUrlOverThreshold": Verdict.DAY_QUOTA,
}


@pytest.mark.parametrize("code", DCDN)
def test_a_documented_code_of_dcdn_has_the_same_verdict_with_every_status(code: str) -> None:
    assert {status: of_dcdn(code, status) for status in STATUSES} == dict.fromkeys(STATUSES, DCDN[code])


@pytest.mark.parametrize("code", ESA)
def test_a_documented_code_of_esa_has_the_same_verdict_with_every_status(code: str) -> None:
    assert {status: of_esa(code, status) for status in STATUSES} == dict.fromkeys(STATUSES, ESA[code])


@pytest.mark.parametrize("verdict_of", [of_dcdn, of_esa])
def test_an_unknown_code_is_judged_by_its_status(verdict_of: object) -> None:
    assert callable(verdict_of)
    assert [verdict_of("Unheard.Of", status) for status in (400, 413, 414, 429, 500)] == [
        Verdict.UNKNOWN,
        Verdict.TOO_LARGE,
        Verdict.TOO_LARGE,
        Verdict.RETRY,
        Verdict.RETRY,
    ]
