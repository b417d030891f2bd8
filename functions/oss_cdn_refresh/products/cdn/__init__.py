"""Alibaba Cloud CDN, API 2018-05-10.

RefreshObjectCaches, DescribeRefreshQuota, DescribeRefreshTaskById and PushObjectCache.
"""

from collections.abc import Mapping

from oss_cdn_refresh.model.item import OBJECT_TYPES, ObjectType, Target
from oss_cdn_refresh.model.limits import Limits
from oss_cdn_refresh.products.api import Peer
from oss_cdn_refresh.products.cdn.verdicts import verdict_of
from oss_cdn_refresh.products.object_path import Names, ObjectPathClient

NAME, TITLE = "cdn", "the CDN"
LIMITS = Limits(
    urls_per_call=1_000,  # RefreshObjectCaches, "URLs in each request"; the CDN refuses a larger call
    directories_per_call=100,  # RefreshObjectCaches, "directories in each request"
    ignore_params_per_call=100,  # not documented for the CDN; ESA's PurgeCaches takes 100, and so does the daily quota
    domains_per_call=10,  # RefreshObjectCaches, since 2025
    urls_per_minute_per_domain=1_000,  # every page before 2025-09
    most_urls_per_minute_per_domain=10_000,  # newer pages
    directories_per_minute_per_domain=100,  # on one page only, not confirmed; kept, because it costs nothing
    bytes_per_call=1_048_576,  # of one form body; not documented; after a 413 the call is split
    item_bytes=len("%0A"),
    calls_per_second=50,  # RefreshObjectCaches, for one account
    always_paced=False,
    quota_calls_per_second=20,  # DescribeRefreshQuota, for one account
    look_ups_per_second=30,  # DescribeRefreshTaskById, for one account
    preloads_per_call=100,  # PushObjectCache, "ObjectPath"
    preload_length=1_024,  # PushObjectCache, "ObjectPath"
    preloads_per_second=50,  # PushObjectCache, for one account
)
NEEDS_SITE_ID = False
QUOTA_CALLS = (OBJECT_TYPES,)
REFRESH_RIGHT, PRELOAD_RIGHT = "cdn:RefreshObjectCaches", "cdn:PushObjectCache"
QUOTA_RIGHT, LOOK_UP_RIGHT = "cdn:DescribeRefreshQuota", "cdn:DescribeRefreshTaskById"
LIST_RIGHT = "cdn:DescribeRefreshTasks"
RIGHTS: Mapping[str, str] = {
    REFRESH_RIGHT: "domain/{domain}",
    QUOTA_RIGHT: "*",
    LOOK_UP_RIGHT: "*",
    PRELOAD_RIGHT: "domain/{domain}",
}
NAMES = Names(
    version="2018-05-10",
    refresh="RefreshObjectCaches",
    preload="PushObjectCache",
    quota="DescribeRefreshQuota",
    look_up="DescribeRefreshTaskById",
    list="DescribeRefreshTasks",
    refreshed=("RefreshTaskId",),
    preloaded=("PushTaskId",),
    list_page=100,
)


class Client(ObjectPathClient):
    """The calls to the CDN. `ignore_params_type`: its name of the type IgnoreParams, on which documents disagree."""

    def __init__(self, peer: Peer, _target: Target, ignore_params_type: str) -> None:
        super().__init__(NAMES, verdict_of, peer, ignore_params_type)


def endpoint(_region: str) -> str:
    """The central endpoint ("Endpoints" of the CDN API): not every account may use the regional ones."""
    return "https://cdn.aliyuncs.com"


def remedy_for_account(code: str) -> str:
    """What a person has to do if every call is refused with this code."""
    from oss_cdn_refresh.products import remedies  # noqa: PLC0415 - needed only after a refusal

    return remedies.of_account(code, NAME, TITLE)


def remedy_for_request(code: str, object_type: ObjectType) -> str:
    """What a person has to do if a call is refused with this code as a whole, whatever its items are."""
    from oss_cdn_refresh.products import remedies  # noqa: PLC0415 - needed only after a refusal

    return remedies.of_request(code, object_type)
