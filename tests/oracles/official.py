"""Calls the stand-ins with the official SDKs of CDN, DCDN, ESA and Function Compute, and keeps each raw answer."""

from collections.abc import Mapping
from typing import Any

import alibabacloud_cdn20180510.client
import alibabacloud_dcdn20180115.client
import alibabacloud_esa20240910.client
import alibabacloud_fc20230330.client
from alibabacloud_cdn20180510 import models as of_cdn
from alibabacloud_dcdn20180115 import models as of_dcdn
from alibabacloud_esa20240910 import models as of_esa
from alibabacloud_fc20230330 import models as of_fc
from alibabacloud_tea_openapi.models import Config

from oss_cdn_refresh_box.cdn import Cdn
from oss_cdn_refresh_box.dcdn import Dcdn
from oss_cdn_refresh_box.esa import Esa
from oss_cdn_refresh_box.fc import Api
from oss_cdn_refresh_box.wire.serving import StandIn

Answers = list[tuple[str, Mapping[str, Any]]]  # the action, and the JSON of its answer


def client(official: Any, service: StandIn) -> Any:
    """A client of the SDK's class, with the list `answers` of all answers that it got."""

    class Recording(official):  # type: ignore[misc]
        def call_api(self, params: Any, *arguments: Any) -> Any:
            answer = super().call_api(params, *arguments)
            self.answers.append((params.action, answer["body"]))
            return answer

    endpoint = service.url.partition("://")[2]
    recording = Recording(
        Config(endpoint=endpoint, protocol="http", access_key_id="AK", access_key_secret="SECRET")  # noqa: S106 - made up
    )
    recording.answers = []
    return recording


def every_answer_of_the_cdn(cdn: Cdn, domain: str) -> Answers:
    """Ask for each action once; the domain is one of the account's."""
    sdk = client(alibabacloud_cdn20180510.client.Client, cdn)
    url = f"https://{domain}/a.jpg"
    task = sdk.refresh_object_caches(of_cdn.RefreshObjectCachesRequest(object_path=url)).body.refresh_task_id
    sdk.push_object_cache(of_cdn.PushObjectCacheRequest(object_path=url))
    sdk.describe_refresh_task_by_id(of_cdn.DescribeRefreshTaskByIdRequest(task_id=task))
    sdk.describe_refresh_tasks(of_cdn.DescribeRefreshTasksRequest())
    sdk.describe_refresh_quota(of_cdn.DescribeRefreshQuotaRequest())
    sdk.describe_cdn_domain_detail(of_cdn.DescribeCdnDomainDetailRequest(domain_name=domain))
    sdk.describe_cdn_domain_configs(of_cdn.DescribeCdnDomainConfigsRequest(domain_name=domain))
    answers: Answers = sdk.answers
    return answers


def every_answer_of_dcdn(dcdn: Dcdn, domain: str) -> Answers:
    """Ask for each action once; the domain is one of the account's."""
    sdk = client(alibabacloud_dcdn20180115.client.Client, dcdn)
    url = f"https://{domain}/a.jpg"
    refresh = of_dcdn.RefreshDcdnObjectCachesRequest(object_path=url)
    task = sdk.refresh_dcdn_object_caches(refresh).body.refresh_task_id
    sdk.preload_dcdn_object_caches(of_dcdn.PreloadDcdnObjectCachesRequest(object_path=url))
    sdk.describe_dcdn_refresh_task_by_id(of_dcdn.DescribeDcdnRefreshTaskByIdRequest(task_id=task))
    sdk.describe_dcdn_refresh_tasks(of_dcdn.DescribeDcdnRefreshTasksRequest())
    sdk.describe_dcdn_refresh_quota(of_dcdn.DescribeDcdnRefreshQuotaRequest())
    sdk.describe_dcdn_domain_detail(of_dcdn.DescribeDcdnDomainDetailRequest(domain_name=domain))
    sdk.describe_dcdn_domain_configs(of_dcdn.DescribeDcdnDomainConfigsRequest(domain_name=domain))
    answers: Answers = sdk.answers
    return answers


def every_answer_of_esa(esa: Esa, site: int, host: str) -> Answers:
    """Ask for each action once; the host is a proxied record of the site."""
    sdk = client(alibabacloud_esa20240910.client.Client, esa)
    urls = [f"https://{host}/a.jpg"]
    files = of_esa.PurgeCachesRequestContent(files=urls)
    sdk.purge_caches(of_esa.PurgeCachesRequest(content=files, site_id=site, type="file"))
    sdk.preload_caches(of_esa.PreloadCachesRequest(content=urls, site_id=site))
    sdk.describe_purge_tasks(of_esa.DescribePurgeTasksRequest(site_id=site))
    sdk.describe_preload_tasks(of_esa.DescribePreloadTasksRequest(site_id=site))
    sdk.get_purge_quota(of_esa.GetPurgeQuotaRequest(site, "file"))
    sdk.list_sites(of_esa.ListSitesRequest())
    sdk.list_records(of_esa.ListRecordsRequest(site_id=site))
    sdk.list_cache_rules(of_esa.ListCacheRulesRequest(site_id=site))
    answers: Answers = sdk.answers
    return answers


def every_answer_of_function_compute(api: Api, function: str, layer: str) -> Answers:
    """Ask for each action once that shows something; both arguments are names of a deployment."""
    sdk = client(alibabacloud_fc20230330.client.Client, api)
    sdk.list_functions(of_fc.ListFunctionsRequest())
    sdk.get_function(function, of_fc.GetFunctionRequest())
    sdk.list_triggers(function, of_fc.ListTriggersRequest())
    sdk.get_async_invoke_config(function, of_fc.GetAsyncInvokeConfigRequest())
    sdk.get_concurrency_config(function)
    sdk.get_layer_version_by_arn(layer)
    answers: Answers = sdk.answers
    return answers
