"""The facts that the account gave, before any check. A missing fact is a `Problem` with the reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from oss_cdn_refresh.model.item import Target
from oss_cdn_refresh.settings.config import Config, Site
from oss_cdn_refresh.transport.credentials import Credentials
from oss_cdn_refresh_cli.clients.smq_answers import Attributes
from oss_cdn_refresh_cli.deployment.expectations import HANDLER
from oss_cdn_refresh_cli.deployment.model import BACKLOG, DEAD_LETTERS, Deployment, Function, Queue
from oss_cdn_refresh_cli.deployment.roles import Role
from oss_cdn_refresh_cli.doctor.contents import Website
from oss_cdn_refresh_cli.doctor.domains import Domain, Setting
from oss_cdn_refresh_cli.doctor.esa_sites import Host
from oss_cdn_refresh_cli.doctor.problems import Problem
from oss_cdn_refresh_cli.doctor.reader import Service
from oss_cdn_refresh_cli.doctor.seen import Seen
from oss_cdn_refresh_cli.doctor.services import Json, Quotas
from oss_cdn_refresh_cli.operation.settings import Settings


class Listed(NamedTuple):
    """A part of a bucket whose first objects are listed."""

    bucket: str
    prefix: str

    @classmethod
    def of(cls, site: Site) -> "Listed":
        """Where the objects of a site lie."""
        return cls(site.bucket, site.prefix)

    def __str__(self) -> str:
        return f"oss://{self.bucket}/{self.prefix}"


@dataclass(frozen=True)
class Facts:
    """The input of the checks.

    settings: of the command. now: epoch seconds by this machine.
    region, account: the function's, else those of the settings or the caller's identity, else "".
    config: with the right ids of the sites of ESA, where they are known. written_site_ids: the ids in the file.
    quotas: by target. domains, domain_settings: of CDN and DCDN, by domain. hosts: of ESA, by domain.
    buckets: the region of each; purged: by bucket, the domains bound to it.
    websites: by bucket, None if it has no static website hosting. listed: the first keys, at most 1,000.
    refresh: the function that OSS calls. drain: the function that the backlog's trigger calls.
    others: the other functions of the region, drain included, with their triggers only.
    layers: by ARN. queue_names, queues: by the variable of the queue. roles: by ARN.
    problems: of all missing facts, in order. answered: the services that answered.
    """

    settings: Settings
    now: float
    region: str
    account: str
    credentials: Credentials | Problem
    identity: Json | Problem
    config: Config | Problem
    written_site_ids: Sequence[int]
    quotas: Mapping[Target, Quotas | Problem]
    domains: Mapping[str, Domain | Problem]
    domain_settings: Mapping[str, list[Setting] | Problem]
    hosts: Mapping[str, Host]
    buckets: Mapping[str, str | Problem]
    purged: Mapping[str, dict[str, bool] | Problem]
    websites: Mapping[str, Website | Problem | None]
    listed: Mapping[Listed, list[str] | Problem]
    refresh: Seen
    drain: Seen
    others: tuple[Function, ...] | Problem
    layers: Mapping[str, Json | Problem]
    queue_names: Mapping[str, str]
    queues: Mapping[str, Attributes | Problem]
    roles: Mapping[str, Role | Problem]
    endpoints: Mapping[Service, str | Problem]
    answered: frozenset[Service]
    problems: tuple[Problem, ...]

    @cached_property
    def deployment(self) -> Deployment | Problem:
        """Both functions with their queues and their role, or why the function that OSS calls is not known."""
        if isinstance(self.refresh.function, Problem):
            return self.refresh.function
        arn = self.refresh.function.role
        role = self.roles.get(arn)
        queues = {name: self.queues[variable] for variable, name in self.queue_names.items() if name}
        return Deployment(
            region=self.region,
            account=self.account,
            functions=(self.refresh.function, *self.drain.functions),
            queues={
                name: Queue(name, attributes.retention, attributes.visibility)
                for name, attributes in queues.items()
                if not isinstance(attributes, Problem)
            },
            backlog=self.queue_names[BACKLOG],
            dead_letters=self.queue_names[DEAD_LETTERS],
            role=None if isinstance(role, Problem) else role,
            role_arn=arn,
            config=None if isinstance(self.config, Problem) else self.config,
            config_file=self.settings.config,
            stack_file="infra/ros.yml",
            packed=self.settings.packed,
        )

    @cached_property
    def watching(self) -> Deployment | Problem:
        """The deployment with all readers of the backlog, or why the triggers are not known."""
        if isinstance(self.deployment, Problem):
            return self.deployment
        unread = self.unread.get(f"{self.refresh.name}.triggers")
        return unread or self.deployment._replace(functions=self.family)

    @cached_property
    def unread(self) -> Mapping[str, Problem]:
        """The problems of unknown parts of both functions, by their places."""
        return {**self.refresh.unread, **self.drain.unread}

    @cached_property
    def family(self) -> tuple[Function, ...]:
        """The function that OSS calls, drain, and other functions of the same code that read the same backlog."""
        ours = (*self.refresh.functions, *self.drain.functions)
        names = {function.name for function in ours}
        backlog = self.queue_names[BACKLOG]
        others = () if isinstance(self.others, Problem) else self.others
        readers = (other for other in others if other.handler == HANDLER and other.reads(backlog))
        return (*ours, *(reader for reader in readers if reader.name not in names))

    @cached_property
    def unrelated(self) -> tuple[Function, ...]:
        """All other functions of the region."""
        names = {function.name for function in self.family}
        others = () if isinstance(self.others, Problem) else self.others
        return tuple(other for other in others if other.name not in names)
