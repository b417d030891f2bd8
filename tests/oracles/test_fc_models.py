"""Oracle: the request models of `alibabacloud-fc20230330`. The functions and triggers of template.yml must fit them."""

import shutil
from pathlib import Path

import pytest
from fc_models import functions, judged

ROOT = Path(__file__).parents[2]

EXCEPTIONS = {  # fields that fc3 accepts and the API does not, each with the reason
    ("CreateFunctionInput", "region", "is unknown"): "the region of the endpoint that fc3 calls",
    ("CreateFunctionInput", "code", "is a str, not a inputcodelocation"): "a folder: fc3 zips and uploads it",
    ("CreateFunctionInput", "triggers", "is unknown"): "fc3 calls CreateTrigger for each",
    ("CreateFunctionInput", "asyncInvokeConfig", "is unknown"): "fc3 calls PutAsyncInvokeConfig",
    ("CreateFunctionInput", "concurrencyConfig", "is unknown"): "fc3 calls PutConcurrencyConfig",
    ("CreateTriggerInput", "triggerConfig", "is a dict, not a str"): "fc3 writes it as JSON, the text of the API",
    ("RunOptions", "maximumTasks", "is unknown"): "of Function Compute 2.0, perhaps ignored: the template says why",
}


def said(file: Path) -> set[tuple[str, str, str]]:
    return {(each.model, each.field, each.what) for each in judged(file)}


def test_the_functions_of_the_template_are_compared() -> None:
    assert {name: len(props["triggers"]) for name, props in functions(ROOT / "template.yml").items()} == {
        "refresh": 1,
        "drain": 1,
    }


def test_the_api_knows_every_prop_of_the_template_but_those_that_fc3_handles() -> None:
    """An exception in the list that the template does not use is an error, too."""
    assert said(ROOT / "template.yml") == EXCEPTIONS.keys()


def with_a_fault(folder: Path, old: str, new: str) -> Path:
    """A copy of the template, with a text replaced."""
    shutil.copytree(ROOT / "infra", folder / "infra")
    text = (ROOT / "template.yml").read_text(encoding="utf-8")
    assert old in text
    (folder / "template.yml").write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder / "template.yml"


FAULTS = [  # what is replaced, its replacement, the model, the field, the reported difference
    ("memorySize: 512", "memorysize: 512", "CreateFunctionInput", "memorysize", "is unknown"),
    ("memorySize: 512", "memorySize: '512'", "CreateFunctionInput", "memorySize", "is a str, not a int"),
    ("cpu: 0.5 ", "cpu: half ", "CreateFunctionInput", "cpu", "is a str, not a float"),
    ("timeout: 120 ", "timeout: 120.5 ", "CreateFunctionInput", "timeout", "is a float, not a int"),
    ("diskSize: 512", "diskSize: true", "CreateFunctionInput", "diskSize", "is a bool, not a int"),
    ("handler: refresh.handler", "handle: x", "CreateFunctionInput", "handler", "is missing"),
    ("runtime: python3.10", "runtimes: python3.10", "CreateFunctionInput", "runtimes", "is unknown"),
    (
        "CALLS_PER_SECOND: '10'",
        "CALLS_PER_SECOND: 10",
        "CreateFunctionInput",
        "environmentVariables",
        "is a int, not a str",
    ),
    ("handler: refresh.initialize", "function: refresh.initialize", "LifecycleHook", "function", "is unknown"),
    ("initializer:", "initialiser:", "InstanceLifecycleConfig", "initialiser", "is unknown"),
    ("logBeginRule:", "logBeginsRule:", "LogConfig", "logBeginsRule", "is unknown"),
    (
        "enableRequestMetrics: true",
        "enableRequestMetrics: 'true'",
        "LogConfig",
        "enableRequestMetrics",
        "is a str, not a bool",
    ),
    ("reservedConcurrency: 3", "reservedInstances: 3", "PutConcurrencyInput", "reservedInstances", "is unknown"),
    ("maxAsyncRetryAttempts: 3", "maxRetryAttempts: 3", "PutAsyncInvokeConfigInput", "maxRetryAttempts", "is unknown"),
    ("onFailure:", "onFailed:", "DestinationConfig", "onFailed", "is unknown"),
    ("            destination: acs:mns", "            arn: acs:mns", "Destination", "arn", "is unknown"),
    ("triggerName: objects-changed", "name: objects-changed", "CreateTriggerInput", "triggerName", "is missing"),
    ("triggerType: oss ", "triggerType: obs ", "CreateTriggerInput", "triggerType", "no model for obs"),
    ("sourceArn: acs:oss", "sourceARN: acs:oss", "CreateTriggerInput", "sourceARN", "is unknown"),
    ("            events:", "            event:", "OSSTriggerConfig", "event", "is unknown"),
    ("prefix: ''", "prefixes: ''", "Key", "prefixes", "is unknown"),
    ("triggerEnable: true", "enable: true", "EventBridgeTriggerConfig", "enable", "is unknown"),
    (
        "asyncInvocationType: false",
        "asyncInvocationType: sync",
        "EventBridgeTriggerConfig",
        "asyncInvocationType",
        "is a str, not a bool",
    ),
    ("IsBase64Decode: false", "isBase64Decode: false", "SourceMNSParameters", "isBase64Decode", "is unknown"),
    ("sourceMNSParameters:", "sourceSMQParameters:", "EventSourceParameters", "sourceSMQParameters", "is unknown"),
    ("eventSchema: CloudEvents", "schema: CloudEvents", "DeliveryOption", "schema", "is unknown"),
    ("CountBasedWindow: 10000", "CountBasedWindow: many", "BatchWindow", "CountBasedWindow", "is a str, not a int"),
    ("errorsTolerance: ALL", "errorTolerance: ALL", "RunOptions", "errorTolerance", "is unknown"),
    ("PushRetryStrategy:", "pushRetryStrategy:", "RetryStrategy", "pushRetryStrategy", "is unknown"),
    ("                Arn: acs:mns", "                arn: acs:mns", "DeadLetterQueue", "arn", "is unknown"),
]


@pytest.mark.parametrize(("old", "new", "model", "field", "what"), FAULTS)
def test_a_fault_in_the_template_is_reported(
    tmp_path: Path, old: str, new: str, model: str, field: str, what: str
) -> None:
    assert (model, field, what) in said(with_a_fault(tmp_path, old, new))


def test_an_exception_that_the_template_no_longer_uses_is_reported(tmp_path: Path) -> None:
    template = with_a_fault(tmp_path, "              maximumTasks: 1\n", "")
    assert EXCEPTIONS.keys() - said(template) == {("RunOptions", "maximumTasks", "is unknown")}
