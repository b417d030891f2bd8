"""The verdict for each error code of the CDN: what it means for the items of a call.

Sources: RefreshObjectCaches, "Error codes", and the public error pages of the CDN API 2018-05-10 as of 2026-11.
"""

from collections.abc import Mapping

from oss_cdn_refresh.model.verdict import Verdict
from oss_cdn_refresh.products.verdicts import COMMON, OBJECT_PATH, verdicts

BY_CODE: Mapping[str, Verdict] = {**COMMON, **OBJECT_PATH, "CdnServiceNotFound": Verdict.ACCOUNT}

verdict_of = verdicts(BY_CODE)
