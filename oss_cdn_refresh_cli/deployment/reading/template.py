"""Reads template.yml as Serverless Devs does: functions, stacks and the flow, as far as the project uses them."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from oss_cdn_refresh_cli.deployment import dotenv, fc3
from oss_cdn_refresh_cli.deployment.model import Function
from oss_cdn_refresh_cli.deployment.props import EMPTY, Props
from oss_cdn_refresh_cli.deployment.reading.variables import Scope, TemplateError, asked, mapping, read_yaml


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
    document = read(file)
    noted = dotenv.read(file.parent / ".env")
    variables, resources = (mapping(file.name, key, document.get(key) or EMPTY) for key in ("vars", "resources"))
    scope = Scope(file.name, file.parent, variables, {**noted, **environ}, account)
    functions: list[Function] = []
    stacks: list[Stack] = []
    for name, resource in resources.items():
        place = f"{name}.props"
        written = mapping(file.name, f"resources.{name}", resource)
        values = mapping(file.name, place, scope.resolve(written.get("props") or EMPTY, place))
        props = Props(place, values, partial(_refuse, file.name))
        component = str(written.get("component"))
        if component == "fc3":
            functions.append(fc3.function(name, props, file.parent))
        elif component == "ros":
            stacks.append(_stack(name, props, file.parent))
    asks, order = frozenset(asked(document)), _order(document.get("flow"))
    return Template(file, account, tuple(functions), tuple(stacks), asks, noted, order)


def read(file: Path) -> dict[str, Any]:
    """A template as it is written, with the file that it extends.

    :raises TemplateError: one of them is no YAML, or there is none.
    """
    return _extended(file, ())


def _refuse(file: str, place: str, what: str, remedy: str) -> None:
    raise TemplateError(file, place, what, remedy)


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


def _stack(resource: str, props: Props, folder: Path) -> Stack:
    parameters = props.inner("parameters")
    return Stack(
        resource=resource,
        name=props.text("name"),
        region=props.text("region"),
        template=folder / props.text("template"),
        parameters={name: parameters.text(name) for name in parameters.values},
    )
