"""Callers of DCDN in a box: the official SDK, and one that can be made to do wrong."""

from collections.abc import Iterable
from typing import Any

import pytest
from alibabacloud_dcdn20180115 import models
from alibabacloud_dcdn20180115.client import Client
from alibabacloud_tea_openapi.models import Config
from cdn_client import Caller as CdnCaller
from Tea.exceptions import TeaException

from oss_cdn_refresh_box.dcdn import Dcdn

REFRESH, PRELOAD = "RefreshDcdnObjectCaches", "PreloadDcdnObjectCaches"
BY_ID, LIST = "DescribeDcdnRefreshTaskById", "DescribeDcdnRefreshTasks"
QUOTA = "DescribeDcdnRefreshQuota"


def sdk(dcdn: Dcdn, key: str = "AK", secret: str = "SECRET") -> Client:  # noqa: S107 - the credentials are made up
    """The official SDK, which dates its calls by the machine's clock."""
    endpoint = dcdn.url.partition("://")[2]
    return Client(Config(endpoint=endpoint, protocol="http", access_key_id=key, access_key_secret=secret))


class Operator:
    """Calls the API by the official SDK."""

    def __init__(self, dcdn: Dcdn) -> None:
        self.official = sdk(dcdn)

    def refresh(self, urls: Iterable[str], object_type: str = "File", *, force: bool | None = None) -> list[str]:
        """Refresh; returns the task ids."""
        request = models.RefreshDcdnObjectCachesRequest(force, "\n".join(urls), object_type)
        return str(self.official.refresh_dcdn_object_caches(request).body.refresh_task_id).split(",")

    def preload(self, urls: Iterable[str], **more: Any) -> list[str]:
        """Preload; returns the task ids."""
        request = models.PreloadDcdnObjectCachesRequest(object_path="\n".join(urls), **more)
        return str(self.official.preload_dcdn_object_caches(request).body.preload_task_id).split(",")

    def look(self, ids: Iterable[str]) -> Any:
        """The answer of DescribeDcdnRefreshTaskById."""
        request = models.DescribeDcdnRefreshTaskByIdRequest(task_id=",".join(ids))
        return self.official.describe_dcdn_refresh_task_by_id(request).body

    def statuses(self, ids: Iterable[str]) -> list[str]:
        """The statuses that DescribeDcdnRefreshTaskById shows, row by row."""
        return [row.status for row in self.look(ids).tasks]

    def list(self, **wanted: Any) -> Any:
        """The answer of DescribeDcdnRefreshTasks."""
        return self.official.describe_dcdn_refresh_tasks(models.DescribeDcdnRefreshTasksRequest(**wanted)).body

    def quota(self) -> Any:
        """The answer of DescribeDcdnRefreshQuota."""
        return self.official.describe_dcdn_refresh_quota(models.DescribeDcdnRefreshQuotaRequest()).body

    def refusal(self, call: Any, *arguments: Any, **more: Any) -> TeaException:
        """The error by which a call is refused."""
        with pytest.raises(TeaException) as refusal:
            call(*arguments, **more)
        return refusal.value


class Caller(CdnCaller):
    """Calls DCDN as it likes: in the form body or in the query."""

    version = "2018-01-15"

    def code(self, action: str, form: dict[str, str], **more: Any) -> str:
        """The code with which a call is refused, or ""."""
        return str(self.call(form, action=action, **more)[1].get("Code", ""))
