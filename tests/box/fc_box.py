"""Small functions, deployed: a template with one handler written for one test, and time that stands still."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from textwrap import dedent
from typing import Any, NamedTuple

import yaml

from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.fc import Deployed, FunctionCompute, Manner
from oss_cdn_refresh_box.fc.instance import Credentials
from oss_cdn_refresh_box.smq import QueueAttributes, Smq
from oss_cdn_refresh_cli.deployment.reading.template import load

ACCOUNT = "1234567890123456"
START = 1_800_000_000.0
QUEUES = {"backlog": QueueAttributes(300), "dead-letters": QueueAttributes(300)}
ROLE = Credentials("STS.role", "secret", "token")


class Box(NamedTuple):
    """A deployed function, and what is around it."""

    clock: Clock
    smq: Smq
    compute: FunctionCompute

    @property
    def function(self) -> Deployed:
        """The function."""
        return self.compute.functions["f"]

    def bodies(self, queue: str) -> list[str]:
        """What is in a queue, in the order in which it was sent."""
        return [message.body for message in self.smq.queue(queue).messages()]


@contextmanager
def deployed(
    folder: Path,
    source: str,
    *,
    triggers: Sequence[Mapping[str, Any]] = (),
    seconds: float | None = None,
    queues: Mapping[str, QueueAttributes] = QUEUES,
    manner: Manner = Manner(),  # noqa: B008 - immutable
    **props: Any,
) -> Iterator[Box]:
    """A function `f` with this source and these props; `seconds` are timeouts finer than a template's."""
    code = folder / "code"
    code.mkdir(exist_ok=True)
    (code / "index.py").write_text(dedent(source), encoding="utf-8")
    usual = {
        "region": "cn-hangzhou",
        "functionName": "small",
        "code": "./code",
        "runtime": "python3.10",
        "handler": "index.handler",
        "memorySize": 512,
        "timeout": 10,
    }
    resource = {"component": "fc3", "props": {**usual, **props, "triggers": list(triggers)}}
    file = folder / "template.yml"
    file.write_text(yaml.safe_dump({"edition": "3.0.0", "resources": {"f": resource}}), encoding="utf-8")
    template = load(file, environ={}, account=ACCOUNT)
    if seconds is not None:
        function = template.function("f")._replace(timeout=seconds, initializer_timeout=seconds)
        template = template._replace(functions=(function,))
    clock = Clock(START)
    with (
        Smq(clock, queues) as smq,
        FunctionCompute(
            template, clock, smq, environment={"CDN_ENDPOINT": "http://cdn"}, credentials=lambda: ROLE, manner=manner
        ) as compute,
    ):
        yield Box(clock, smq, compute)


def queue_trigger(source: Mapping[str, Any] | None = None, schema: str = "CloudEvents", **run: Any) -> dict[str, Any]:
    """A trigger on `backlog`, without a window; `run` are its runOptions, and `config` what goes beside them."""
    beside = run.pop("config", {})
    options = {
        "mode": "event-streaming",
        "errorsTolerance": "ALL",
        "batchWindow": {"CountBasedWindow": 100, "TimeBasedWindow": 0},
        "retryStrategy": {"PushRetryStrategy": "BACKOFF_RETRY"},
        **run,
    }
    parameters = {"RegionId": "cn-hangzhou", "QueueName": "backlog", "IsBase64Decode": False, **(source or {})}
    return {
        "triggerName": "backlog",
        "triggerType": "eventbridge",
        "triggerConfig": {
            "triggerEnable": True,
            "asyncInvocationType": False,
            "eventSourceConfig": {
                "eventSourceType": "MNS",
                "eventSourceParameters": {"sourceMNSParameters": parameters},
            },
            "eventSinkConfig": {"deliveryOption": {"eventSchema": schema}},
            "runOptions": options,
            **beside,
        },
    }


def oss_trigger(*events: str, prefix: str = "", suffix: str = "") -> dict[str, Any]:
    """A trigger on the bucket `my-site`."""
    return {
        "triggerName": "changes",
        "triggerType": "oss",
        "sourceArn": f"acs:oss:cn-hangzhou:{ACCOUNT}:my-site",
        "triggerConfig": {"events": list(events), "filter": {"key": {"prefix": prefix, "suffix": suffix}}},
    }
