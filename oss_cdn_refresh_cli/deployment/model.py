"""A deployment: its functions, triggers, queues and role. The rules judge it.

The template and the account fill the same classes. `place` is the place of a part in the template, such as
`refresh.props.triggers[0]`, or in the account, such as `oss-cdn-refresh.objects-changed`.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from oss_cdn_refresh.model.item import Target
from oss_cdn_refresh.products import DEFAULT, NAMES, product
from oss_cdn_refresh.settings.config import Config
from oss_cdn_refresh_cli.deployment.expectations import Watch
from oss_cdn_refresh_cli.deployment.roles import Role

BACKLOG, DEAD_LETTERS = "BACKLOG_QUEUE", "DEAD_LETTER_QUEUE"  # the variables that name the queues
DRAIN = "drain.props"  # the place of the function that reads the backlog, in the template


class OssTrigger(NamedTuple):
    """A trigger that calls the function asynchronously for changes of one bucket's objects."""

    name: str
    place: str
    bucket: str
    events: tuple[str, ...]  # such as oss:ObjectCreated:PutObject
    prefix: str
    suffix: str
    source: str = ""  # the bucket's ARN
    role: str = ""  # the ARN of the role by which OSS calls, "" where fc3 makes it

    @property
    def watch(self) -> Watch:
        """The objects for which it fires."""
        return Watch(self.prefix, self.suffix)


class EventTrigger(NamedTuple):
    """An EventBridge rule on the default event bus, which calls the function for each change in some buckets."""

    name: str
    place: str
    buckets: tuple[str, ...]
    events: tuple[str, ...]  # such as oss:ObjectCreated:PutObject
    watches: tuple[Watch, ...]  # the objects for which it fires; one for all objects where the rule names no keys
    schema: str  # CloudEvents | RawData
    synchronous: bool
    enabled: bool


class QueueTrigger(NamedTuple):
    """An EventBridge event stream that brings the messages of one SMQ queue, in batches."""

    name: str
    place: str
    queue: str
    base64: bool  # whether the stream decodes the bodies
    schema: str  # CloudEvents | RawData
    synchronous: bool
    enabled: bool
    mode: str  # event-streaming | event-driven
    tasks: int  # batches at a time, 0 without a limit
    window_messages: int
    window_seconds: int
    errors_tolerance: str  # ALL | NONE
    retry_strategy: str  # BACKOFF_RETRY | EXPONENTIAL_DECAY_RETRY
    dead_letter_arn: str  # "" without one
    region: str  # of the queue
    pattern: str  # the filter of messages, as JSON without white space


class OtherTrigger(NamedTuple):
    """A trigger of a type that the project does not use."""

    name: str
    place: str
    type: str


Trigger = OssTrigger | EventTrigger | QueueTrigger | OtherTrigger


class Function(NamedTuple):
    """One function. Times are seconds."""

    resource: str  # its name in the template; in the account the name of the function
    place: str
    name: str
    region: str
    code: Path
    runtime: str
    handler: str  # module.function
    initializer: str  # "" without one
    initializer_timeout: int
    timeout: int
    memory: int  # MB
    environment: Mapping[str, str]
    role: str
    layers: tuple[str, ...]
    instances: int | None  # the cap (reservedConcurrency); None: as many as the account allows
    events_at_a_time: int  # of one instance (instanceConcurrency)
    internet: bool  # whether it can reach public endpoints
    async_retries: int
    async_event_age: int
    failure_destination: str  # ARN, "" without one
    log_project: str  # of SLS, "" if fc3 chooses one or there is no log
    logstore: str
    log_requests: bool  # a line of the platform for each invocation
    triggers: tuple[Trigger, ...]

    @property
    def oss_triggers(self) -> tuple[OssTrigger, ...]:
        """The triggers of buckets."""
        return tuple(trigger for trigger in self.triggers if isinstance(trigger, OssTrigger))

    @property
    def event_triggers(self) -> tuple[EventTrigger, ...]:
        """The triggers of EventBridge for the events of OSS."""
        return tuple(trigger for trigger in self.triggers if isinstance(trigger, EventTrigger))

    @property
    def watches_buckets(self) -> bool:
        """Whether changes of objects call it, by OSS or by EventBridge."""
        return bool(self.oss_triggers or self.event_triggers)

    @property
    def queue_triggers(self) -> tuple[QueueTrigger, ...]:
        """The triggers of queues."""
        return tuple(trigger for trigger in self.triggers if isinstance(trigger, QueueTrigger))

    def reads(self, queue: str) -> bool:
        """Whether one of its triggers reads this queue."""
        return any(trigger.queue == queue for trigger in self.queue_triggers)


class Queue(NamedTuple):
    """One SMQ queue; times are seconds."""

    name: str
    retention: int
    visibility: int


class Deployment(NamedTuple):
    """A deployment, the input of the rules.

    functions: first the one that OSS calls. queues: the known ones, by name.
    backlog, dead_letters: the names of the two queues, or "".
    role: of the functions, None if it is not known. role_arn: its ARN, or "".
    config: None if it could not be read. config_file, stack_file: the names of these files in findings.
    packed: whether the code folder holds the packages, so that no layer is needed.
    """

    region: str
    account: str
    functions: tuple[Function, ...]
    queues: Mapping[str, Queue]
    backlog: str
    dead_letters: str
    role: Role | None
    role_arn: str
    config: Config | None
    config_file: str
    stack_file: str
    packed: bool = False

    @property
    def function(self) -> Function:
        """The function that OSS calls; its layer and its environment are the model for the other functions."""
        return self.functions[0]

    @property
    def oss_triggers(self) -> tuple[OssTrigger, ...]:
        """The triggers of buckets of all functions."""
        return tuple(trigger for function in self.functions for trigger in function.oss_triggers)

    @property
    def event_triggers(self) -> tuple[EventTrigger, ...]:
        """The triggers of EventBridge for the events of OSS, of all functions."""
        return tuple(trigger for function in self.functions for trigger in function.event_triggers)

    @property
    def watches_buckets(self) -> bool:
        """Whether changes of objects call a function, by OSS or by EventBridge."""
        return any(function.watches_buckets for function in self.functions)

    @property
    def readers(self) -> tuple[tuple[Function, QueueTrigger], ...]:
        """The triggers that read the backlog, each with its function."""
        return tuple(
            (function, trigger)
            for function in self.functions
            for trigger in function.queue_triggers
            if trigger.queue == self.backlog
        )

    @property
    def targets(self) -> tuple[Target, ...]:
        """The targets of the configuration; where it is not known, those that the role may refresh."""
        if self.config:
            return self.config.targets
        found = [target for name in NAMES for target in _targets(name, self.role)] if self.role else []
        return tuple(dict.fromkeys(found)) or (Target(DEFAULT),)

    @property
    def products(self) -> tuple[str, ...]:
        """The names of the products in use."""
        return tuple(dict.fromkeys(target.product for target in self.targets))

    @property
    def confirms(self) -> bool:
        """Whether accepted refreshes are looked up later; assumed where the configuration is not known."""
        return bool(self.backlog) and (self.config is None or self.config.confirm.mode == "all")

    def drains(self, function: Function) -> bool:
        """Whether a function works only on the backlog."""
        return function.reads(self.backlog) and not function.watches_buckets


def _targets(name: str, role: Role) -> Iterator[Target]:
    """The targets of a product that a role may refresh."""
    for resource in role.resources(product(name).REFRESH_RIGHT):
        yield Target(name, resource.rpartition("/")[2] if product(name).NEEDS_SITE_ID else "")
