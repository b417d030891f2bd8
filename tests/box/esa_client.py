"""Callers of ESA in a box: the official SDK, and one that can be made to do wrong."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from alibabacloud_esa20240910 import models
from alibabacloud_esa20240910.client import Client
from alibabacloud_tea_openapi.models import Config
from cdn_client import Caller as CdnCaller
from Tea.exceptions import TeaException

from oss_cdn_refresh_box.esa import Esa, Site

SITE, OTHER_SITE = 1_234_567_890_123, 2_345_678_901_234
HOST, OTHER_HOST = "www.a.example", "www.b.example"
SITES = {
    SITE: Site("a.example", records={HOST: True, "img.a.example": True, "dns.a.example": False}),
    OTHER_SITE: Site("b.example", plan="free", records={OTHER_HOST: True}),
}
MEMBERS = {"file": "files", "directory": "directories", "ignoreParams": "ignore_params"}


def pages(*names: str, host: str = HOST) -> list[str]:
    """URLs of a host."""
    return [f"https://{host}/{name}" for name in names]


def content(urls: Iterable[str], member: str = "Files") -> str:
    """The Content of PurgeCaches."""
    return json.dumps({member: list(urls)})


def sdk(esa: Esa, key: str = "AK", secret: str = "SECRET") -> Client:  # noqa: S107 - the credentials are made up
    """The official SDK, which dates its calls by the machine's clock."""
    endpoint = esa.url.partition("://")[2]
    return Client(Config(endpoint=endpoint, protocol="http", access_key_id=key, access_key_secret=secret))


class Operator:
    """Calls the API by the official SDK."""

    def __init__(self, esa: Esa) -> None:
        self.official = sdk(esa)

    def purge(self, urls: Iterable[str], kind: str = "file", site: int = SITE, **more: Any) -> str:
        """Purge; returns the task id."""
        named = models.PurgeCachesRequestContent(**{MEMBERS[kind]: list(urls)})
        request = models.PurgeCachesRequest(content=named, site_id=site, type=kind, **more)
        return str(self.official.purge_caches(request).body.task_id)

    def preload(self, urls: Iterable[str], site: int = SITE, **more: Any) -> str:
        """Preload; returns the task id."""
        request = models.PreloadCachesRequest(content=list(urls), site_id=site, **more)
        return str(self.official.preload_caches(request).body.task_id)

    def purges(self, site: int | None = SITE, **wanted: Any) -> Any:
        """The answer of DescribePurgeTasks."""
        request = models.DescribePurgeTasksRequest(site_id=site, **wanted)
        return self.official.describe_purge_tasks(request).body

    def preloads(self, site: int | None = SITE, **wanted: Any) -> Any:
        """The answer of DescribePreloadTasks."""
        request = models.DescribePreloadTasksRequest(site_id=site, **wanted)
        return self.official.describe_preload_tasks(request).body

    def quota(self, kind: str = "file", site: int = SITE) -> Any:
        """The answer of GetPurgeQuota."""
        return self.official.get_purge_quota(models.GetPurgeQuotaRequest(site, kind)).body

    def sites(self, **wanted: Any) -> Any:
        """The answer of ListSites."""
        return self.official.list_sites(models.ListSitesRequest(**wanted)).body

    def records(self, site: int = SITE, **wanted: Any) -> Any:
        """The answer of ListRecords."""
        return self.official.list_records(models.ListRecordsRequest(site_id=site, **wanted)).body

    def cache_rules(self, site: int = SITE, **wanted: Any) -> Any:
        """The answer of ListCacheRules."""
        return self.official.list_cache_rules(models.ListCacheRulesRequest(site_id=site, **wanted)).body

    def code(self, call: Any, *arguments: Any, **more: Any) -> str:
        """The code with which a call is refused."""
        with pytest.raises(TeaException) as refusal:
            call(*arguments, **more)
        return str(refusal.value.code)


class Caller(CdnCaller):
    """Calls ESA as it likes, with parameters in the query."""

    version = "2024-09-10"

    def ask(self, action: str, given: Mapping[str, str], **more: Any) -> tuple[int, dict[str, Any]]:
        """Status and answer of a call."""
        return self.call({}, action=action, query=given, **more)

    def code(self, action: str, given: Mapping[str, str], **more: Any) -> str:
        """The code with which a call is refused, or ""."""
        return str(self.ask(action, given, **more)[1].get("Code", ""))
