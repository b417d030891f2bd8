"""What differs between CDN and DCDN: names of actions and of fields of answers. The behaviour is the same.

Source: `alibabacloud-cdn20180510` 9.2.0.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from oss_cdn_refresh_box.cdn import describing
from oss_cdn_refresh_box.cdn.describing import Described
from oss_cdn_refresh_box.cdn.service import Name
from oss_cdn_refresh_box.cdn.tasks import BY_ID, LIST


class Product(NamedTuple):
    """The names of the actions and fields of a product, and the limits that differ.

    refresh … configs: its actions.
    preload_task_id: the field of the ids in the answer to a preload.
    wrapper: the name under which the `Tasks` of the list hold their rows; those by id are a list without a name.
    largest_page: of the list of tasks.
    kinds: what the answer about the quota tells about, such as "Url" for UrlQuota and UrlRemain.
    detail: the answer about a domain.
    queue_full_status: of the answer to a preload when the queue is full.
    """

    name: Name
    refresh: str
    preload: str
    by_id: str
    list: str
    quota: str
    domain: str
    configs: str
    preload_task_id: str
    wrapper: str
    largest_page: int
    kinds: tuple[str, ...]
    detail: Callable[[str, Described], dict[str, Any]]
    queue_full_status: int


CDN = Product(
    name=Name("cdn.aliyuncs.com", "2018-05-10", policies="cdn", throttling="Throttling.User"),
    refresh="RefreshObjectCaches",
    preload="PushObjectCache",
    by_id=BY_ID,
    list=LIST,
    quota="DescribeRefreshQuota",
    domain="DescribeCdnDomainDetail",
    configs="DescribeCdnDomainConfigs",
    preload_task_id="PushTaskId",
    wrapper="CDNTask",
    largest_page=100,
    kinds=("Url", "Dir", "Regex", "IgnoreParams", "Preload", "PreloadEdge", "Block"),
    detail=describing.detail,
    queue_full_status=403,
)
