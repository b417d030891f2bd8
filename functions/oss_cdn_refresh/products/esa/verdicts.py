"""The verdict for each error code of ESA. Many transient failures have the status 400 there, so only the code counts.

Sources: GetPurgeQuota and PreloadCaches ("Error codes", API 2024-09-10), which print one list for the whole family, and
the beginning of ESA's general list of codes, as of 2026-11. The tables of PurgeCaches and DescribePurgeTasks could not
be read. `InvalidContent`: a note of 2026-08. `QuotaExceeded`, `OverThreshold`: as public clients read them.
"""

from collections.abc import Mapping

from oss_cdn_refresh.model.verdict import Verdict
from oss_cdn_refresh.products.verdicts import COMMON, verdicts

BY_CODE: Mapping[str, Verdict] = {
    **COMMON,
    "InternalException": Verdict.RETRY,
    "LockFailed": Verdict.RETRY,
    "Site.ServiceBusy": Verdict.LATER,
    "QuotaExceeded": Verdict.DAY_QUOTA,
    "InvalidContent": Verdict.UNKNOWN,  # about one URL, or about the shape of all of them
    "DomainNameOverLimit": Verdict.TOO_LARGE,
    "InvalidParameter.RecordNotBelongToSite": Verdict.BAD_DOMAIN,
    "SiteNotFound": Verdict.BAD_REQUEST,
    "InvalidParameters": Verdict.BAD_REQUEST,
    "InvalidStationParameter": Verdict.BAD_REQUEST,
    "InvalidTime": Verdict.BAD_REQUEST,
    "InvalidEndTime": Verdict.BAD_REQUEST,
    "MissingTimeParameter": Verdict.BAD_REQUEST,
    "InvalidAction": Verdict.BAD_REQUEST,
    "Forbidden.RiskControl": Verdict.ACCOUNT,
    "Forbidden.UserVerification": Verdict.ACCOUNT,
    "AccountBlacklist": Verdict.ACCOUNT,
    "AccountStatusIllegal": Verdict.ACCOUNT,
}
OVER_THRESHOLD = "OverThreshold"  # a part of codes that no page lists

_by_code = verdicts(BY_CODE)


def verdict_of(code: str, status: int) -> Verdict:
    """The verdict for an error code and an HTTP status."""
    return Verdict.DAY_QUOTA if OVER_THRESHOLD in code else _by_code(code, status)
