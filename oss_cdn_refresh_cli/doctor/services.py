"""The questions to the services, one function each. Answers have the API's own names.

Every question only reads. Sources: the API pages of the operations that the functions name. The quotas are asked for
through the function's own clients. Function Compute, RAM, STS and the domains of the products are asked for through the
generic client of `alibabacloud-tea-openapi`, which signs for all of them and is imported faster than the client of one
service.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple
from urllib.parse import quote

from oss_cdn_refresh.model.effects import Effects
from oss_cdn_refresh.model.item import IGNORE_PARAMS, ObjectType, Target
from oss_cdn_refresh.model.quota import Allowance
from oss_cdn_refresh.products import product
from oss_cdn_refresh.products.api import Peer
from oss_cdn_refresh.transport.credentials import Credentials
from oss_cdn_refresh.transport.session import ANSWER_BYTES, Answer, Request, Session
from oss_cdn_refresh_cli.clients import oss_sdk, smq, tea_sdk
from oss_cdn_refresh_cli.clients.smq_answers import Attributes

FUNCTION_COMPUTE, RAM, STS = "2023-03-30", "2015-05-01", "2015-04-01"  # versions of the APIs
PER_PAGE = 100  # ListFunctions and ListTriggers, "limit"
Json = Mapping[str, Any]


class Quotas(NamedTuple):
    """The day's quotas of a target, and the product's clock in epoch seconds, if the answer has it."""

    allowances: Mapping[ObjectType, Allowance]
    date: float | None


class Asked(NamedTuple):
    """The credentials, the base URL and the time limit of a question."""

    credentials: Credentials
    endpoint: str
    seconds: float


def identity(asked: Asked) -> Json:
    """STS, GetCallerIdentity: AccountId, Arn, IdentityType."""
    return rpc(asked, "GetCallerIdentity", STS)


def role(asked: Asked, name: str) -> Json:
    """RAM, GetRole: AssumeRolePolicyDocument is JSON text."""
    found: Json = rpc(asked, "GetRole", RAM, RoleName=name)["Role"]
    return found


def policies(asked: Asked, name: str) -> list[tuple[str, str]]:
    """RAM, ListPoliciesForRole: name and type of each."""
    found = rpc(asked, "ListPoliciesForRole", RAM, RoleName=name)["Policies"]["Policy"]
    return [(str(each["PolicyName"]), str(each["PolicyType"])) for each in found]


def policy(asked: Asked, name: str, kind: str) -> str:
    """RAM, GetPolicy: the document of the default version, as JSON text."""
    found = rpc(asked, "GetPolicy", RAM, PolicyName=name, PolicyType=kind)
    return str(found["DefaultPolicyVersion"]["PolicyDocument"])


class _Dated(Session):
    """The function's transport, which remembers the date of the last answer."""

    date = ""

    def send(self, sign: Callable[[], Request], seconds: float, most_bytes: int = ANSWER_BYTES) -> Answer:
        """As the function sends."""
        answer = super().send(sign, seconds, most_bytes)
        self.date = answer.headers.get("Date", "")
        return answer


def quotas(asked: Asked, target: Target, types: Collection[ObjectType], effects: Effects) -> Quotas:
    """The day's quotas of these object types, or of more where the product answers several at once."""
    session, of_product = _Dated(), product(target.product)
    try:
        peer = Peer(asked.endpoint, lambda: asked.credentials, session, effects, set())
        client = of_product.Client(peer, target, IGNORE_PARAMS)
        allowances: dict[ObjectType, Allowance] = {}
        for together in of_product.QUOTA_CALLS:
            if not set(together).isdisjoint(types):
                if allowances:
                    effects.sleep(1 / of_product.LIMITS.quota_calls_per_second)
                allowances.update(client.quota(together, asked.seconds))
    finally:
        session.close()
    if all(allowance == (None, None) for allowance in allowances.values()):
        raise ValueError("the answer tells no quota")
    return Quotas(allowances, parsedate_to_datetime(session.date).timestamp() if session.date else None)


def function(asked: Asked, name: str) -> Json:
    """Function Compute, GetFunction."""
    return named(_fc(asked, "GetFunction", "functions", name), "functionName")


def functions(asked: Asked) -> list[Json]:
    """Function Compute, ListFunctions: all of them."""

    def pages() -> Iterator[Json]:
        token = ""
        while True:
            page = _fc(asked, "ListFunctions", "functions", limit=str(PER_PAGE), nextToken=token)
            yield from (named(found, "functionName") for found in page["functions"])
            token = page.get("nextToken") or ""
            if not token:
                return

    return list(pages())


def triggers(asked: Asked, name: str) -> list[Json]:
    """Function Compute, ListTriggers: triggerConfig is JSON text."""
    page = _fc(asked, "ListTriggers", "functions", name, "triggers", limit=str(PER_PAGE))
    return [named(found, "triggerName") for found in page["triggers"]]


def asynchronous(asked: Asked, name: str) -> Json:
    """Function Compute, GetAsyncInvokeConfig."""
    return _fc(asked, "GetAsyncInvokeConfig", "functions", name, "async-invoke-config")


def cap(asked: Asked, name: str) -> int | None:
    """Function Compute, GetConcurrencyConfig: the cap of the instances, None without one."""
    found = _fc(asked, "GetConcurrencyConfig", "functions", name, "concurrency").get("reservedConcurrency")
    return None if found is None else int(found)


def layer(asked: Asked, arn: str) -> Json:
    """Function Compute, GetLayerVersionByArn."""
    return named(_fc(asked, "GetLayerVersionByArn", "layerarn", arn), "layerName")


def bucket(asked: Asked, name: str, signed_for: str) -> str:
    """OSS, GetBucketInfo: the region of a bucket. OSS refuses a bucket of another region and names that region."""
    location, found = at_home(lambda: oss_bucket(asked, name, signed_for).get_bucket_info())
    location = location or found.location
    if not location:
        raise ValueError("the answer names no region")
    return str(location).removeprefix("oss-")


def purged(asked: Asked, name: str, signed_for: str) -> dict[str, bool]:
    """OSS, ListCname: the domains bound to a bucket, and whether OSS refreshes the CDN for each.

    {} for a bucket of another region.
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
        asked.endpoint, name, variable, lambda: asked.credentials, effects, seconds=asked.seconds, tries=1
    ) as opened:
        return opened.attributes()


def at_home(call: Callable[[], Any]) -> tuple[str, Any]:
    """OSS's answer; for a bucket of another region, which it refuses, that region: oss-cn-beijing."""
    from oss2.exceptions import AccessDenied  # noqa: PLC0415 - a third of a second

    try:
        return "", call()
    except AccessDenied as refusal:
        location = str(refusal.details.get("Endpoint") or "").partition(".")[0]
        if not location:
            raise
        return location, None


def named(found: Json, field: str) -> Json:
    """An answer that must have this field.

    :raises ValueError: it does not, so another service answered.
    """
    if not found.get(field):
        raise ValueError(f"the answer has no {field}")
    return found


def rpc(asked: Asked, action: str, version: str, method: str = "POST", **query: str) -> Json:
    """The answer of an API without paths."""
    found: Json = _call(asked, action, version, query, method=method)["body"]
    return found


def _fc(asked: Asked, action: str, *path: str, **query: str) -> Json:
    """Function Compute's answer at a path, whose parts are escaped here."""
    place = "/".join(("", FUNCTION_COMPUTE, *(quote(part, safe="") for part in path)))
    found: Json = _call(asked, action, FUNCTION_COMPUTE, query, place, "GET")["body"]
    return found


def _call(
    asked: Asked, action: str, version: str, query: Mapping[str, str], path: str = "", method: str = "POST"
) -> Json:
    """Body and headers of an answer. An API without paths has the style RPC, the others ROA."""
    from alibabacloud_tea_openapi.client import Client  # noqa: PLC0415 - half a second
    from alibabacloud_tea_openapi.utils_models import OpenApiRequest, Params  # noqa: PLC0415 - as above
    from darabonba.runtime import RuntimeOptions  # noqa: PLC0415 - as above

    how = Params(
        action=action,
        version=version,
        protocol="HTTPS",
        pathname=path or "/",
        method=method,
        auth_type="AK",
        style="ROA" if path else "RPC",
        req_body_type="json" if path else "formData",
        body_type="json",
    )
    client = Client(tea_sdk.config(asked.credentials, asked.endpoint, asked.seconds))
    given = {name: value for name, value in query.items() if value}
    found: Json = client.call_api(how, OpenApiRequest(query=given), RuntimeOptions())
    if not isinstance(found["body"], Mapping):
        raise TypeError("the answer is no object")
    return found


def oss_bucket(asked: Asked, name: str, region: str) -> Any:
    """The official client of a bucket; requests are signed for the region, if one is given."""
    return oss_sdk.bucket(lambda: asked.credentials, asked.endpoint, name, region, asked.seconds)
