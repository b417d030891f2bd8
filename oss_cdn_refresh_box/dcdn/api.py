"""The DCDN API on loopback: version 2018-01-15, with the behaviour of the CDN's.

Sources: `alibabacloud-dcdn20180115` 3.1.0, and the pages RefreshDcdnObjectCaches and PreloadDcdnObjectCaches. The SDK
puts all parameters into the query, the pages say that they belong into the form body. Both count here, unless a test
changes `Limits.reads_form` or `Limits.query_bytes`.
"""

import ssl
from collections.abc import Iterable

from oss_cdn_refresh_box.account.credentials import KEYS, Keys
from oss_cdn_refresh_box.cdn.api import Cdn
from oss_cdn_refresh_box.cdn.ledger import QUOTA, Quota
from oss_cdn_refresh_box.cdn.product import Product
from oss_cdn_refresh_box.cdn.refresh import Limits
from oss_cdn_refresh_box.cdn.service import Name
from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.dcdn.describing import detail
from oss_cdn_refresh_box.wire.faults import Faults

DCDN = Product(
    name=Name("dcdn.aliyuncs.com", "2018-01-15", policies="dcdn", throttling="TooManyRequests"),
    refresh="RefreshDcdnObjectCaches",
    preload="PreloadDcdnObjectCaches",
    by_id="DescribeDcdnRefreshTaskById",
    list="DescribeDcdnRefreshTasks",
    quota="DescribeDcdnRefreshQuota",
    domain="DescribeDcdnDomainDetail",
    configs="DescribeDcdnDomainConfigs",
    preload_task_id="PreloadTaskId",
    wrapper="Task",
    largest_page=50,
    kinds=("Url", "Dir", "Regex", "IgnoreParams", "Preload", "Block"),
    detail=detail,
    queue_full_status=400,
)
LIMITS = Limits(
    refresh_calls_per_second=30,
    preload_calls_per_second=15,
    preload_queue_waits=True,
    ignore_params_types=frozenset({"IgnoreParams"}),
    too_many_items="InvalidObjectPath.ExceedsMaximum",
)


class Dcdn(Cdn):
    """A DCDN account behind a port of 127.0.0.1, with the attributes of `Cdn`; use it as a context manager."""

    def __init__(
        self,
        clock: Clock,
        domains: Iterable[str] = (),
        *,
        keys: Keys = KEYS,
        limits: Limits = LIMITS,
        quota: Quota = QUOTA,
        faults: Faults | None = None,
        tls: ssl.SSLContext | None = None,
        port: int = 0,
    ) -> None:
        super().__init__(
            clock, domains, keys=keys, limits=limits, quota=quota, faults=faults, tls=tls, product=DCDN, port=port
        )
