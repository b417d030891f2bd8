"""The verdict for each error code of DCDN. Most of the codes are also codes of the CDN.

Sources: RefreshDcdnObjectCaches, PreloadDcdnObjectCaches and DescribeDcdnRefreshTasks ("Error codes", API 2018-01-15),
DescribeDcdnRefreshTaskById (help.aliyun.com/document_detail/217613), and the beginning of DCDN's general list of codes,
as of 2026-11. The pages of DescribeDcdnRefreshQuota and DescribeDcdnDomainDetail name no code of their own.
"""

from collections.abc import Mapping

from oss_cdn_refresh.model.verdict import Verdict
from oss_cdn_refresh.products.verdicts import COMMON, OBJECT_PATH, verdicts

BY_CODE: Mapping[str, Verdict] = {
    **COMMON,
    **OBJECT_PATH,
    "InvalidObjectPath.ExceedsMaximum": Verdict.TOO_LARGE,
    "DomainNameOverLimit": Verdict.TOO_LARGE,
    "PreloadQueueFull": Verdict.LATER,
    "DomainInProtectedMode": Verdict.BAD_DOMAIN,
    "InvalidParameters": Verdict.BAD_REQUEST,
    "InvaildParameter": Verdict.BAD_REQUEST,  # spelled so in DCDN's general list
    "MissingTimeParameter": Verdict.BAD_REQUEST,
    "InvalidTime": Verdict.BAD_REQUEST,
    "InvalidStartTime": Verdict.BAD_REQUEST,
    "InvalidEndTime": Verdict.BAD_REQUEST,
    "InvalidStatus": Verdict.BAD_REQUEST,
    "InvalidPageNumber": Verdict.BAD_REQUEST,
    "DcdnServiceNotFound": Verdict.ACCOUNT,
    "AccountArrears": Verdict.ACCOUNT,
}

verdict_of = verdicts(BY_CODE)
