"""Alibaba Cloud DCDN, API 2018-01-15.

RefreshDcdnObjectCaches, DescribeDcdnRefreshQuota, DescribeDcdnRefreshTaskById and PreloadDcdnObjectCaches.
"""

from collections.abc import Mapping

from oss_cdn_refresh.model.item import OBJECT_TYPES, ObjectType
from oss_cdn_refresh.model.limits import Limits
from oss_cdn_refresh.products.dcdn.client import Client as Client

NAME, TITLE = "dcdn", "DCDN"
LIMITS = Limits(
    urls_per_call=1_000,  # RefreshDcdnObjectCaches, 2025-09
    directories_per_call=100,  # RefreshDcdnObjectCaches, 2025-09
    ignore_params_per_call=100,  # not documented for DCDN; ESA's PurgeCaches takes 100
    domains_per_call=10,  # RefreshDcdnObjectCaches, 2025-09
    urls_per_minute_per_domain=1_000,  # the page of 2024
    most_urls_per_minute_per_domain=10_000,  # the page of 2025-09
    directories_per_minute_per_domain=100,  # not documented for DCDN; as for the CDN
    bytes_per_call=1_048_576,  # of one form body; not documented; after a 413 the call is split
    item_bytes=len("%0A"),
    calls_per_second=30,  # RefreshDcdnObjectCaches, for one account
    always_paced=False,
    quota_calls_per_second=20,  # DescribeDcdnRefreshQuota, for one account
    look_ups_per_second=30,  # DescribeDcdnRefreshTaskById, for one account
    preloads_per_call=100,  # PreloadDcdnObjectCaches
    preload_length=1_024,  # not documented for DCDN; as for the CDN
    preloads_per_second=15,  # PreloadDcdnObjectCaches, for one account
)
NEEDS_SITE_ID = False
QUOTA_CALLS = (OBJECT_TYPES,)
REFRESH_RIGHT, PRELOAD_RIGHT = "dcdn:RefreshDcdnObjectCaches", "dcdn:PreloadDcdnObjectCaches"
QUOTA_RIGHT, LOOK_UP_RIGHT = "dcdn:DescribeDcdnRefreshQuota", "dcdn:DescribeDcdnRefreshTaskById"
LIST_RIGHT = "dcdn:DescribeDcdnRefreshTasks"
RIGHTS: Mapping[str, str] = {  # that a policy may name a domain for the first and the last is not confirmed
    REFRESH_RIGHT: "*",
    QUOTA_RIGHT: "*",
    LOOK_UP_RIGHT: "*",
    PRELOAD_RIGHT: "*",
}


def endpoint(_region: str) -> str:
    """The endpoint of every region ("Endpoints" of the DCDN API)."""
    return "https://dcdn.aliyuncs.com"


def remedy_for_account(code: str) -> str:
    """What a person has to do if every call is refused with this code."""
    from oss_cdn_refresh.products import remedies  # noqa: PLC0415 - needed only after a refusal

    return remedies.of_account(code, NAME, TITLE)


def remedy_for_request(_code: str, _object_type: ObjectType) -> str:
    """What a person has to do if a call is refused with this code as a whole, whatever its items are."""
    from oss_cdn_refresh.products import remedies  # noqa: PLC0415 - needed only after a refusal

    return remedies.REQUEST
