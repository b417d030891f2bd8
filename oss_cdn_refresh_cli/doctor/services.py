"""The questions, one function each: what is asked of which service, and what comes back, in the API's own names.

Everything here reads. Sources: the API pages of the operations that the functions name; RAM and STS are asked through
the generic client of `alibabacloud-tea-openapi`, which needs no further package.
"""

from collections.abc import Callable, Iterator, Mapping
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

from oss_cdn_refresh.model.effects import Effects
from oss_cdn_refresh.transport.credentials import Credentials
from oss_cdn_refresh_cli.clients import oss_sdk, smq, tea_sdk
from oss_cdn_refresh_cli.clients.smq_answers import Attributes

FUNCTIONS_PER_PAGE = 100  # ListFunctions and ListTriggers, "limit"
Json = Mapping[str, Any]


class Quotas(NamedTuple):
    """DescribeRefreshQuota: its figures, and the CDN's clock in epoch seconds where it was told."""

    figures: Json
    date: float | None


class Bucket(NamedTuple):
    """GetBucketInfo: the region in which the bucket lies."""

    region: str


class Asked(NamedTuple):
    """Who asks, where, and for how many seconds an answer may take."""

    who: Credentials
    endpoint: str
    seconds: float


def identity(asked: Asked) -> Json:
    """STS, GetCallerIdentity: AccountId, Arn, IdentityType."""
    return _rpc(asked, "GetCallerIdentity", "2015-04-01", {})


def role(asked: Asked, name: str) -> Json:
    """RAM, GetRole: AssumeRolePolicyDocument is a text of JSON."""
    found: Json = _rpc(asked, "GetRole", "2015-05-01", {"RoleName": name})["Role"]
    return found


def policies(asked: Asked, name: str) -> list[tuple[str, str]]:
    """RAM, ListPoliciesForRole: name and type of each."""
    found = _rpc(asked, "ListPoliciesForRole", "2015-05-01", {"RoleName": name})["Policies"]["Policy"]
    return [(str(each["PolicyName"]), str(each["PolicyType"])) for each in found]


def policy(asked: Asked, name: str, kind: str) -> str:
    """RAM, GetPolicy: the document of the version that counts, a text of JSON."""
    found = _rpc(asked, "GetPolicy", "2015-05-01", {"PolicyName": name, "PolicyType": kind})
    return str(found["DefaultPolicyVersion"]["PolicyDocument"])


def quotas(asked: Asked) -> Quotas:
    """CDN, DescribeRefreshQuota."""
    from alibabacloud_cdn20180510.models import DescribeRefreshQuotaRequest  # noqa: PLC0415 - half a second

    answer = _cdn(asked).describe_refresh_quota(DescribeRefreshQuotaRequest())
    figures = answer.body.to_map()
    if not any(name.endswith("Remain") for name in figures):
        raise ValueError("the answer tells no quota")
    date = {name.lower(): value for name, value in answer.headers.items()}.get("date")
    return Quotas(figures, parsedate_to_datetime(date).timestamp() if date else None)


def domain(asked: Asked, name: str) -> Json:
    """CDN, DescribeCdnDomainDetail: DomainStatus and SourceModels."""
    from alibabacloud_cdn20180510.models import DescribeCdnDomainDetailRequest  # noqa: PLC0415 - as above

    answer = _cdn(asked).describe_cdn_domain_detail(DescribeCdnDomainDetailRequest(domain_name=name))
    found: Json = answer.body.get_domain_detail_model.to_map()
    return found


def settings_of(asked: Asked, name: str) -> list[Json]:
    """CDN, DescribeCdnDomainConfigs: FunctionName and FunctionArgs of each setting."""
    from alibabacloud_cdn20180510.models import DescribeCdnDomainConfigsRequest  # noqa: PLC0415 - as above

    answer = _cdn(asked).describe_cdn_domain_configs(DescribeCdnDomainConfigsRequest(domain_name=name))
    found: list[Json] = answer.body.domain_configs.to_map()["DomainConfig"]
    return found


def function(asked: Asked, name: str) -> Json:
    """Function Compute, GetFunction."""
    from alibabacloud_fc20230330.models import GetFunctionRequest  # noqa: PLC0415 - half a second

    return _named(_fc(asked).get_function(name, GetFunctionRequest()).body.to_map(), "functionName")


def functions(asked: Asked) -> list[Json]:
    """Function Compute, ListFunctions: all of them."""
    from alibabacloud_fc20230330.models import ListFunctionsRequest  # noqa: PLC0415 - as above

    def pages() -> Iterator[Json]:
        client, token = _fc(asked), None
        while True:
            page = client.list_functions(ListFunctionsRequest(limit=FUNCTIONS_PER_PAGE, next_token=token)).body
            yield from (_named(found.to_map(), "functionName") for found in page.functions)
            token = page.next_token
            if not token:
                return

    return list(pages())


def triggers(asked: Asked, name: str) -> list[Json]:
    """Function Compute, ListTriggers: triggerConfig is a text of JSON."""
    from alibabacloud_fc20230330.models import ListTriggersRequest  # noqa: PLC0415 - as above

    answer = _fc(asked).list_triggers(name, ListTriggersRequest(limit=FUNCTIONS_PER_PAGE))
    return [found.to_map() for found in answer.body.triggers]


def asynchronous(asked: Asked, name: str) -> Json:
    """Function Compute, GetAsyncInvokeConfig."""
    from alibabacloud_fc20230330.models import GetAsyncInvokeConfigRequest  # noqa: PLC0415 - as above

    found: Json = _fc(asked).get_async_invoke_config(name, GetAsyncInvokeConfigRequest()).body.to_map()
    return found


def cap(asked: Asked, name: str) -> int | None:
    """Function Compute, GetConcurrencyConfig: how many instances there may be, None where nothing says."""
    found = _fc(asked).get_concurrency_config(name).body.reserved_concurrency
    return None if found is None else int(found)


def layer(asked: Asked, arn: str) -> Json:
    """Function Compute, GetLayerVersionByArn."""
    return _named(_fc(asked).get_layer_version_by_arn(arn).body.to_map(), "layerName")


def bucket(asked: Asked, name: str, signed_for: str) -> Bucket:
    """OSS, GetBucketInfo. OSS refuses a bucket of another region, and says which one that is."""
    location, found = at_home(lambda: oss_bucket(asked, name, signed_for).get_bucket_info())
    location = location or found.location
    if not location:
        raise ValueError("the answer names no region")
    return Bucket(str(location).removeprefix("oss-"))


def purged(asked: Asked, name: str, signed_for: str) -> dict[str, bool]:
    """OSS, ListCname: the domains bound to a bucket, and whether OSS refreshes the CDN for each.

    Nothing of a bucket of another region.
    """
    location, found = at_home(lambda: oss_bucket(asked, name, signed_for).list_bucket_cname())
    if location:
        return {}
    return {str(bound.domain).lower(): str(bound.is_purge_cdn_cache).lower() == "true" for bound in found.cname}


def stored(asked: Asked, name: str, key: str, signed_for: str) -> bytes:
    """OSS, GetObject."""
    return bytes(oss_bucket(asked, name, signed_for).get_object(key).read())


def queue(asked: Asked, name: str, variable: str, effects: Effects) -> Attributes:
    """SMQ, GetQueueAttributes."""
    with smq.Queue(
        asked.endpoint, name, variable, lambda: asked.who, effects, seconds=asked.seconds, tries=1
    ) as opened:
        return opened.attributes()


def at_home(call: Callable[[], Any]) -> tuple[str, Any]:
    """What OSS answers; of a bucket of another region, which it refuses, that region instead: oss-cn-beijing."""
    from oss2.exceptions import AccessDenied  # noqa: PLC0415 - a third of a second

    try:
        return "", call()
    except AccessDenied as refusal:
        location = str(refusal.details.get("Endpoint") or "").partition(".")[0]
        if not location:
            raise
        return location, None


def _named(found: Json, field: str) -> Json:
    """An answer that has this field; without it, it is none."""
    if not found.get(field):
        raise ValueError(f"the answer has no {field}")
    return found


def _config(asked: Asked) -> Any:
    return tea_sdk.config(asked.who, asked.endpoint, asked.seconds)


def _cdn(asked: Asked) -> Any:
    from alibabacloud_cdn20180510.client import Client  # noqa: PLC0415 - as above

    return Client(_config(asked))


def _fc(asked: Asked) -> Any:
    from alibabacloud_fc20230330.client import Client  # noqa: PLC0415 - as above

    return Client(_config(asked))


def _rpc(asked: Asked, action: str, version: str, query: Mapping[str, str]) -> Json:
    from alibabacloud_tea_openapi.client import Client  # noqa: PLC0415 - as above
    from alibabacloud_tea_openapi.utils_models import OpenApiRequest, Params  # noqa: PLC0415 - as above
    from darabonba.runtime import RuntimeOptions  # noqa: PLC0415 - as above

    how = Params(
        action=action,
        version=version,
        protocol="HTTPS",
        pathname="/",
        method="POST",
        auth_type="AK",
        style="RPC",
        req_body_type="formData",
        body_type="json",
    )
    answer = Client(_config(asked)).call_api(how, OpenApiRequest(query=dict(query)), RuntimeOptions())
    found: Json = answer["body"]
    return found


def oss_bucket(asked: Asked, name: str, region: str) -> Any:
    """The official client of a bucket; requests are signed for a region where one is named."""
    return oss_sdk.bucket(lambda: asked.who, asked.endpoint, name, region, asked.seconds)
