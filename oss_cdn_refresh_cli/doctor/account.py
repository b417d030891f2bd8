"""Asks the services of an account for all facts that the checks need."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from oss_cdn_refresh.model.errors import ConfigurationError
from oss_cdn_refresh.model.item import Target
from oss_cdn_refresh.products import DEFAULT, product
from oss_cdn_refresh.settings.config import Config
from oss_cdn_refresh.settings.config_file import parse
from oss_cdn_refresh.transport.credentials import Credentials
from oss_cdn_refresh_cli.deployment.expectations import HANDLER, SUFFIX
from oss_cdn_refresh_cli.deployment.model import BACKLOG, DEAD_LETTERS, Function
from oss_cdn_refresh_cli.deployment.roles import Role, statements, trusted
from oss_cdn_refresh_cli.doctor import contents, domains, esa_sites, places, seen, services
from oss_cdn_refresh_cli.doctor.checks import globs
from oss_cdn_refresh_cli.doctor.checks.domains import used
from oss_cdn_refresh_cli.doctor.domains import Api
from oss_cdn_refresh_cli.doctor.esa_sites import Host, Zone
from oss_cdn_refresh_cli.doctor.facts import Facts
from oss_cdn_refresh_cli.doctor.problems import Kind, Problem
from oss_cdn_refresh_cli.doctor.reader import OF_PRODUCTS, Reader, Service
from oss_cdn_refresh_cli.doctor.seen import Seen
from oss_cdn_refresh_cli.doctor.services import Asked, Json, Quotas
from oss_cdn_refresh_cli.operation.operation import Operation
from oss_cdn_refresh_cli.operation.settings import Settings

T = TypeVar("T")
FC = Service.FUNCTION_COMPUTE
GROUPS = 4  # of questions, the steps of the progress bar
NO_SITE_ID = Problem(
    Kind.MISSING, "the id of the site of ESA is not known", own_remedy="fix the finding of the check domain first"
)


class Account(NamedTuple):
    """An account, and the time limit of an answer in seconds. bad: the problems of wrong settings, by their names."""

    operation: Operation
    reader: Reader
    seconds: float
    bad: Mapping[str, Problem]

    def facts(self, function_name: str, step: Callable[[int], None]) -> Facts:
        """All facts; `step` is called after each group of questions."""
        effects = self.operation.effects
        identity = self._ask(Service.STS, "sts:GetCallerIdentity", services.identity)
        settings = self._of_caller(identity)
        function = self._ask(FC, "fc:GetFunction", services.function, function_name)
        region, account = _place(settings.region, settings.account, function, identity)
        step(1)
        written = self._config(region)
        hosts = self._hosts(written)
        config = written if isinstance(written, Problem) else esa_sites.with_site_ids(written, hosts)
        buckets = [] if isinstance(config, Problem) else list(config.by_bucket)
        step(1)
        refresh = self._seen(function_name, function)
        others = self._others(function_name)
        known = () if isinstance(others, Problem) else others
        names = _queue_names(settings, refresh.functions, known)
        drain = self._drain(function_name, known, names[BACKLOG])
        step(1)
        ours = (*refresh.functions, *drain.functions)
        arns = [layer for each in ours for layer in each.layers]
        roles = [each.role for each in refresh.functions]
        alike = (*ours, *(other for other in known if other.handler == HANDLER))
        roles += [trigger.role for each in alike for trigger in each.oss_triggers]
        facts = Facts(
            settings=settings,
            now=effects.now(),
            region=region,
            account=account,
            credentials=self.reader.credentials,
            identity=identity,
            config=config,
            written_site_ids=[] if isinstance(written, Problem) else [site.esa_site_id for site in written.sites],
            quotas=self._quotas(config),
            domains=self._of_domains(config, lambda api: api.detail, domains.domain),
            domain_settings=self._of_domains(config, lambda api: api.settings, domains.settings),
            hosts=hosts,
            buckets=self._each(buckets, Service.OSS, "oss:GetBucketInfo", services.bucket, region),
            purged=self._each(buckets, Service.OSS, "oss:ListCname", services.purged, region),
            websites=self._each(buckets, Service.OSS, "oss:GetBucketWebsite", contents.website, region),
            listed={
                where: self._ask(Service.OSS, "oss:ListObjects", contents.first_keys, *where, region)
                for where in globs.places(config)
            },
            refresh=refresh,
            drain=drain,
            others=others,
            layers=self._each(arns, FC, "fc:GetLayerVersion", services.layer),
            queue_names=names,
            queues={
                variable: self._ask(Service.SMQ, "mns:GetQueueAttributes", services.queue, name, variable, effects)
                for variable, name in names.items()
                if name
            },
            roles={arn: self._role(arn) for arn in dict.fromkeys(filter(None, roles))},
            endpoints=self.reader.endpoints,
            answered=frozenset(self.reader.answered),  # these two come last, after all questions
            problems=tuple(self.reader.problems),
        )
        step(1)
        return facts

    def _of_caller(self, identity: Json | Problem) -> Settings:
        """The settings with the caller's account, if nothing names one; its endpoints are asked from now on."""
        caller = "" if isinstance(identity, Problem) else str(identity.get("AccountId") or "")
        settings = self.operation.settings.of_account(caller)
        no_credentials = self.reader.credentials if isinstance(self.reader.credentials, Problem) else None
        self.reader.endpoints = places.endpoints(settings, self.bad, no_credentials)
        return settings

    def _ask(self, service: Service, action: str, question: Callable[..., T], *arguments: Any) -> T | Problem:
        def call(credentials: Credentials, endpoint: str) -> T:
            return question(Asked(credentials, endpoint, self.seconds), *arguments)

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
            return parse(text, where, site_ids=False)
        except ConfigurationError as error:
            return Problem.of_configuration(error)

    def _from_oss(self, where: str, region: str) -> bytes | Problem:
        bucket, _, key = where.removeprefix("oss://").partition("/")
        if not (bucket and key):
            return Problem(Kind.CONFIG, f"REFRESH_CONFIG: {where} names no object", own_remedy="write oss://bucket/key")
        body = self._ask(Service.OSS, "oss:GetObject", services.stored, bucket, key, region)
        if isinstance(body, Problem) and body.kind is Kind.MISSING:
            return Problem(
                Kind.CONFIG, f"{where}: {body.message}", own_remedy="set REFRESH_CONFIG to the object to read"
            )
        return body

    def _quotas(self, config: Config | Problem) -> dict[Target, Quotas | Problem]:
        """The quotas of each target; those of the usual product if the configuration is not known."""
        found: dict[Target, Quotas | Problem] = {}
        for target in (Target(DEFAULT),) if isinstance(config, Problem) else config.targets:
            right, service = product(target.product).QUOTA_RIGHT, OF_PRODUCTS[target.product]
            if product(target.product).NEEDS_SITE_ID and not target.site_id:
                found[target] = NO_SITE_ID
            else:
                kinds = used(config, target)
                found[target] = self._ask(service, right, services.quotas, target, kinds, self.operation.effects)
        return found

    def _of_domains(
        self, config: Config | Problem, action: Callable[[Api], str], question: Callable[..., T]
    ) -> dict[str, T | Problem]:
        """The answers about each domain of CDN and DCDN."""
        found: dict[str, T | Problem] = {}
        for name, target in sorted({} if isinstance(config, Problem) else config.domains.items()):
            api = domains.APIS.get(target.product)
            if api:
                right = f"{target.product}:{action(api)}"
                found[name] = self._ask(OF_PRODUCTS[target.product], right, question, name, api)
        return found

    def _hosts(self, config: Config | Problem) -> dict[str, Host]:
        """What ESA knows about each of its hosts."""
        zones: dict[str, list[Zone] | Problem] = {}

        def ask(name: str) -> list[Zone] | Problem:
            if name not in zones:
                zones[name] = self._ask(Service.ESA, "esa:ListSites", esa_sites.zones, name)
            return zones[name]

        found: dict[str, Host] = {}
        for host, target in sorted({} if isinstance(config, Problem) else config.domains.items()):
            if product(target.product).NEEDS_SITE_ID:
                zone = esa_sites.zone_of(host, ask)
                site_id = esa_sites.id_of(zone, target)
                proxied = (
                    self._ask(Service.ESA, "esa:ListRecords", esa_sites.proxied, site_id, host) if site_id else None
                )
                found[host] = Host(zone, proxied)
        return found

    def _seen(self, name: str, answer: Json | Problem) -> Seen:
        """One of the two functions, with its triggers and its further settings."""
        if isinstance(answer, Problem):
            return Seen(name, answer)
        return seen.seen(
            answer,
            self._ask(FC, "fc:ListTriggers", services.triggers, name),
            self._ask(FC, "fc:GetAsyncInvokeConfig", services.asynchronous, name),
            self._ask(FC, "fc:GetConcurrencyConfig", services.cap, name),
        )

    def _others(self, function_name: str) -> tuple[Function, ...] | Problem:
        functions = self._ask(FC, "fc:ListFunctions", services.functions)
        if isinstance(functions, Problem):
            return functions
        found: list[Function] = []
        for answer in functions:
            if answer["functionName"] != function_name:
                triggers = self._ask(FC, "fc:ListTriggers", services.triggers, str(answer["functionName"]))
                if isinstance(triggers, Problem):
                    return triggers
                found.append(seen.function(answer, triggers))
        return tuple(found)

    def _drain(self, function_name: str, others: Iterable[Function], backlog: str) -> Seen:
        """The function of the usual name, or another function of the same code that reads the backlog."""
        usual = function_name + SUFFIX
        readers = [other.name for other in others if other.handler == HANDLER and other.reads(backlog)]
        name = usual if not readers or any(other.name == usual for other in others) else readers[0]
        return self._seen(name, self._ask(FC, "fc:GetFunction", services.function, name))

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
    """Region and account: the function's own if known, because a setting may be wrong."""
    of_arn = ("", "") if isinstance(function, Problem) else seen.place(function)
    caller = "" if isinstance(identity, Problem) else str(identity.get("AccountId") or "")
    return of_arn[0] or region, of_arn[1] or caller or account


def _queue_names(settings: Settings, refresh: Sequence[Function], others: Sequence[Function]) -> dict[str, str]:
    """The names of the two queues. If settings and function differ, the name that the deployment uses is taken.

    The check of the function reports the difference.
    """
    triggers = [trigger for function in (*refresh, *others) for trigger in function.queue_triggers]
    destinations = [*(each.failure_destination for each in refresh), *(each.dead_letter_arn for each in triggers)]
    used = {BACKLOG: {each.queue for each in triggers}, DEAD_LETTERS: {_queue_of(arn) for arn in destinations}}
    names: dict[str, str] = {}
    for variable, name in {BACKLOG: settings.backlog, DEAD_LETTERS: settings.dead_letters}.items():
        deployed = next((each.environment.get(variable, "") for each in refresh), "")
        in_use = deployed and deployed in used[variable] and name not in used[variable]
        names[variable] = deployed if in_use else name or deployed
    return names


def _queue_of(arn: str) -> str:
    """The queue that an ARN names, with `/messages` or without; "" if it names none."""
    return arn.partition(":/queues/")[2].removesuffix("/messages") if arn.startswith("acs:mns:") else ""
