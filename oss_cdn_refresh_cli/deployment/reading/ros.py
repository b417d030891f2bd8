"""Evaluates a stack's template as Resource Orchestration Service does, to find the resources of a deployment.

Facts: ROS user guide, a page each for Fn::Join, Fn::Split, Fn::Sub, Fn::Replace, Conditions and Pseudo parameters.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from oss_cdn_refresh.settings.checks import quoted
from oss_cdn_refresh_cli.deployment.model import Queue
from oss_cdn_refresh_cli.deployment.reading.template import Stack
from oss_cdn_refresh_cli.deployment.reading.variables import TemplateError, mapping, read_yaml
from oss_cdn_refresh_cli.deployment.roles import Role, statements, trusted

REFERENCE = re.compile(r"\$\{([^}]+)\}")
FIGURE_LENGTH = 9  # digits; a longer figure is a mistake
VISIBILITY = "VisibilityTimeout"
DEFAULT_SECONDS = {"MessageRetentionPeriod": 345_600, VISIBILITY: 30}  # SMQ, CreateQueue
QUEUE, ROLE, POLICY = "ALIYUN::MNS::Queue", "ALIYUN::RAM::Role", "ALIYUN::RAM::ManagedPolicy"


class Policy(NamedTuple):
    """One policy of the function's role."""

    name: str
    text: str  # its document as JSON with spaces, because it is not known whether ROS leaves them out


class Infrastructure(NamedTuple):
    """The resources of the stack."""

    file: str
    queues: Mapping[str, Queue]  # by name
    policies: tuple[Policy, ...]  # all of the function's role
    role: Role  # its name is its ARN, "" where the stack makes none

    def resources(self, action: str) -> tuple[str, ...]:
        """The resources on which the role may do an action."""
        return self.role.resources(action)


def resources(stack: Stack, account: str) -> list[tuple[str, Any]]:
    """Type and properties of each resource that the stack makes with its parameters.

    :raises TemplateError: for a function or a reference that is not known.
    """
    file = stack.template.name
    document = read_yaml(stack.template, "write the template of a stack")
    sections = {name: mapping(file, name, document.get(name) or {}) for name in ("Parameters", "Conditions")}
    sections["Resources"] = mapping(file, "Resources", document.get("Resources"))
    return list(_Evaluation(file, sections, stack, account).resources())


def evaluate(stack: Stack, account: str) -> Infrastructure:
    """The queues and rights that the stack makes.

    :raises TemplateError: for a function or a reference that is not known, or a resource of another shape.
    """
    file = stack.template.name
    everything = resources(stack, account)
    try:
        return _infrastructure(file, everything, account)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        what = f"a queue, a role or a policy has a value that cannot be understood ({type(error).__name__}: {error})"
        remedy = "compare it, and the parameters that it refers to, with the file of this project"
        raise TemplateError(file, "Resources", what, remedy) from error


def _infrastructure(file: str, everything: list[tuple[str, Any]], account: str) -> Infrastructure:
    made = {kind: [props for its_kind, props in everything if its_kind == kind] for kind in (QUEUE, ROLE, POLICY)}
    queues = [
        Queue(props["QueueName"], _seconds(file, props, "MessageRetentionPeriod"), _seconds(file, props, VISIBILITY))
        for props in made[QUEUE]
    ]
    written = [policy for role in made[ROLE] for policy in role["Policies"]] + made[POLICY]
    policies = tuple(Policy(props["PolicyName"], json.dumps(props["PolicyDocument"])) for props in written)
    trust = [trusted(json.dumps(role["AssumeRolePolicyDocument"])) for role in made[ROLE]]
    role = Role(
        next((f"acs:ram::{account}:role/{role['RoleName']}" for role in made[ROLE]), ""),
        frozenset().union(*trust),
        tuple(statement for policy in policies for statement in statements(policy.text)),
    )
    return Infrastructure(file, {queue.name: queue for queue in queues}, policies, role)


def _seconds(file: str, props: Mapping[str, Any], name: str) -> int:
    written = str(props.get(name, DEFAULT_SECONDS[name]))
    if written.isascii() and written.isdecimal() and len(written) <= FIGURE_LENGTH:
        return int(written)
    what = f"{quoted(written)} is no whole number of seconds"
    raise TemplateError(file, f"{props['QueueName']}.{name}", what, "write one")


class _Evaluation:
    """One evaluation of a ROS template."""

    def __init__(self, file: str, document: Mapping[str, Any], stack: Stack, account: str) -> None:
        self._file = file
        self._document = document
        defaults = {
            name: str(parameter["Default"])
            for name, parameter in document["Parameters"].items()
            if "Default" in parameter
        }
        self._values = {
            **defaults,
            **stack.parameters,
            "ALIYUN::TenantId": account,
            "ALIYUN::Region": stack.region,
            "ALIYUN::StackName": stack.name,
        }
        self._functions: Mapping[str, Callable[[Any], Any]] = {
            "Ref": self._reference,
            "Fn::GetAtt": ".".join,
            "Fn::Sub": lambda text: REFERENCE.sub(lambda match: self._reference(match[1]), text),
            "Fn::Join": lambda arguments: arguments[0].join(arguments[1]),
            "Fn::Split": lambda arguments: arguments[1].split(arguments[0]),
            "Fn::Replace": self._replace,
            "Fn::Equals": lambda arguments: arguments[0] == arguments[1],
            "Fn::Not": lambda condition: not condition,
        }

    def resources(self) -> Iterator[tuple[str, Any]]:
        """Type and properties of every resource whose condition holds."""
        conditions = {name: self._value(test, name) for name, test in self._document.get("Conditions", {}).items()}
        for name, resource in self._document["Resources"].items():
            if conditions.get(resource.get("Condition"), True):
                yield resource["Type"], self._value(resource["Properties"], name)

    def _value(self, value: Any, place: str) -> Any:
        if isinstance(value, list):
            return [self._value(inner, f"{place}[{number}]") for number, inner in enumerate(value)]
        if not isinstance(value, Mapping):
            return value
        inner = {key: self._value(inner, f"{place}.{key}") for key, inner in value.items()}
        called = [key for key in inner if key == "Ref" or str(key).startswith("Fn::")]
        if not called:
            return inner
        if called[0] not in self._functions:
            raise TemplateError(
                self._file,
                place,
                f"{called[0]} is not known here",
                "teach it to deployment/reading/ros.py",
            )
        return self._functions[called[0]](inner[called[0]])

    def _reference(self, name: str) -> str:
        if name not in self._values:
            raise TemplateError(self._file, name, "has no value", "pass it as a parameter in template.yml")
        return self._values[name]

    @staticmethod
    def _replace(arguments: Any) -> str:
        text = str(arguments[1])
        for old, new in arguments[0].items():
            text = text.replace(old, new)
        return text
