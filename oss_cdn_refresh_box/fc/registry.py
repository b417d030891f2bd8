"""A deployed template as Function Compute's API shows it: functions, triggers, layers.

The values have the shape of `alibabacloud-fc20230330` 4.8. A test may change them, as a person would in the console:
the change shows in the API alone and has no effect on the running functions.
"""

import json
from collections.abc import Iterator
from typing import Any

from oss_cdn_refresh_cli.deployment.event_patterns import PATTERN, SOURCE
from oss_cdn_refresh_cli.deployment.model import EventTrigger, Function, OssTrigger, QueueTrigger, Trigger
from oss_cdn_refresh_cli.deployment.reading.template import Template

OSS_ROLE = "aliyunosseventnotificationrole"  # "Native OSS triggers", the role by which OSS calls functions


class Registered:
    """A function as the API shows it; `asynchronous` and `concurrency` are None where nothing was set.

    In `triggers` the `triggerConfig` is a mapping; the answer has it as JSON in a string.
    """

    def __init__(self, function: Function, account: str) -> None:
        arn = f"acs:fc:{function.region}:{account}:functions/{function.name}"
        self.function: dict[str, Any] = {
            "functionName": function.name,
            "functionArn": arn,
            "handler": function.handler,
            "runtime": function.runtime,
            "timeout": function.timeout,
            "memorySize": function.memory,
            "role": function.role,
            "environmentVariables": dict(function.environment),
            "layers": [{"arn": layer, "size": 1_000_000} for layer in function.layers],
            "instanceLifecycleConfig": {
                "initializer": {"handler": function.initializer, "timeout": function.initializer_timeout}
            },
            "logConfig": {"project": function.log_project, "logstore": function.logstore},
            "internetAccess": True,
            "state": "Active",
            "lastUpdateStatus": "Successful",
        }
        self.triggers: list[dict[str, Any]] = [
            described for trigger in function.triggers for described in _trigger(trigger, function, account)
        ]
        self.asynchronous: dict[str, Any] | None = {
            "functionArn": arn,
            "maxAsyncRetryAttempts": function.async_retries,
            "maxAsyncEventAgeInSeconds": function.async_event_age,
            "destinationConfig": {"onFailure": {"destination": function.failure_destination}},
        }
        self.concurrency = function.instances

    def trigger(self, name: str) -> dict[str, Any]:
        """The trigger of that name; KeyError where there is none."""
        for trigger in self.triggers:
            if trigger["triggerName"] == name:
                return trigger
        raise KeyError(name)


def registered(template: Template) -> dict[str, Registered]:
    """The functions of a template, by their own names."""
    return {function.name: Registered(function, template.account) for function in template.functions}


def layers(template: Template) -> dict[str, dict[str, Any]]:
    """The layers that the functions of a template name, by their ARN."""
    arns = dict.fromkeys(layer for function in template.functions for layer in function.layers)
    return {
        arn: {
            "layerName": arn.split("layers/")[1].partition("/")[0],
            "version": int(arn.rpartition("/")[2]),
            "layerVersionArn": arn,
            "compatibleRuntime": ["python3.10", "python3.12"],
        }
        for arn in arns
    }


def _trigger(trigger: Trigger, function: Function, account: str) -> Iterator[dict[str, Any]]:
    if isinstance(trigger, OssTrigger):
        yield {
            "triggerName": trigger.name,
            "triggerType": "oss",
            "sourceArn": f"acs:oss:{function.region}:{account}:{trigger.bucket}",
            "invocationRole": f"acs:ram::{account}:role/{OSS_ROLE}",
            "triggerConfig": {
                "events": list(trigger.events),
                "filter": {"key": {"prefix": trigger.prefix, "suffix": trigger.suffix}},
            },
        }
    elif isinstance(trigger, (EventTrigger, QueueTrigger)):
        yield {
            "triggerName": trigger.name,
            "triggerType": "eventbridge",
            "sourceArn": "",
            "invocationRole": "",
            "triggerConfig": _rule(trigger) if isinstance(trigger, EventTrigger) else _stream(trigger, function.region),
        }


def _rule(trigger: EventTrigger) -> dict[str, Any]:
    keys = [{name: text} for watch in trigger.watches for name, text in watch._asdict().items() if text]
    oss: dict[str, Any] = {"bucket": {"name": list(trigger.buckets)}, **({"object": {"key": keys}} if keys else {})}
    return {
        "triggerEnable": trigger.enabled,
        "asyncInvocationType": not trigger.synchronous,
        PATTERN: json.dumps({"source": [SOURCE], "type": list(trigger.events), "data": {"oss": oss}}),
        "eventSourceConfig": {"eventSourceType": "Default"},
        "eventSinkConfig": {"deliveryOption": {"eventSchema": trigger.schema}},
    }


def _stream(trigger: QueueTrigger, region: str) -> dict[str, Any]:
    source = {"RegionId": region, "QueueName": trigger.queue, "IsBase64Decode": trigger.base64}
    window = {"CountBasedWindow": trigger.window_messages, "TimeBasedWindow": trigger.window_seconds}
    return {
        "triggerEnable": trigger.enabled,
        "asyncInvocationType": not trigger.synchronous,
        "eventRuleFilterPattern": "{}",
        "eventSourceConfig": {"eventSourceType": "MNS", "eventSourceParameters": {"sourceMNSParameters": source}},
        "eventSinkConfig": {"deliveryOption": {"eventSchema": trigger.schema}},
        "runOptions": {
            "mode": trigger.mode,
            "maximumTasks": trigger.tasks,
            "batchWindow": window,
            "errorsTolerance": trigger.errors_tolerance,
            "retryStrategy": {"PushRetryStrategy": trigger.retry_strategy},
            "deadLetterQueue": {"Arn": trigger.dead_letter_arn},
        },
    }
