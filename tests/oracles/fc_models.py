"""Compares the functions of a template with the models of Function Compute's API in the official SDK.

fc3 turns the props of a function into several calls: each part is compared with the model of its call.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from alibabacloud_fc20230330 import models
from sdk_models import Complaint, complaints, required

from oss_cdn_refresh_cli.deployment.reading import template
from oss_cdn_refresh_cli.deployment.reading.variables import Scope

CALLS = {  # the parts of a function's props that are calls of their own
    "asyncInvokeConfig": models.PutAsyncInvokeConfigInput,
    "concurrencyConfig": models.PutConcurrencyInput,
}
TRIGGERS = {  # by triggerType
    "cdn_events": models.CDNTriggerConfig,
    "eventbridge": models.EventBridgeTriggerConfig,
    "http": models.HTTPTriggerConfig,
    "log": models.SLSTriggerConfig,
    "mns_topic": models.MNSTopicTriggerConfig,
    "oss": models.OSSTriggerConfig,
    "timer": models.TimerTriggerConfig,
}


def functions(file: Path) -> Mapping[str, Any]:
    """The props of the template's functions, with values for its variables, by resource."""
    document = template.read(file)
    scope = Scope(file.name, file.parent, document.get("vars", {}), {}, "1234567890123456")
    resources = {name: each for name, each in document["resources"].items() if each["component"] == "fc3"}
    return {name: scope.resolve(each["props"], name) for name, each in resources.items()}


def judged(file: Path) -> list[Complaint]:
    """All differences between the functions of a template and the models."""
    return [complaint for name, props in functions(file).items() for complaint in _function(name, props)]


def _function(place: str, props: Mapping[str, Any]) -> Iterator[Complaint]:
    yield from _request(models.CreateFunctionInput, props, place)
    for name, model in CALLS.items():
        if name in props:
            yield from _request(model, props[name], f"{place}.{name}")
    for number, trigger in enumerate(props.get("triggers", [])):
        yield from _trigger(f"{place}.triggers[{number}]", trigger)


def _trigger(place: str, trigger: Mapping[str, Any]) -> Iterator[Complaint]:
    yield from _request(models.CreateTriggerInput, trigger, place)
    kind = trigger.get("triggerType")
    if kind in TRIGGERS:
        yield from _request(TRIGGERS[kind], trigger.get("triggerConfig", {}), f"{place}.triggerConfig")
    else:
        yield Complaint("CreateTriggerInput", "triggerType", f"{place}.triggerType", f"no model for {kind}")


def _request(model: Any, value: Mapping[str, Any], place: str) -> Iterator[Complaint]:
    yield from complaints(model, value, place)
    for name in sorted(required(model) - value.keys()):
        yield Complaint(model.__name__, name, f"{place}.{name}", "is missing")
