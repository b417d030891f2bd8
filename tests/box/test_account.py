"""What the stand-ins tell of an account, by the official SDKs: domains, buckets, functions, roles."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from alibabacloud_cdn20180510.client import Client as CdnClient
from alibabacloud_cdn20180510.models import DescribeCdnDomainConfigsRequest, DescribeCdnDomainDetailRequest
from alibabacloud_fc20230330 import models as fc
from alibabacloud_fc20230330.client import Client as FcClient
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException
from alibabacloud_tea_openapi.models import Config
from oss2.exceptions import AccessDenied

from oss_cdn_refresh_box.cdn.describing import Described, Function
from oss_cdn_refresh_box.cloud import OWNER, Cloud
from oss_cdn_refresh_box.demo import clients

pytestmark = pytest.mark.filterwarnings(
    "ignore:datetime.datetime.utcnow:DeprecationWarning"  # how the SDKs sign, on Python 3.12
)
NAME = "oss-cdn-refresh"


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with Cloud({"sites": [{"bucket": "my-site", "domains": ["www.example.com"]}]}) as cloud:
        assert abs(cloud.clock.now() - time.time()) < 60
        yield cloud


def config(url: str) -> Config:
    return Config(*OWNER, endpoint=url.removeprefix("http://"), protocol="http")


def functions(cloud: Cloud) -> Any:
    return FcClient(config(cloud.api.url))


def domains(cloud: Cloud) -> Any:
    return CdnClient(config(cloud.cdn.url))


def refused(call: Any, *arguments: Any) -> tuple[int, str]:
    with pytest.raises(AlibabaCloudException) as caught:
        call(*arguments)
    return caught.value.status_code, caught.value.code


def test_domain_detail_has_status_and_origin(cloud: Cloud) -> None:
    request = DescribeCdnDomainDetailRequest(domain_name="www.example.com")
    told = domains(cloud).describe_cdn_domain_detail(request).body.get_domain_detail_model
    (source,) = told.source_models.source_model
    assert (told.domain_status, source.type, source.content) == (
        "online",
        "oss",
        "my-site.oss-cn-hangzhou.aliyuncs.com",
    )


def test_domain_configs_have_the_settings(cloud: Cloud) -> None:
    cloud.cdn.described["www.example.com"] = Described(functions=(Function("set_hashkey_args", {"disable": "on"}),))
    request = DescribeCdnDomainConfigsRequest(domain_name="www.example.com")
    (told,) = domains(cloud).describe_cdn_domain_configs(request).body.domain_configs.domain_config
    (argument,) = told.function_args.function_arg
    assert (told.function_name, argument.arg_name, argument.arg_value) == ("set_hashkey_args", "disable", "on")


def test_a_domain_of_another_account_is_not_found(cloud: Cloud) -> None:
    request = DescribeCdnDomainDetailRequest(domain_name="other.example.com")
    assert refused(domains(cloud).describe_cdn_domain_detail, request) == (404, "InvalidDomain.NotFound")


def test_an_action_that_is_denied(cloud: Cloud) -> None:
    cloud.cdn.denied.add("DescribeCdnDomainDetail")
    request = DescribeCdnDomainDetailRequest(domain_name="www.example.com")
    assert refused(domains(cloud).describe_cdn_domain_detail, request) == (403, "Forbidden.RAM")


def test_get_function_has_the_values_of_the_template(cloud: Cloud) -> None:
    told = functions(cloud).get_function(NAME, fc.GetFunctionRequest()).body
    assert (told.handler, told.timeout, told.environment_variables["BACKLOG_QUEUE"]) == (
        "refresh.handler",
        120,
        "oss-cdn-refresh-backlog",
    )


def test_functions_are_listed_page_by_page(cloud: Cloud) -> None:
    for number in range(2):
        cloud.api.functions[f"other-{number}"] = cloud.api.functions[NAME]
    first = functions(cloud).list_functions(fc.ListFunctionsRequest(limit=3)).body
    second = functions(cloud).list_functions(fc.ListFunctionsRequest(limit=3, next_token=first.next_token)).body
    assert (len(first.functions), len(second.functions), second.next_token) == (3, 1, None)


def test_a_triggers_configuration_is_a_text(cloud: Cloud) -> None:
    told = [
        trigger
        for name in (NAME, f"{NAME}-drain")
        for trigger in functions(cloud).list_triggers(name, fc.ListTriggersRequest()).body.triggers
    ]
    assert [(trigger.trigger_name, trigger.trigger_type, type(trigger.trigger_config)) for trigger in told] == [
        ("objects-changed", "oss", str),
        ("backlog", "eventbridge", str),
    ]


def test_the_async_config_has_the_failure_destination(cloud: Cloud) -> None:
    told = functions(cloud).get_async_invoke_config(NAME, fc.GetAsyncInvokeConfigRequest()).body
    assert told.destination_config.on_failure.destination.endswith("/queues/oss-cdn-refresh-dead-letters/messages")


def test_a_function_without_asynchronous_configuration(cloud: Cloud) -> None:
    cloud.api.functions[NAME].asynchronous = None
    answer = refused(functions(cloud).get_async_invoke_config, NAME, fc.GetAsyncInvokeConfigRequest())
    assert answer == (404, "AsyncConfigNotExists")


def test_a_cap_and_a_layer(cloud: Cloud) -> None:
    client = functions(cloud)
    (layer,) = client.get_function(NAME, fc.GetFunctionRequest()).body.layers
    told = client.get_layer_version_by_arn(layer.arn).body
    assert (client.get_concurrency_config(NAME).body.reserved_concurrency, told.layer_name, told.version) == (
        3,
        NAME,
        1,
    )


@pytest.mark.parametrize(
    "question",
    [
        lambda client: client.get_function("other", fc.GetFunctionRequest()),
        lambda client: client.list_triggers("other", fc.ListTriggersRequest()),
        lambda client: client.get_concurrency_config("other"),
        lambda client: client.get_layer_version_by_arn("acs:fc:cn-hangzhou:1:layers/other/versions/1"),
    ],
    ids=["function", "triggers", "cap", "layer"],
)
def test_an_unknown_function_or_layer_answers_404(cloud: Cloud, question: Any) -> None:
    assert refused(question, functions(cloud))[0] == 404


def test_a_bucket_tells_for_which_domains_oss_refreshes(cloud: Cloud) -> None:
    cloud.oss.cnames["my-site"] = {"www.example.com": True, "b.example.com": False}
    with clients.bucket(cloud, "my-site") as bucket:
        told = {bound.domain: bound.is_purge_cdn_cache for bound in bucket.list_bucket_cname().cname}
    assert told == {"www.example.com": "true", "b.example.com": "false"}


def test_a_bucket_of_another_region_says_where_it_is(cloud: Cloud) -> None:
    cloud.oss.elsewhere["my-site"] = "cn-beijing"
    with clients.bucket(cloud, "my-site") as bucket, pytest.raises(AccessDenied) as caught:
        bucket.get_bucket_info()
    assert caught.value.details["Endpoint"] == "oss-cn-beijing.aliyuncs.com"
