"""The verdict for each error code of the CDN."""

import pytest

from oss_cdn_refresh.model.verdict import Verdict
from oss_cdn_refresh.products.api import CODE_LENGTH
from oss_cdn_refresh.products.cdn.verdicts import BY_CODE, verdict_of
from oss_cdn_refresh.products.verdicts import families

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
    "QuotaPerMinuteExceeded": Verdict.MINUTE_FULL,
    "QuotaPerMinuteExceeded.Refresh": Verdict.MINUTE_FULL,
    "ServiceBusy": Verdict.DOMAIN_LATER,
    "InvalidDomain.Configure_failed": Verdict.DOMAIN_LATER,
    "TooMany.Refresh": Verdict.LATER,
    "SystemBusy": Verdict.LATER,
    "SystemUpgrading": Verdict.LATER,
    "QuotaExceeded": Verdict.DAY_QUOTA,
    "QuotaExceeded.Refresh": Verdict.DAY_QUOTA,
    "ObjectPath.Malformed": Verdict.BAD_ITEM,
    "InvalidObjectPath.Malformed": Verdict.BAD_ITEM,
    "InvalidObjectPath.Size.Malformed": Verdict.TOO_LARGE,
    "SingleRequest.OverLimit": Verdict.TOO_LARGE,
    "InvalidObjectType.Malformed": Verdict.BAD_REQUEST,
    "InvalidObjectType.ValueNotSupported": Verdict.BAD_REQUEST,
    "MissingParameter": Verdict.BAD_REQUEST,
    "InvalidParameter": Verdict.BAD_REQUEST,
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
    "InvalidAccessKeyId.Inactive": Verdict.ACCOUNT,
    "InvalidSecurityToken.Malformed": Verdict.ACCOUNT,
    "MissingSecurityToken": Verdict.ACCOUNT,
    "SignatureDoesNotMatch": Verdict.ACCOUNT,
    "IncompleteSignature": Verdict.ACCOUNT,
    "OperationDenied": Verdict.ACCOUNT,
    "CdnServiceNotFound": Verdict.ACCOUNT,
    "InsufficientBalance": Verdict.ACCOUNT,
}


@pytest.mark.parametrize("code", MEANS)
def test_a_documented_code_has_the_same_verdict_with_every_status(code: str) -> None:
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
def test_a_code_has_the_verdict_of_its_nearest_documented_family(code: str, verdict: Verdict) -> None:
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
    assert verdict_of(code, 400) is Verdict.UNKNOWN
    assert verdict_of(code, 500) is Verdict.RETRY


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 422, 451, 499])
def test_any_other_4xx_has_the_verdict_unknown(status: int) -> None:
    assert verdict_of("Unheard.Of", status) is Verdict.UNKNOWN


def test_an_unknown_code_with_status_413_has_the_verdict_too_large() -> None:
    assert verdict_of("RequestTooLarge", 413) is Verdict.TOO_LARGE


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("Throttling." + "x" * 1_000_000, Verdict.RETRY),
        ("QuotaExceeded" + ".x" * 500_000, Verdict.DAY_QUOTA),
        ("x" * 1_000_000 + ".Throttling", Verdict.UNKNOWN),
        ("." * 1_000_000, Verdict.UNKNOWN),
        ("长" * 1_000_000, Verdict.UNKNOWN),
    ],
    ids=lambda value: str(value)[:20],
)
def test_only_the_beginning_of_a_long_code_is_looked_up(code: str, verdict: Verdict) -> None:
    assert verdict_of(code, 400) is verdict
    assert len(list(families(code))) <= CODE_LENGTH


def test_every_known_code_is_shorter_than_the_looked_up_length() -> None:
    assert max(map(len, [*BY_CODE, *MEANS])) < CODE_LENGTH / 2


@pytest.mark.parametrize("status", [500, 502, 503, 504, 599])
def test_any_other_5xx_is_retried(status: int) -> None:
    assert verdict_of("Unheard.Of", status) is Verdict.RETRY


@pytest.mark.parametrize("status", [200, 204, 301, 302, 307])
def test_an_unknown_code_with_status_2xx_or_3xx_is_retried(status: int) -> None:
    assert verdict_of("Unheard.Of", status) is Verdict.RETRY
