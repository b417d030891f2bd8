"""Compares a stack's template with the descriptions of its resource types: as written, and with all values.

As written, a parameter counts with its declared type, and a function such as Fn::Join with the type of its result.
Lengths, ranges, patterns and lists of values are for the stack as it is deployed, whose values are all known.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml
from ros_types import Property, Specification

from oss_cdn_refresh_cli.deployment.reading import ros
from oss_cdn_refresh_cli.deployment.reading.template import Stack

SAMPLES: Mapping[str, Any] = {"String": "", "Number": 0, "Boolean": True, "CommaDelimitedList": [], "Json": {}}
RESULTS = {"Fn::Sub": "String", "Fn::Join": "String", "Fn::Replace": "String", "Fn::Split": "CommaDelimitedList"}
PYTHON: Mapping[
    str, tuple[str, type | tuple[type, ...]]
] = {  # the name and the Python type of each type of the packages
    "ros.validateString": ("text", str),
    "ros.validateNumber": ("number", (int, float)),
    "ros.validateBoolean": ("boolean", bool),
    "ros.validateAnyDict": ("mapping", dict),
    "ros.validateAny": ("value", object),
}


def judged(stack: Stack, specification: Specification, account: str) -> list[str]:
    """The differences between a stack and the descriptions: in its template, and in its resources."""
    document = yaml.safe_load(stack.template.read_bytes())
    declared = {name: parameter["Type"] for name, parameter in document["Parameters"].items()}
    return [*_as_written(document, declared, specification), *_as_deployed(stack, declared, specification, account)]


def _as_written(
    document: Mapping[str, Any], declared: Mapping[str, str], specification: Specification
) -> Iterator[str]:
    judge = _Judge(specification, declared)
    for name, resource in document["Resources"].items():
        yield from judge.resource(resource["Type"], resource["Properties"], name)
    yield from judge.attributes(document, document["Resources"], "")


def _as_deployed(
    stack: Stack, declared: Mapping[str, str], specification: Specification, account: str
) -> Iterator[str]:
    judge = _Judge(specification, {})
    values = {
        name: int(value) if declared.get(name) == "Number" and value.isdecimal() else value
        for name, value in stack.parameters.items()
    }
    for kind, properties in ros.resources(stack._replace(parameters=values), account):
        yield from judge.resource(kind, properties, kind.rpartition(":")[2])


class _Judge:
    def __init__(self, specification: Specification, parameters: Mapping[str, str]) -> None:
        self._types, self._mappings = specification
        self._parameters = parameters

    def resource(self, kind: str, properties: Mapping[str, Any], place: str) -> Iterator[str]:
        if kind not in self._types:
            yield f"{place}: {kind} has no description"
            return
        yield from self._mapping(self._types[kind].properties, properties, place)

    def attributes(self, value: Any, resources: Mapping[str, Any], place: str) -> Iterator[str]:
        """The attributes that Fn::GetAtt asks for and that the resource does not have."""
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            if key == "Fn::GetAtt":
                name, attribute = inner
                kind = resources.get(name, {}).get("Type", "")
                if kind in self._types and attribute not in self._types[kind].attributes:
                    yield f"{place}: {kind} has no attribute {attribute}"
                elif not kind:
                    yield f"{place}: there is no resource {name}"
            elif isinstance(inner, dict | list):
                yield from self.attributes(inner, resources, f"{place}.{key}".removeprefix("."))

    def _mapping(self, check: str, value: Mapping[str, Any], place: str) -> Iterator[str]:
        known = self._mappings[check]
        for name, inner in value.items():
            if name in known:
                yield from self._value(known[name], inner, f"{place}.{name}")
            else:
                yield f"{place}.{name}: is no property"
        for name in known:
            if known[name].required and value.get(name) is None:
                yield f"{place}.{name}: is missing"

    def _value(self, described: Property, value: Any, place: str) -> Iterator[str]:
        called = self._result(value)
        given = value if called is None else SAMPLES.get(called)
        outer, _, inner = described.type.removesuffix(")").partition("(")
        name, python = PYTHON.get(outer, ("list", list) if outer == "ros.listValidator" else ("mapping", dict))
        if given is None:  # of a function whose result has no known type
            return
        if not isinstance(given, python) or (isinstance(given, bool) and name == "number"):
            yield f"{place}: is a {type(given).__name__}, not a {name}"
        elif called is None:
            yield from _limits(described, value, place)
            if outer == "ros.listValidator":
                for number, each in enumerate(value):
                    yield from self._value(Property(inner), each, f"{place}[{number}]")
            elif outer == "ros.hashValidator":
                for key, each in value.items():
                    yield from self._value(Property(inner), each, f"{place}.{key}")
            elif outer not in PYTHON:
                yield from self._mapping(described.type, value, place)

    def _result(self, value: Any) -> str | None:
        """The type of a function's or a parameter's value, "" where it is not known; None for any other value."""
        if not isinstance(value, dict) or len(value) != 1:
            return None
        ((name, argument),) = value.items()
        if name == "Ref":
            return self._parameters.get(argument, "String" if argument.startswith("ALIYUN::") else "")
        return RESULTS.get(name, "") if str(name).startswith("Fn::") else None


def _limits(described: Property, value: Any, place: str) -> Iterator[str]:
    for kind, limits in described.constraints.items():
        size = len(value) if kind == "Length" else value
        if kind == "AllowedPattern" and not re.search(limits["reg"], value):
            yield f"{place}: does not match {limits['reg']}"
        elif kind == "AllowedValues" and value not in limits["allowedValues"]:
            yield f"{place}: is none of {limits['allowedValues']}"
        elif kind in {"Length", "Range"} and limits["min"] is not None and size < limits["min"]:
            yield f"{place}: {kind.lower()} is below {limits['min']}"
        elif kind in {"Length", "Range"} and limits["max"] is not None and size > limits["max"]:
            yield f"{place}: {kind.lower()} is above {limits['max']}"
