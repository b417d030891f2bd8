"""Alibaba Cloud CDN, API 2018-05-10.

RefreshObjectCaches, DescribeRefreshQuota, DescribeRefreshTaskById and PushObjectCache.
"""

from collections.abc import Mapping

from oss_cdn_refresh.model.item import ObjectType
from oss_cdn_refresh.model.limits import Limits
from oss_cdn_refresh.products.cdn.client import Client as Client

NAME = "cdn"
ENDPOINT = "https://cdn.aliyuncs.com"  # "Endpoints" of the CDN API; regional ones need not be open to every account
ENDPOINT_VARIABLE = "CDN_ENDPOINT"
LIMITS = Limits(
    urls_per_call=1_000,  # RefreshObjectCaches, "URLs in each request"; a larger call is refused whole
    directories_per_call=100,  # RefreshObjectCaches, "directories in each request"
    ignore_params_per_call=100,  # not printed for the CDN; ESA's PurgeCaches takes 100, and a day allows no more
    domains_per_call=10,  # RefreshObjectCaches, since 2025
    urls_per_minute_per_domain=1_000,  # every page before 2025-09; newer ones say 10,000
    directories_per_minute_per_domain=100,  # printed once, not confirmed: kept, because it costs nothing
    body_bytes=1_048_576,  # of one form body; not documented, and a 413 splits the call
    calls_per_second=50,  # RefreshObjectCaches, of an account
    quota_calls_per_second=20,  # DescribeRefreshQuota, of an account
    look_ups_per_second=30,  # DescribeRefreshTaskById, of an account
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
    """What a person has to do where every call is refused with a code."""
    from oss_cdn_refresh.products.cdn import remedies  # noqa: PLC0415 - a call that is accepted never needs it

    return remedies.of_account(code)


def remedy_for_request(code: str, object_type: ObjectType) -> str:
    """What a person has to do where a call is refused as a whole, whichever items it holds."""
    from oss_cdn_refresh.products.cdn import remedies  # noqa: PLC0415 - likewise

    return remedies.of_request(code, object_type)
