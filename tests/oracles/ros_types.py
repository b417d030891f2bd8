"""The descriptions of ROS resource types, read from the packages `ros-cdk-mns`, `ros-cdk-ram` and `ros-cdk-sls`.

Each package holds an archive with code that Alibaba Cloud generates from its "ROS Resource Specification": for each
type a function that checks its properties, and one that names them as a template does. Their text has one form, so it
is read as data; no package is imported, and Node is not needed. Text of another form is an error, never skipped.
"""

import json
import re
import tarfile
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from typing import Any, NamedTuple

PACKAGES = ("mns", "ram", "sls")
FUNCTION = re.compile(r"^function (\w+)\(.*?^\}", re.MULTILINE | re.DOTALL)
CHECK = re.compile(r"errors\.collect\(ros\.propertyValidator\('(?P<name>[^']+)', (?P<check>\S+)\)\(")
SPELLING = re.compile(r"'([^']+)': .*properties\.(\w+)\)?,?$", re.MULTILINE)
TYPE = re.compile(r'^(\w+)\.ROS_RESOURCE_TYPE_NAME = "([\w:]+)";$', re.MULTILINE)
CLASS = re.compile(r"^class (\w+) extends .*?^\}", re.MULTILINE | re.DOTALL)
ATTRIBUTE = re.compile(r"this\.getAtt\('([\w.]+)'\)")
CONSTRAINTS = re.compile(r"^\s+(min|max|allowedValues|reg): (.+?),?$", re.MULTILINE)
TYPES = re.compile(r"ros\.(?:validate(?:String|Number|Boolean|Any|AnyDict)|(?:list|hash)Validator\(.*\))|\w+Validator")


class Property(NamedTuple):
    """One property of a type, or of a mapping inside it."""

    type: str = ""  # as the package writes it, such as "ros.validateString"
    required: bool = False
    constraints: Mapping[str, Mapping[str, Any]] = {}  # by kind: "Length", "Range", "AllowedValues", "AllowedPattern"


class Description(NamedTuple):
    """One resource type."""

    properties: str  # the name of its properties' check
    attributes: frozenset[str]  # of Fn::GetAtt


class Specification(NamedTuple):
    """All types of the packages."""

    types: Mapping[str, Description]  # by their names, such as ALIYUN::MNS::Queue
    mappings: Mapping[str, Mapping[str, Property]]  # the properties of each mapping, by the name of its check


@cache
def archive(package: str) -> Mapping[str, str]:
    """The files of the archive in a package that describe its types, by their last names."""
    try:
        files = distribution(f"ros-cdk-{package}").files or []
    except PackageNotFoundError as error:
        raise RuntimeError(f"{error.name} is missing: pip install --no-deps -r requirements-oracles.txt") from error
    (inside,) = [file for file in files if file.name.endswith(".jsii.tgz")]
    wanted = {f"package/lib/{package}.generated.js": "code", "package/.jsii": "interfaces"}
    with tarfile.open(inside.locate()) as opened:
        texts = {wanted[name]: opened.extractfile(name) for name in wanted}
        return {name: text.read().decode() for name, text in texts.items() if text}


@cache
def specification() -> Specification:
    """The descriptions of all types in the packages."""
    types: dict[str, Description] = {}
    mappings: dict[str, Mapping[str, Property]] = {}
    for package in PACKAGES:
        code = archive(package)["code"]
        functions = {found[1]: found[0] for found in FUNCTION.finditer(code)}
        for name, text in functions.items():
            if name.endswith("Validator"):
                mappings[name] = dict(_properties(text, functions[_writer(name)]))
        attributes = {found[1]: frozenset(ATTRIBUTE.findall(found[0])) for found in CLASS.finditer(code)}
        for name, resource_type in TYPE.findall(code):
            types[resource_type] = Description(f"{name}PropsValidator", attributes[name])
    return Specification(types, mappings)


def interfaces(package: str) -> Mapping[str, Mapping[str, bool]]:
    """From the interface file of a package: by check and property, in lower case, whether the property is required."""
    types = json.loads(archive(package)["interfaces"])["types"]
    return {
        name.partition(".")[2].replace(".", "_") + "Validator": {
            each["name"].strip().lower(): not each.get("optional", False) for each in described["properties"]
        }
        for name, described in types.items()
        if described["kind"] == "interface" and re.match(r"[^.]+\.Ros", name)
    }


def _writer(check: str) -> str:
    """The name of the function that writes a mapping, from the name of its check: RosQueue_TagsPropertyValidator …"""
    name = check.removesuffix("Validator").replace("_", "")
    return f"{name[0].lower()}{name[1:]}ToRosTemplate"


def _properties(checks: str, writer: str) -> Iterator[tuple[str, Property]]:
    """The properties of a mapping, by their names in a template."""
    found: dict[str, Property] = {}
    for part in checks.split("errors.collect(")[1:]:
        check = CHECK.match(f"errors.collect({part}".partition("\n")[0])
        if check is None:
            raise AssertionError(f"another form of a check: {part}")
        before = found.get(check["name"], Property())
        kind = check["check"].removeprefix("ros.validate")
        if check["check"] == "ros.requiredValidator":
            found[check["name"]] = before._replace(required=True)
        elif kind in {"Length", "Range", "AllowedValues", "AllowedPattern"}:
            limits = {name: _constant(value) for name, value in CONSTRAINTS.findall(part)}
            found[check["name"]] = before._replace(constraints={**before.constraints, kind: limits})
        elif TYPES.fullmatch(check["check"]):
            found[check["name"]] = before._replace(type=check["check"])
        else:
            raise AssertionError(f"another form of a check: {part}")
    spellings = {inner: name for name, inner in SPELLING.findall(writer)}
    yield from ((spellings[name], described) for name, described in found.items())


def _constant(text: str) -> Any:
    """The value of a constraint: a figure, a list of values, or the text of a pattern."""
    if text == "undefined":
        return None
    return text.strip("/") if text.startswith("/") else json.loads(text)
