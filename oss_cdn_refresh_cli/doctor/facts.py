"""All that the account told, before anything is judged. Whatever was not told stands there as the `Problem` why."""

from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

from oss_cdn_refresh.settings.config import Config, Site
from oss_cdn_refresh.transport.credentials import Credentials
from oss_cdn_refresh_cli.clients.smq_answers import Attributes
from oss_cdn_refresh_cli.deployment.expectations import HANDLER
from oss_cdn_refresh_cli.doctor.contents import Website
from oss_cdn_refresh_cli.doctor.problems import Kind, Problem
from oss_cdn_refresh_cli.doctor.reader import Service
from oss_cdn_refresh_cli.doctor.roles import Role
from oss_cdn_refresh_cli.doctor.services import Bucket, Json, Quotas
from oss_cdn_refresh_cli.doctor.watched import Neighbour, inner
from oss_cdn_refresh_cli.operation.settings import Settings

BACKLOG, DEAD_LETTERS = "BACKLOG_QUEUE", "DEAD_LETTER_QUEUE"  # the variables that name the queues


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


class Drain(NamedTuple):
    """The function that works on the backlog, as the account tells it; `own` is the same with its triggers."""

    name: str
    function: Json | Problem
    own: Neighbour | Problem
    asynchronous: Json | Problem
    cap: int | Problem | None

    @property
    def missing(self) -> bool:
        """Whether the account says that there is none."""
        return isinstance(self.function, Problem) and self.function.kind is Kind.MISSING


class _Facts(NamedTuple):
    told: Settings
    function_name: str
    now: float
    region: str
    account: str
    who: Credentials | Problem
    identity: Json | Problem
    config: Config | Problem
    quotas: Quotas | Problem
    domains: Mapping[str, Json | Problem]
    domain_settings: Mapping[str, list[Json] | Problem]
    buckets: Mapping[str, Bucket | Problem]
    purged: Mapping[str, dict[str, bool] | Problem]
    websites: Mapping[str, Website | Problem | None]
    listed: Mapping[Listed, list[str] | Problem]
    function: Json | Problem
    own: Neighbour | Problem
    drain: Drain
    others: tuple[Neighbour, ...] | Problem
    asynchronous: Json | Problem
    cap: int | Problem | None
    layers: Mapping[str, Json | Problem]
    queue_names: Mapping[str, str]
    queues: Mapping[str, Attributes | Problem]
    roles: Mapping[str, Role | Problem]
    endpoints: Mapping[Service, str | Problem]
    answered: frozenset[Service]
    problems: tuple[Problem, ...]


class Facts(_Facts):
    """What the checks judge.

    told: the settings of the command. function_name: of the function that OSS calls.
    now: epoch seconds by this machine.
    region, account: the function's, else as the settings or the caller's identity say; "" where nothing tells.
    domains, domain_settings: by domain; buckets, purged: by bucket, the latter the domains bound to it.
    websites: by bucket, None where it has no static website hosting. listed: the first keys, at most 1,000.
    function: as GetFunction tells it; own: the same with its triggers; drain: what the backlog's trigger calls.
    others: the other functions of the region, drain included.
    layers: by ARN. queue_names, queues: by the variable that names the queue. roles: by ARN.
    problems: whatever was not told, in order. answered: the services that answered.
    """

    @cached_property
    def variables(self) -> Mapping[str, str]:
        """The function's environment; nothing where the function was not told."""
        return {} if isinstance(self.function, Problem) else inner(self.function, "environmentVariables")

    @cached_property
    def family(self) -> tuple[Neighbour, ...]:
        """The function that OSS calls, drain, and whatever else of the same code reads the same backlog."""
        ours = [known for known in (self.own, self.drain.own) if not isinstance(known, Problem)]
        others = () if isinstance(self.others, Problem) else self.others
        backlog = self.queue_names[BACKLOG]
        readers = (other for other in others if other.handler == HANDLER and other.reads(backlog))
        return (*ours, *(reader for reader in readers if reader not in ours))

    @cached_property
    def unrelated(self) -> tuple[Neighbour, ...]:
        """All other functions of the region."""
        others = () if isinstance(self.others, Problem) else self.others
        return tuple(other for other in others if other not in self.family)
