"""The triggers of functions, as Function Compute tells them: which call when an object changes, which read a queue."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from oss_cdn_refresh_cli.deployment.expectations import STREAM, TAKES_ALL, Watch
from oss_cdn_refresh_cli.doctor.services import Json

NOT_TOLD = object()  # a setting that the answer does not hold


class OssTrigger(NamedTuple):
    """Changes of one bucket's objects; `function` is the name of what they call, `role` the ARN by which OSS calls."""

    name: str
    function: str
    bucket: str
    region: str
    events: frozenset[str]
    watch: Watch
    role: str


class QueueTrigger(NamedTuple):
    """An event stream from a queue; `settings` by their names in `deployment.expectations.STREAM`, or `NOT_TOLD`."""

    name: str
    function: str
    queue: str
    settings: Mapping[str, object]
    dead_letters: str  # ARN, "" where there are none
    region: str  # in which the queue is looked for, "" where it is not told


class Neighbour(NamedTuple):
    """A function and its triggers; `handler` is "" where it was not told."""

    name: str
    handler: str
    timeout: int
    oss: tuple[OssTrigger, ...]
    queues: tuple[QueueTrigger, ...]

    def reads(self, queue: str) -> bool:
        """Whether one of its triggers reads this queue."""
        return any(trigger.queue == queue for trigger in self.queues)


def neighbour(function: Json, triggers: Iterable[Json]) -> Neighbour:
    """A function as ListFunctions or GetFunction tells it, with what ListTriggers tells."""
    name = _text(function, "functionName")
    timeout = function.get("timeout")
    found = [(trigger, _parsed(trigger.get("triggerConfig"))) for trigger in triggers]
    return Neighbour(
        name,
        _text(function, "handler"),
        timeout if isinstance(timeout, int) else 0,
        tuple(_oss(name, trigger, config) for trigger, config in found if trigger.get("triggerType") == "oss"),
        tuple(
            _queue(name, trigger, config)
            for trigger, config in found
            if trigger.get("triggerType") == "eventbridge"
            and inner(config, "eventSourceConfig").get("eventSourceType") == "MNS"
        ),
    )


def inner(values: Mapping[str, Any], *keys: str) -> Mapping[str, Any]:
    """The mapping under a path of keys; an empty one where there is none."""
    for key in keys:
        found = values.get(key)
        values = found if isinstance(found, Mapping) else {}
    return values


def queue_of(arn: str) -> str:
    """The queue that an ARN names, with `/messages` or without; "" where it names none."""
    return arn.partition(":/queues/")[2].removesuffix("/messages") if arn.startswith("acs:mns:") else ""


def _oss(function: str, trigger: Json, config: Json) -> OssTrigger:
    source = _text(trigger, "sourceArn").split(":")  # acs:oss:{region}:{account}:{bucket}
    key = inner(config, "filter", "key")
    events = config.get("events")
    return OssTrigger(
        _text(trigger, "triggerName"),
        function,
        source[-1],
        source[2] if len(source) > 2 else "",  # noqa: PLR2004 - see above
        frozenset(map(str, events)) if isinstance(events, list) else frozenset(),
        Watch(_text(key, "prefix"), _text(key, "suffix")),
        _text(trigger, "invocationRole"),
    )


def _queue(function: str, trigger: Json, config: Json) -> QueueTrigger:
    source = inner(config, "eventSourceConfig", "eventSourceParameters", "sourceMNSParameters")
    run = inner(config, "runOptions")
    pattern = "".join(_text(config, "eventRuleFilterPattern").split())
    places: dict[str, tuple[Mapping[str, Any], str]] = {
        "triggerEnable": (config, "triggerEnable"),
        "eventRuleFilterPattern": ({"pattern": pattern or TAKES_ALL}, "pattern"),
        "asyncInvocationType": (config, "asyncInvocationType"),
        "runOptions.mode": (run, "mode"),
        "runOptions.maximumTasks": (run, "maximumTasks"),
        "runOptions.errorsTolerance": (run, "errorsTolerance"),
        "runOptions.retryStrategy": (inner(run, "retryStrategy"), "PushRetryStrategy"),
        "sourceMNSParameters.IsBase64Decode": (source, "IsBase64Decode"),
    }
    return QueueTrigger(
        _text(trigger, "triggerName"),
        function,
        _text(source, "QueueName"),
        {name: places[name][0].get(places[name][1], NOT_TOLD) for name in STREAM},
        _text(inner(run, "deadLetterQueue"), "Arn"),
        _text(source, "RegionId"),
    )


def _parsed(config: object) -> Json:
    """A trigger's configuration, which is a text of JSON."""
    try:
        found = json.loads(config) if isinstance(config, str) else config
    except ValueError:
        return {}
    return found if isinstance(found, Mapping) else {}


def _text(values: Mapping[str, Any], key: str) -> str:
    value = values.get(key)
    return value if isinstance(value, str) else ""
