"""Alibaba Cloud CDN, API 2018-05-10.

RefreshObjectCaches, DescribeRefreshQuota, DescribeRefreshTaskById and PushObjectCache.
"""

from collections.abc import Mapping

from oss_cdn_refresh.model.item import ObjectType
from oss_cdn_refresh.model.limits import Limits
from oss_cdn_refresh.products.cdn.client import Client as Client

NAME = "cdn"
ENDPOINT = "https://cdn.aliyuncs.com"  # "Endpoints" of the CDN API; not every account may use the regional ones
ENDPOINT_VARIABLE = "CDN_ENDPOINT"
LIMITS = Limits(
    urls_per_call=1_000,  # RefreshObjectCaches, "URLs in each request"; the CDN refuses a larger call
    directories_per_call=100,  # RefreshObjectCaches, "directories in each request"
    ignore_params_per_call=100,  # not documented for the CDN; ESA's PurgeCaches takes 100, and so does the daily quota
    domains_per_call=10,  # RefreshObjectCaches, since 2025
    urls_per_minute_per_domain=1_000,  # every page before 2025-09; newer pages say 10,000
    directories_per_minute_per_domain=100,  # on one page only, not confirmed; kept, because it costs nothing
    body_bytes=1_048_576,  # of one form body; not documented; after a 413 the call is split
    calls_per_second=50,  # RefreshObjectCaches, for one account
    quota_calls_per_second=20,  # DescribeRefreshQuota, for one account
    look_ups_per_second=30,  # DescribeRefreshTaskById, for one account
)
REFRESH_RIGHT, PRELOAD_RIGHT = "cdn:RefreshObjectCaches", "cdn:PushObjectCache"
QUOTA_RIGHT, LOOK_UP_RIGHT = "cdn:DescribeRefreshQuota", "cdn:DescribeRefreshTaskById"
RIGHTS: Mapping[str, bool] = {  # RAM actions of the function, and whether they can be granted for single domains
    REFRESH_RIGHT: True,
    QUOTA_RIGHT: False,
    LOOK_UP_RIGHT: False,
    PRELOAD_RIGHT: True,
}


def remedy_for_account(code: str) -> str:
    """What a person has to do if every call is refused with this code."""
    from oss_cdn_refresh.products.cdn import remedies  # noqa: PLC0415 - needed only after a refusal

    return remedies.of_account(code)


def remedy_for_request(code: str, object_type: ObjectType) -> str:
    """What a person has to do if a call is refused with this code as a whole, whatever its items are."""
    from oss_cdn_refresh.products.cdn import remedies  # noqa: PLC0415 - needed only after a refusal

    return remedies.of_request(code, object_type)
