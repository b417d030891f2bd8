"""template.yml as Serverless Devs and its fc3 component read it: functions, triggers, stacks.

Only what the project uses is known here. Keys and figures: fc3's schema of `props` and its pages on triggers.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from infra.reading.props import EMPTY, Props, mapping
from infra.reading.variables import Scope, TemplateError, asked, read_yaml
from oss_cdn_refresh_cli.deployment import dotenv
from oss_cdn_refresh_cli.deployment.expectations import TAKES_ALL

DEFAULT_TIMEOUT = 3  # s; fc3
DEFAULT_RETRIES = 3  # of an asynchronous call; Function Compute
DEFAULT_EVENT_AGE = 18_000  # s; fc3's schema, other documents say otherwise

FC3_CHOOSES = "auto"  # of a log: fc3 makes a project and a logstore, named as its version does


class OssTrigger(NamedTuple):
    """Changes of one bucket's objects, delivered asynchronously."""

    name: str
    place: str
    bucket: str
    events: tuple[str, ...]  # such as oss:ObjectCreated:PutObject
    prefix: str
    suffix: str
    source: str = ""  # the bucket's ARN


class QueueTrigger(NamedTuple):
    """An EventBridge event stream that brings the messages of one SMQ queue, in batches."""

    name: str
    place: str
    queue: str
    base64: bool  # whether bodies are decoded on the way
    schema: str  # CloudEvents | RawData
    synchronous: bool
    enabled: bool
    mode: str  # event-streaming | event-driven
    tasks: int  # batches at a time, 0 where nothing limits them
    window_messages: int
    window_seconds: int
    errors_tolerance: str  # ALL | NONE
    retry_strategy: str  # BACKOFF_RETRY | EXPONENTIAL_DECAY_RETRY
    dead_letter_arn: str  # "" where there is none
    region: str = ""  # in which the queue is looked for
    pattern: str = TAKES_ALL  # which messages go on to the function, as JSON without white space


class OtherTrigger(NamedTuple):
    """A trigger of a type that the project does not use."""

    name: str
    place: str
    type: str


Trigger = OssTrigger | QueueTrigger | OtherTrigger


class Function(NamedTuple):
    """One function as it will be deployed. Times are seconds."""

    resource: str  # its name in the template
    name: str
    region: str
    code: Path
    runtime: str
    handler: str  # module.function
    initializer: str  # "" where there is none
    initializer_timeout: int
    timeout: int
    memory: int  # MB
    environment: Mapping[str, str]
    role: str
    layers: tuple[str, ...]
    instances: int | None  # the cap (reservedConcurrency); None: as many as the account allows
    events_at_a_time: int  # of one instance (instanceConcurrency)
    internet: bool  # whether it reaches public endpoints
    async_retries: int
    async_event_age: int
    failure_destination: str  # ARN, "" where there is none
    log_project: str  # of SLS, "" where fc3 chooses one or there is no log
    logstore: str
    log_requests: bool  # a line of the platform for each invocation
    triggers: tuple[Trigger, ...]

    @property
    def oss_triggers(self) -> tuple[OssTrigger, ...]:
        """Those triggers that watch a bucket."""
        return tuple(trigger for trigger in self.triggers if isinstance(trigger, OssTrigger))

    @property
    def queue_triggers(self) -> tuple[QueueTrigger, ...]:
        """Those triggers that read a queue."""
        return tuple(trigger for trigger in self.triggers if isinstance(trigger, QueueTrigger))


class Stack(NamedTuple):
    """One ROS stack."""

    resource: str
    name: str
    region: str
    template: Path
    parameters: Mapping[str, str]


class Template(NamedTuple):
    """A whole deployment."""

    file: Path
    account: str
    functions: tuple[Function, ...]
    stacks: tuple[Stack, ...]
    asks: frozenset[str]  # the names of the environment that may override its values
    dotenv: Mapping[str, str]  # of the `.env` beside it
    order: tuple[str, ...]  # in which `s deploy` goes through the resources that `flow.deploy` names; () without one

    def function(self, name: str) -> Function:
        """The function of that resource name, such as `refresh`.

        :raises TemplateError: there is none.
        """
        for function in self.functions:
            if function.resource == name:
                return function
        raise self._missing(name, "function", "fc3")

    def stack(self, name: str) -> Stack:
        """The stack of that resource name, such as `infra`.

        :raises TemplateError: there is none.
        """
        for stack in self.stacks:
            if stack.resource == name:
                return stack
        raise self._missing(name, "stack", "ros")

    def _missing(self, name: str, what: str, component: str) -> TemplateError:
        remedy = f"name the {what} {name}, with component: {component}, as the template of this project does"
        return TemplateError(self.file.name, f"resources.{name}", f"there is no such {what}", remedy)


def load(file: Path, *, environ: Mapping[str, str], account: str) -> Template:
    """Read a template, `extend` and the `.env` beside it included; `environ` wins over `.env`.

    :raises TemplateError: it is no YAML, a key is missing, or a variable is not defined.
    :raises UnreadableDotenv: the `.env` is not UTF-8.
    """
    document = _extended(file, ())
    noted = dotenv.read(file.parent / ".env")
    variables, resources = (mapping(file.name, key, document.get(key) or EMPTY) for key in ("vars", "resources"))
    scope = Scope(file.name, file.parent, variables, {**noted, **environ}, account)
    functions: list[Function] = []
    stacks: list[Stack] = []
    for name, resource in resources.items():
        place = f"{name}.props"
        written = mapping(file.name, f"resources.{name}", resource)
        props = Props(file.name, place, mapping(file.name, place, scope.resolve(written.get("props") or EMPTY, place)))
        component = str(written.get("component"))
        if component == "fc3":
            functions.append(_function(name, props, file.parent))
        elif component == "ros":
            stacks.append(_stack(name, props, file.parent))
    asks, order = frozenset(asked(document)), _order(document.get("flow"))
    return Template(file, account, tuple(functions), tuple(stacks), asks, noted, order)


def _order(flow: Any) -> tuple[str, ...]:
    """The resources that `flow.deploy` names, one step after the other."""
    steps = flow.get("deploy") if isinstance(flow, Mapping) else None
    named = [step if isinstance(step, list) else [step] for step in steps] if isinstance(steps, list) else []
    return tuple(str(name) for step in named for name in step)


def _extended(file: Path, extending: tuple[Path, ...]) -> dict[str, Any]:
    document = read_yaml(file, "write edition: 3.0.0 and what follows")
    base = document.pop("extend", None)
    if not base:
        return document
    if not isinstance(base, str):
        raise TemplateError(file.name, "extend", "is no text", "name one file")
    extending, extended = (*extending, file.resolve()), (file.parent / base).resolve()
    if extended in extending:
        raise TemplateError(file.name, "extend", f"{base} extends itself", "name another file")
    if not extended.is_file():
        raise TemplateError(file.name, "extend", f"{base} does not exist", "name a file beside the template")
    merged: dict[str, Any] = _merged(_extended(file.parent / base, extending), document)
    return merged


def _merged(below: Any, above: Any) -> Any:
    if not (isinstance(below, dict) and isinstance(above, dict)):
        return above
    return {**below, **{key: _merged(below.get(key), value) for key, value in above.items()}}


def _function(resource: str, props: Props, folder: Path) -> Function:
    initializer = props.inner("instanceLifecycleConfig", "initializer")
    asynchronous = props.inner("asyncInvokeConfig")
    environment = props.inner("environmentVariables")
    concurrency = props.inner("concurrencyConfig")
    log = props.inner("logConfig") if props.values.get("logConfig") != FC3_CHOOSES else Props(props.file, "", EMPTY)
    return Function(
        resource=resource,
        name=props.text("functionName"),
        region=props.text("region"),
        code=folder / props.text("code"),
        runtime=props.text("runtime"),
        handler=props.text("handler"),
        initializer=initializer.text("handler", ""),
        initializer_timeout=initializer.number("timeout", DEFAULT_TIMEOUT),
        timeout=props.number("timeout", DEFAULT_TIMEOUT),
        memory=props.number("memorySize"),
        environment={name: environment.text(name) for name in environment.values},
        role=props.text("role", ""),
        layers=props.texts("layers"),
        instances=concurrency.number("reservedConcurrency") if concurrency.values else None,
        events_at_a_time=props.number("instanceConcurrency", 1),
        internet=props.flag("internetAccess", default=True),
        async_retries=asynchronous.number("maxAsyncRetryAttempts", DEFAULT_RETRIES),
        async_event_age=asynchronous.number("maxAsyncEventAgeInSeconds", DEFAULT_EVENT_AGE),
        failure_destination=asynchronous.inner("destinationConfig", "onFailure").text("destination", ""),
        log_project=log.text("project", ""),
        logstore=log.text("logstore", ""),
        log_requests=log.flag("enableRequestMetrics", default=False),
        triggers=tuple(_trigger(entry) for entry in props.entries("triggers")),
    )


def _trigger(props: Props) -> Trigger:
    name, kind, config = props.text("triggerName"), props.text("triggerType"), props.inner("triggerConfig")
    if kind == "oss":
        key = config.inner("filter", "key")
        source = props.text("sourceArn")
        return OssTrigger(
            name=name,
            place=props.place,
            bucket=source.rpartition(":")[2],
            events=config.texts("events"),
            prefix=key.text("prefix"),
            suffix=key.text("suffix"),
            source=source,
        )
    events, run = config.inner("eventSourceConfig"), config.inner("runOptions")
    if kind != "eventbridge" or events.text("eventSourceType") != "MNS":
        return OtherTrigger(name, props.place, kind)
    queue = events.inner("eventSourceParameters", "sourceMNSParameters")
    return QueueTrigger(
        name=name,
        place=props.place,
        queue=queue.text("QueueName"),
        base64=queue.flag("IsBase64Decode", default=True),
        schema=config.inner("eventSinkConfig", "deliveryOption").text("eventSchema", "CloudEvents"),
        synchronous=not config.flag("asyncInvocationType", default=False),
        enabled=config.flag("triggerEnable", default=True),
        mode=run.text("mode", "event-driven"),
        tasks=run.number("maximumTasks", 0),
        window_messages=run.inner("batchWindow").number("CountBasedWindow", 1),
        window_seconds=run.inner("batchWindow").number("TimeBasedWindow", 0),
        errors_tolerance=run.text("errorsTolerance", "ALL"),
        retry_strategy=run.inner("retryStrategy").text("PushRetryStrategy", "BACKOFF_RETRY"),
        dead_letter_arn=run.inner("deadLetterQueue").text("Arn", ""),
        region=queue.text("RegionId", ""),
        pattern="".join(config.text("eventRuleFilterPattern", "").split()) or TAKES_ALL,
    )


def _stack(resource: str, props: Props, folder: Path) -> Stack:
    parameters = props.inner("parameters")
    return Stack(
        resource=resource,
        name=props.text("name"),
        region=props.text("region"),
        template=folder / props.text("template"),
        parameters={name: parameters.text(name) for name in parameters.values},
    )
