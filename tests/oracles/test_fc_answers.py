"""Oracle: the response models of `alibabacloud-fc20230330`. The answers of the stand-in must fit them.

The models have many more fields than the stand-in answers: it answers the fields that this project reads.
"""

import copy
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import pytest
from alibabacloud_fc20230330 import models
from fc_models import TRIGGERS
from official import every_answer_of_function_compute
from sdk_models import Complaint, complaints, of_an_answer

from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.fc import Api
from oss_cdn_refresh_box.fc.api import ACTIONS
from oss_cdn_refresh_box.fc.compute import FunctionCompute
from oss_cdn_refresh_box.fc.registry import layers, registered
from oss_cdn_refresh_cli.deployment.reading.template import load

# On Python 3.12 the official SDK's own way to date its calls is deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")

ROOT = Path(__file__).parents[2]
FUNCTIONS = ["oss-cdn-refresh", "oss-cdn-refresh-drain"]
EXCEPTIONS = {  # fields of the template that the models do not know, with the reason
    ("oss-cdn-refresh-drain", "RunOptions", "maximumTasks", "is unknown"): "as in test_fc_models.py",
}


@pytest.fixture(scope="module")
def answered() -> Mapping[str, Mapping[str, Any]]:
    """The answers about each function, by action."""
    template = load(ROOT / "template.yml", environ={}, account="1234567890123456")
    unused = cast("FunctionCompute", None)  # no function is invoked
    shown, (layer,) = registered(template), layers(template)
    with Api(unused, Clock(time.time()), keys={"AK": "SECRET"}, functions=shown, layers=layers(template)) as api:
        return {name: dict(every_answer_of_function_compute(api, name, layer)) for name in FUNCTIONS}


def judged(action: str, answer: Mapping[str, Any]) -> list[Complaint]:
    """The differences between an answer and the models; the configuration of a trigger is a text with JSON in it."""
    found = list(complaints(of_an_answer(models, action), answer, action))
    for trigger in answer.get("triggers", []):
        inside = json.loads(trigger["triggerConfig"])
        found += complaints(TRIGGERS[trigger["triggerType"]], inside, f"{action}.triggerConfig")
    return found


def test_every_action_that_reads_is_compared(answered: Mapping[str, Any]) -> None:
    offered = {action for _method, _path, action, _perform in ACTIONS} - {"InvokeFunction"}
    assert [answers.keys() for answers in answered.values()] == [offered, offered]


def test_every_field_of_an_answer_is_known_and_has_the_type_of_the_official_model(answered: Mapping[str, Any]) -> None:
    """An exception in the list that no answer needs is an error, too."""
    assert {
        (name, each.model, each.field, each.what)
        for name, answers in answered.items()
        for action, answer in answers.items()
        for each in judged(action, answer)
    } == EXCEPTIONS.keys()


FAULTS: list[tuple[str, tuple[Any, ...], Any, str]] = [  # action, path, value, what is reported
    ("ListFunctions", ("functions", 0, "memory"), 512, "is unknown"),
    ("ListFunctions", ("functions",), {}, "is a dict, not a list"),
    ("GetFunction", ("timeout",), "120", "is a str, not a int"),
    ("GetFunction", ("layers",), ["acs:fc:cn-hangzhou:1:layers/a/versions/1"], "is a str, not a functionlayer"),
    ("GetFunction", ("environmentVariables", "CALLS_PER_SECOND"), 10, "is a int, not a str"),
    ("ListTriggers", ("triggers", 0, "triggerConfig"), '{"event": []}', "is unknown"),
    ("ListTriggers", ("triggers", 0, "config"), "{}", "is unknown"),
    ("GetAsyncInvokeConfig", ("maxAsyncRetryAttempts",), "3", "is a str, not a int"),
    ("GetAsyncInvokeConfig", ("destinationConfig", "onFail"), {}, "is unknown"),
    ("GetConcurrencyConfig", ("reservedConcurrency",), "3", "is a str, not a int"),
    ("GetLayerVersionByArn", ("compatibleRuntimes",), [], "is unknown"),
]


@pytest.mark.parametrize(("action", "path", "value", "what"), FAULTS)
def test_a_fault_in_an_answer_is_reported(
    answered: Mapping[str, Any], action: str, path: tuple[Any, ...], value: Any, what: str
) -> None:
    answer = copy.deepcopy(answered[FUNCTIONS[0]][action])
    inner = answer
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    assert what in {complaint.what for complaint in judged(action, answer)}
