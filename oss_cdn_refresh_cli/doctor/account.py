"""Asks the account for everything that the checks want to know."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from oss_cdn_refresh.model.errors import ConfigurationError
from oss_cdn_refresh.settings.config import Config, parse
from oss_cdn_refresh.transport.credentials import Credentials
from oss_cdn_refresh_cli.deployment.expectations import HANDLER, SUFFIX
from oss_cdn_refresh_cli.doctor import contents, services
from oss_cdn_refresh_cli.doctor.checks.globs import places
from oss_cdn_refresh_cli.doctor.facts import BACKLOG, DEAD_LETTERS, Drain, Facts
from oss_cdn_refresh_cli.doctor.problems import Kind, Problem
from oss_cdn_refresh_cli.doctor.reader import Reader, Service
from oss_cdn_refresh_cli.doctor.roles import Role, statements, trusted
from oss_cdn_refresh_cli.doctor.services import Asked, Json
from oss_cdn_refresh_cli.doctor.watched import Neighbour, inner, neighbour, queue_of
from oss_cdn_refresh_cli.operation.operation import Operation
from oss_cdn_refresh_cli.operation.settings import Settings

T = TypeVar("T")
FC = Service.FUNCTION_COMPUTE
GROUPS = 4  # of questions, as `step` hears of them


class Account(NamedTuple):
    """An account that can be asked; an answer may take so many seconds."""

    operation: Operation
    reader: Reader
    seconds: float

    def facts(self, function_name: str, step: Callable[[int], None]) -> Facts:
        """Everything; `step` hears of each group of questions that was asked."""
        told, effects = self.operation.settings, self.operation.effects
        identity = self._ask(Service.STS, "sts:GetCallerIdentity", services.identity)
        function = self._ask(FC, "fc:GetFunction", services.function, function_name)
        region, account = _place(told.region, told.account, function, identity)
        step(1)
        config = self._config(region)
        domains, buckets = _sites(config)
        step(1)
        own = self._neighbour(function)
        others = self._others(function_name)
        asynchronous = self._ask(FC, "fc:GetAsyncInvokeConfig", services.asynchronous, function_name)
        names = _queue_names(told, function, (*_all(own), *_all(others)), asynchronous)
        drain = self._drain(function_name, others, names[BACKLOG])
        step(1)
        arns = [
            str(layer.get("arn")) for known in (function, drain.function) for layer in _found(known).get("layers") or ()
        ]
        roles = [str(_found(function).get("role") or "")]
        ours = (*_all(own), *_all(drain.own), *(other for other in _all(others) if other.handler == HANDLER))
        roles += [trigger.role for known in ours for trigger in known.oss]
        facts = Facts(
            told=told,
            function_name=function_name,
            now=effects.now(),
            region=region,
            account=account,
            who=self.reader.who,
            identity=identity,
            config=config,
            quotas=self._ask(Service.CDN, "cdn:DescribeRefreshQuota", services.quotas),
            domains=self._each(domains, Service.CDN, "cdn:DescribeCdnDomainDetail", services.domain),
            domain_settings=self._each(domains, Service.CDN, "cdn:DescribeCdnDomainConfigs", services.settings_of),
            buckets=self._each(buckets, Service.OSS, "oss:GetBucketInfo", services.bucket, region),
            purged=self._each(buckets, Service.OSS, "oss:ListCname", services.purged, region),
            websites=self._each(buckets, Service.OSS, "oss:GetBucketWebsite", contents.website, region),
            listed={
                where: self._ask(Service.OSS, "oss:ListObjects", contents.first_keys, *where, region)
                for where in places(config)
            },
            function=function,
            own=own,
            drain=drain,
            others=others,
            asynchronous=asynchronous,
            cap=self._ask(FC, "fc:GetConcurrencyConfig", services.cap, function_name),
            layers=self._each(arns, FC, "fc:GetLayerVersion", services.layer),
            queue_names=names,
            queues={
                variable: self._ask(Service.SMQ, "mns:GetQueueAttributes", services.queue, name, variable, effects)
                for variable, name in names.items()
                if name
            },
            roles={arn: self._role(arn) for arn in dict.fromkeys(filter(None, roles))},
            endpoints=self.reader.endpoints,
            answered=frozenset(),
            problems=(),
        )
        step(1)
        return facts._replace(answered=frozenset(self.reader.answered), problems=tuple(self.reader.problems))

    def _ask(self, service: Service, action: str, question: Callable[..., T], *arguments: Any) -> T | Problem:
        def call(who: Credentials, endpoint: str) -> T:
            return question(Asked(who, endpoint, self.seconds), *arguments)

        return self.reader.ask(service, action, call)

    def _each(
        self, names: Iterable[str], service: Service, action: str, question: Callable[..., T], *arguments: Any
    ) -> dict[str, T | Problem]:
        return {name: self._ask(service, action, question, name, *arguments) for name in dict.fromkeys(names)}

    def _config(self, region: str) -> Config | Problem:
        """The configuration that the function would read."""
        where = self.operation.settings.config
        if self.operation.settings.no_config:
            what, _, own_remedy = self.operation.settings.no_config.rpartition(": ")
            return Problem(Kind.CONFIG, f"REFRESH_CONFIG: {where}: {what}", own_remedy=own_remedy)
        text = self._from_oss(where, region) if where.startswith("oss://") else _from_file(where)
        if isinstance(text, Problem):
            return text
        try:
            return parse(text, where)
        except ConfigurationError as error:
            return Problem.of_configuration(error)

    def _from_oss(self, where: str, region: str) -> bytes | Problem:
        bucket, _, key = where.removeprefix("oss://").partition("/")
        if not (bucket and key):
            return Problem(Kind.CONFIG, f"REFRESH_CONFIG: {where} names no object", own_remedy="write oss://bucket/key")
        body = self._ask(Service.OSS, "oss:GetObject", services.stored, bucket, key, region)
        if isinstance(body, Problem) and body.kind is Kind.MISSING:
            return Problem(Kind.CONFIG, f"{where}: {body.told}", own_remedy="set REFRESH_CONFIG to the object to read")
        return body

    def _neighbour(self, function: Json | Problem) -> Neighbour | Problem:
        if isinstance(function, Problem):
            return function
        found = self._ask(FC, "fc:ListTriggers", services.triggers, str(function["functionName"]))
        return found if isinstance(found, Problem) else neighbour(function, found)

    def _others(self, function_name: str) -> tuple[Neighbour, ...] | Problem:
        functions = self._ask(FC, "fc:ListFunctions", services.functions)
        if isinstance(functions, Problem):
            return functions
        found: list[Neighbour] = []
        for function in functions:
            if function.get("functionName") != function_name:
                other = self._neighbour(function)
                if isinstance(other, Problem):
                    return other
                found.append(other)
        return tuple(found)

    def _drain(self, function_name: str, others: tuple[Neighbour, ...] | Problem, backlog: str) -> Drain:
        """The function of that name, or else one of our code that reads the backlog."""
        known = {other.name: other for other in _all(others)}
        readers = [other.name for other in known.values() if other.handler == HANDLER and other.reads(backlog)]
        usual = function_name + SUFFIX
        name = usual if usual in known or not readers else readers[0]
        function = self._ask(FC, "fc:GetFunction", services.function, name)
        if isinstance(function, Problem):
            return Drain(name, function, function, function, function)
        return Drain(
            name,
            function,
            known.get(name) or self._neighbour(function),
            self._ask(FC, "fc:GetAsyncInvokeConfig", services.asynchronous, name),
            self._ask(FC, "fc:GetConcurrencyConfig", services.cap, name),
        )

    def _role(self, arn: str) -> Role | Problem:
        """A role with all its policies."""
        name = arn.rpartition("/")[2]
        found = self._ask(Service.RAM, "ram:GetRole", services.role, name)
        if isinstance(found, Problem):
            return found
        attached = self._ask(Service.RAM, "ram:ListPoliciesForRole", services.policies, name)
        if isinstance(attached, Problem):
            return attached
        documents: list[str] = []
        for policy in attached:
            document = self._ask(Service.RAM, "ram:GetPolicy", services.policy, *policy)
            if isinstance(document, Problem):
                return document
            documents.append(document)
        try:
            allowed = tuple(statement for document in documents for statement in statements(document))
            return Role(name, trusted(str(found["AssumeRolePolicyDocument"])), allowed)
        except (ValueError, AttributeError, KeyError):
            return Problem(
                Kind.OTHER, f"a policy of {name} is no JSON", Service.RAM.value, "ram:GetPolicy", "Unreadable"
            )


def _from_file(where: str) -> bytes | Problem:
    try:
        return Path(where).read_bytes()
    except OSError as error:
        return Problem(Kind.CONFIG, f"{where}: {error.strerror}", own_remedy="set REFRESH_CONFIG to the file to read")


def _place(region: str, account: str, function: Json | Problem, identity: Json | Problem) -> tuple[str, str]:
    """Region and account: the function's own, where it was told; a setting may be wrong."""
    arn = str(_found(function).get("functionArn") or "").split(":")  # acs:fc:{region}:{account}:functions/{name}
    of_arn = (arn[2], arn[3]) if len(arn) > 3 else ("", "")  # noqa: PLR2004 - see above
    return of_arn[0] or region, of_arn[1] or str(_found(identity).get("AccountId") or "") or account


def _sites(config: Config | Problem) -> tuple[list[str], list[str]]:
    """The domains and the buckets of a configuration."""
    return ([], []) if isinstance(config, Problem) else (sorted(config.domains), list(config.by_bucket))


def _queue_names(
    told: Settings, function: Json | Problem, readers: Iterable[Neighbour], asynchronous: Json | Problem
) -> dict[str, str]:
    """How the two queues are called. Where setting and function differ, that name counts which the deployment uses.

    That they differ, the check of the function says.
    """
    triggers = [trigger for reader in readers for trigger in reader.queues]
    destination = inner(_found(asynchronous), "destinationConfig", "onFailure").get("destination") or ""
    used = {
        BACKLOG: {trigger.queue for trigger in triggers},
        DEAD_LETTERS: {queue_of(arn) for arn in (destination, *(trigger.dead_letters for trigger in triggers))},
    }
    variables = inner(_found(function), "environmentVariables")
    settings = {BACKLOG: told.backlog, DEAD_LETTERS: told.dead_letters}
    return {
        variable: deployed
        if deployed and deployed in used[variable] and name not in used[variable]
        else name or deployed
        for variable, name in settings.items()
        for deployed in [variables.get(variable, "")]
    }


def _all(neighbours: Neighbour | tuple[Neighbour, ...] | Problem) -> tuple[Neighbour, ...]:
    if isinstance(neighbours, Problem):
        return ()
    return (neighbours,) if isinstance(neighbours, Neighbour) else neighbours


def _found(answer: Json | Problem) -> Json:
    return {} if isinstance(answer, Problem) else answer
