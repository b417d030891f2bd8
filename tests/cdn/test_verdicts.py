"""What each error code of the CDN means for the items of a call."""

import pytest

from oss_cdn_refresh.cdn.verdicts import Verdict, verdict_of

STATUSES = (200, 400, 403, 404, 429, 500, 503)  # documents disagree on them: only the code counts
MEANS = {
    "Throttling": Verdict.RETRY,
    "Throttling.User": Verdict.RETRY,
    "Throttling.Api": Verdict.RETRY,
    "TooManyRequests": Verdict.RETRY,
    "FlowControlError": Verdict.RETRY,
    "ServiceUnavailable": Verdict.RETRY,
    "ServiceUnAvailable": Verdict.RETRY,
    "InternalError": Verdict.RETRY,
    "SignatureNonceUsed": Verdict.RETRY,
    "QuotaPerMinuteExceeded": Verdict.DOMAIN_LATER,
    "QuotaPerMinuteExceeded.Refresh": Verdict.DOMAIN_LATER,
    "ServiceBusy": Verdict.DOMAIN_LATER,
    "InvalidDomain.Configure_failed": Verdict.DOMAIN_LATER,
    "TooMany.Refresh": Verdict.LATER,
    "SystemBusy": Verdict.LATER,
    "SystemUpgrading": Verdict.LATER,
    "QuotaExceeded": Verdict.DAY_QUOTA,
    "QuotaExceeded.Refresh": Verdict.DAY_QUOTA,
    "ObjectPath.Malformed": Verdict.BAD_ITEM,
    "InvalidObjectPath.Malformed": Verdict.BAD_ITEM,
    "InvalidObjectPath.Size.Malformed": Verdict.BAD_ITEM,
    "SingleRequest.OverLimit": Verdict.BAD_ITEM,
    "InvalidObjectType.Malformed": Verdict.BAD_ITEM,
    "InvalidObjectType.ValueNotSupported": Verdict.BAD_ITEM,
    "MissingParameter": Verdict.BAD_ITEM,
    "InvalidParameter": Verdict.BAD_ITEM,
    "InvalidDomain.NotFound": Verdict.BAD_DOMAIN,
    "InvalidDomain.Offline": Verdict.BAD_DOMAIN,
    "InvalidDomain.Anything": Verdict.BAD_DOMAIN,
    "InvalidExtensiveDomain.ValueNotSupported": Verdict.BAD_DOMAIN,
    "IllegalOperationDomain": Verdict.BAD_DOMAIN,
    "Forbidden": Verdict.BAD_DOMAIN,
    "Forbidden.RAM": Verdict.BAD_DOMAIN,
    "NoPermission": Verdict.BAD_DOMAIN,
    "IllegalOperation": Verdict.BAD_DOMAIN,
    "InvalidTimeStamp.Expired": Verdict.RENEW,
    "InvalidSecurityToken.Expired": Verdict.RENEW,
    "InvalidAccessKeyId.NotFound": Verdict.RENEW,
    "InvalidAccessKeyId.Inactive": Verdict.HOPELESS,
    "InvalidSecurityToken.Malformed": Verdict.HOPELESS,
    "MissingSecurityToken": Verdict.HOPELESS,
    "SignatureDoesNotMatch": Verdict.HOPELESS,
    "IncompleteSignature": Verdict.HOPELESS,
    "OperationDenied": Verdict.HOPELESS,
    "CdnServiceNotFound": Verdict.HOPELESS,
    "InsufficientBalance": Verdict.HOPELESS,
}


@pytest.mark.parametrize("code", MEANS)
def test_a_documented_code_means_the_same_with_every_status(code: str) -> None:
    assert {status: verdict_of(code, status) for status in STATUSES} == dict.fromkeys(STATUSES, MEANS[code])


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("Throttling.Some.Thing", Verdict.RETRY),
        ("QuotaExceeded.Refresh.Url", Verdict.DAY_QUOTA),
        ("InvalidDomain.Configure_failed.Again", Verdict.DOMAIN_LATER),
        ("Forbidden.RAM.Deep", Verdict.BAD_DOMAIN),
        ("InvalidSecurityToken.Expired.Long.Ago", Verdict.RENEW),
    ],
)
def test_a_code_stands_for_its_whole_family_and_the_nearest_relative_counts(code: str, verdict: Verdict) -> None:
    assert verdict_of(code, 400) is verdict


@pytest.mark.parametrize(
    "code",
    [
        "throttling",
        "ThrottlingUser",
        "XThrottling",
        "User.Throttling",
        "Unheard.Of",
        "TooMany",
        "TooMany.Push",
        ".",
        "HTTP400",
        "",
    ],
)
def test_a_code_of_no_known_family_is_judged_by_its_status(code: str) -> None:
    assert verdict_of(code, 400) is Verdict.BAD_ITEM
    assert verdict_of(code, 500) is Verdict.RETRY


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 422, 451, 499])
def test_any_other_4xx_may_be_about_one_item(status: int) -> None:
    assert verdict_of("Unheard.Of", status) is Verdict.BAD_ITEM


@pytest.mark.parametrize("status", [500, 502, 503, 504, 599])
def test_any_other_5xx_is_tried_again(status: int) -> None:
    assert verdict_of("Unheard.Of", status) is Verdict.RETRY


@pytest.mark.parametrize("status", [200, 204, 301, 302, 307])
def test_a_refusal_that_is_none_by_its_status_is_tried_again(status: int) -> None:
    assert verdict_of("Unheard.Of", status) is Verdict.RETRY
