"""Reads the account's functions and triggers into the classes of a deployment."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from oss_cdn_refresh_cli.deployment import fc3
from oss_cdn_refresh_cli.deployment.model import Function
from oss_cdn_refresh_cli.deployment.props import EMPTY, Props
from oss_cdn_refresh_cli.doctor.problems import Kind, Problem
from oss_cdn_refresh_cli.doctor.services import Json

ARN_PARTS = 4  # acs:fc:{region}:{account}:functions/{name}


class Seen(NamedTuple):
    """One of the two functions as the account has it.

    answer: of GetFunction, {} if there is none. unread: the problems of unknown parts, by their places.
    """

    name: str
    function: Function | Problem
    answer: Json = EMPTY
    unread: Mapping[str, Problem] = EMPTY

    @property
    def missing(self) -> bool:
        """Whether the account has no such function."""
        return isinstance(self.function, Problem) and self.function.kind is Kind.MISSING

    @property
    def functions(self) -> tuple[Function, ...]:
        """The function, if it is known."""
        return () if isinstance(self.function, Problem) else (self.function,)


def seen(answer: Json, triggers: list[Json] | Problem, asynchronous: Json | Problem, cap: int | Problem | None) -> Seen:
    """A function by the answers of GetFunction, ListTriggers, GetAsyncInvokeConfig and GetConcurrencyConfig."""
    name = str(answer["functionName"])
    parts = {"triggers": triggers, "asyncInvokeConfig": asynchronous, "concurrencyConfig": cap}
    unread = {
        f"{name}.{part}": answer
        for part, answer in parts.items()
        if isinstance(answer, Problem) and answer.kind is not Kind.MISSING
    }
    read = function(
        answer,
        () if isinstance(triggers, Problem) else triggers,
        {} if isinstance(asynchronous, Problem) else asynchronous,
        None if isinstance(cap, Problem) else cap,
    )
    return Seen(name, read, answer, unread)


def function(answer: Json, triggers: Iterable[Json], asynchronous: Json = EMPTY, cap: int | None = None) -> Function:
    """A function by an answer of ListFunctions or GetFunction, in the form of fc3."""
    name = str(answer["functionName"])
    layers = answer.get("layers")
    values = {
        **{key: value for key, value in answer.items() if value is not None},
        "region": place(answer)[0],
        "code": "",  # not in the answer
        "layers": [str(layer.get("arn")) for layer in layers or () if isinstance(layer, Mapping)],
        "asyncInvokeConfig": asynchronous,
        "concurrencyConfig": {} if cap is None else {"reservedConcurrency": cap},
        "triggers": [{**trigger, "triggerConfig": _config(trigger.get("triggerConfig"))} for trigger in triggers],
    }
    read = fc3.function(name, Props(name, values), Path())
    return read._replace(triggers=tuple(each._replace(place=f"{name}.{each.name}") for each in read.triggers))


def place(answer: Json) -> tuple[str, str]:
    """Region and account of a function, "" if its ARN does not contain them."""
    parts = str(answer.get("functionArn") or "").split(":")
    return (parts[2], parts[3]) if len(parts) > ARN_PARTS else ("", "")


def json_of(written: object) -> Mapping[str, Any]:
    """A mapping that an answer holds as JSON text; {} where it is something else."""
    try:
        found = json.loads(written) if isinstance(written, str) else written
    except ValueError:
        return {}
    return found if isinstance(found, Mapping) else {}


def _config(written: object) -> Mapping[str, Any]:
    """A trigger's configuration, which is JSON text.

    The SDK's answer (4.8) leaves out `maximumTasks`, so a missing value counts as the right one.
    """
    found = json_of(written)
    run = found.get("runOptions")
    return {**found, "runOptions": {"maximumTasks": 1, **run}} if isinstance(run, Mapping) else found
