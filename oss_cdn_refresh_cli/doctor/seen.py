"""Functions and triggers of the account, read into the classes of a deployment."""

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
    """One of our two functions as the account tells it.

    told: the answer of GetFunction, empty where there was none.
    unread: why a part of the function was not told, by the place of that part.
    """

    name: str
    function: Function | Problem
    told: Json = EMPTY
    unread: Mapping[str, Problem] = EMPTY

    @property
    def missing(self) -> bool:
        """Whether the account says that there is no such function."""
        return isinstance(self.function, Problem) and self.function.kind is Kind.MISSING

    @property
    def functions(self) -> tuple[Function, ...]:
        """The function, if it was told."""
        return () if isinstance(self.function, Problem) else (self.function,)


def seen(told: Json, triggers: list[Json] | Problem, asynchronous: Json | Problem, cap: int | Problem | None) -> Seen:
    """A function as GetFunction, ListTriggers, GetAsyncInvokeConfig and GetConcurrencyConfig tell it."""
    name = str(told["functionName"])
    parts = {"triggers": triggers, "asyncInvokeConfig": asynchronous, "concurrencyConfig": cap}
    unread = {
        f"{name}.{part}": answer
        for part, answer in parts.items()
        if isinstance(answer, Problem) and answer.kind is not Kind.MISSING
    }
    read = function(
        told,
        () if isinstance(triggers, Problem) else triggers,
        {} if isinstance(asynchronous, Problem) else asynchronous,
        None if isinstance(cap, Problem) else cap,
    )
    return Seen(name, read, told, unread)


def function(told: Json, triggers: Iterable[Json], asynchronous: Json = EMPTY, cap: int | None = None) -> Function:
    """A function as ListFunctions or GetFunction tells it, in the form that fc3 gives it."""
    name = str(told["functionName"])
    layers = told.get("layers")
    values = {
        **{key: value for key, value in told.items() if value is not None},
        "region": place(told)[0],
        "code": "",  # the account tells nothing of it
        "layers": [str(layer.get("arn")) for layer in layers or () if isinstance(layer, Mapping)],
        "asyncInvokeConfig": asynchronous,
        "concurrencyConfig": {} if cap is None else {"reservedConcurrency": cap},
        "triggers": [{**trigger, "triggerConfig": _config(trigger.get("triggerConfig"))} for trigger in triggers],
    }
    read = fc3.function(name, Props(name, values), Path())
    return read._replace(triggers=tuple(each._replace(place=f"{name}.{each.name}") for each in read.triggers))


def place(told: Json) -> tuple[str, str]:
    """Region and account of a function, "" where its ARN does not tell them."""
    parts = str(told.get("functionArn") or "").split(":")
    return (parts[2], parts[3]) if len(parts) > ARN_PARTS else ("", "")


def _config(written: object) -> Mapping[str, Any]:
    """A trigger's configuration, which is a text of JSON.

    The SDK's answer (4.8) does not hold `maximumTasks`: where it is missing, it may be set all the same.
    """
    try:
        found = json.loads(written) if isinstance(written, str) else written
    except ValueError:
        return {}
    if not isinstance(found, Mapping):
        return {}
    run = found.get("runOptions")
    return {**found, "runOptions": {"maximumTasks": 1, **run}} if isinstance(run, Mapping) else found
