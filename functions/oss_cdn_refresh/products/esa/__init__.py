"""Alibaba Cloud ESA, API 2024-09-10: PurgeCaches, GetPurgeQuota, DescribePurgeTasks and PreloadCaches.

A call, a quota and a right belong to a site of ESA, which has an id. Its URLs are on proxied records of that site.
"""

from collections.abc import Mapping

from oss_cdn_refresh.model.item import OBJECT_TYPES, ObjectType
from oss_cdn_refresh.model.limits import Limits
from oss_cdn_refresh.products.esa.client import Client as Client

NAME, TITLE = "esa", "ESA"
LIMITS = Limits(
    urls_per_call=100,  # PurgeCaches takes 1,000, but they do not fit into a query
    directories_per_call=100,  # PurgeCaches
    ignore_params_per_call=100,  # PurgeCaches
    domains_per_call=10,  # PurgeCaches
    urls_per_minute_per_domain=30_000,  # not documented; 5 calls a second with 100 URLs each cannot make more
    most_urls_per_minute_per_domain=0,  # not documented
    directories_per_minute_per_domain=30_000,  # not documented; 5 calls a second cannot make more
    bytes_per_call=8_000,  # of a query; what the gateway takes is not confirmed; after a 413 or 414 the call is split
    item_bytes=len("%22%2C%22"),
    calls_per_second=5,  # not documented
    always_paced=True,  # as it is not known how ESA throttles
    quota_calls_per_second=5,  # not documented
    look_ups_per_second=5,  # not documented
    preloads_per_call=100,  # not documented
    preload_length=1_024,  # not documented; as for the CDN
    preloads_per_second=5,  # not documented
)
NEEDS_SITE_ID = True
QUOTA_CALLS = tuple((kind,) for kind in OBJECT_TYPES)  # GetPurgeQuota takes one type
REFRESH_RIGHT, PRELOAD_RIGHT = "esa:PurgeCaches", "esa:PreloadCaches"
QUOTA_RIGHT, LOOK_UP_RIGHT = "esa:GetPurgeQuota", "esa:DescribePurgeTasks"
LIST_RIGHT = LOOK_UP_RIGHT
RIGHTS: Mapping[str, str] = dict.fromkeys((REFRESH_RIGHT, QUOTA_RIGHT, LOOK_UP_RIGHT, PRELOAD_RIGHT), "site/{site_id}")
MAINLAND = "cn-"  # the regions whose accounts use the endpoint in Hangzhou
OF_REGIONS = {True: "https://esa.cn-hangzhou.aliyuncs.com", False: "https://esa.ap-southeast-1.aliyuncs.com"}


def endpoint(region: str) -> str:
    """One of the two endpoints of the ESA API: Hangzhou for a region of China or an unknown one, else Singapore."""
    return OF_REGIONS[not region or region.startswith(MAINLAND)]


def remedy_for_account(code: str) -> str:
    """What a person has to do if every call is refused with this code."""
    from oss_cdn_refresh.products import remedies  # noqa: PLC0415 - needed only after a refusal

    return remedies.of_account(code, NAME, TITLE)


def remedy_for_request(_code: str, _object_type: ObjectType) -> str:
    """What a person has to do if a call is refused with this code as a whole, whatever its items are."""
    from oss_cdn_refresh.products import remedies  # noqa: PLC0415 - needed only after a refusal

    return remedies.SITE
