"""Checks both deployed functions, their layer, and the destination of their failed events.

Facts: Function Compute 3.0, GetFunction, GetLayerVersion, "Asynchronous invocation"; `template.yml` has the right
values.
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from oss_cdn_refresh.logs import LEVELS
from oss_cdn_refresh.settings.environment import BATCHED, DIRECT
from oss_cdn_refresh_cli.deployment.expectations import (
    DRAINS,
    HANDLER,
    INITIALIZER,
    KEPT_AT_MOST,
    OWN_TO_EACH,
    SHORTEST,
    SYNCHRONOUS_AT_MOST,
)
from oss_cdn_refresh_cli.doctor.facts import BACKLOG, DEAD_LETTERS, Facts
from oss_cdn_refresh_cli.doctor.findings import Finding, failure, ok, unchecked, warning
from oss_cdn_refresh_cli.doctor.problems import Kind, Problem
from oss_cdn_refresh_cli.doctor.services import Json
from oss_cdn_refresh_cli.doctor.watched import inner, queue_of

RUNTIMES = ("python3.10", "python3.12")
COMPARED = ("BACKLOG_QUEUE", "DEAD_LETTER_QUEUE", "DELIVERY")
AGAIN = "deploy again"


class _Named(NamedTuple):
    """One of the two functions, as GetFunction returns it."""

    name: str
    told: Json

    @property
    def variables(self) -> Mapping[str, str]:
        """Its environment."""
        return inner(self.told, "environmentVariables")

    @property
    def layers(self) -> list[str]:
        """The ARNs of its layers."""
        return [str(layer.get("arn")) for layer in self.told.get("layers") or ()]


def function(facts: Facts) -> list[Finding]:
    """Both functions: they exist, run this code, have enough time, and the same settings as the command."""
    check = "function"
    if isinstance(facts.function, Problem):
        if facts.function.kind is not Kind.MISSING:
            return [unchecked(check, facts.function)]
        remedy = "deploy it, or give the name of the deployed function with --function-name"
        return [failure(check, f"there is no function {facts.function_name}", remedy)]
    refresh = _Named(facts.function_name, facts.function)
    found = [*_one(refresh), *_variables(facts), *_cap(facts), *_drain(facts, refresh)]
    return found or [
        ok(check, f"{each.name}: {each.told.get('runtime')}, {each.told.get('timeout')} s") for each in _both(facts)
    ]


def layer(facts: Facts) -> list[Finding]:
    """The layer with the packages that the function imports."""
    check, remedy = "layer", "publish it and deploy again: make deploy"
    if isinstance(facts.function, Problem):
        return [unchecked(check, facts.function)]
    found: list[Finding] = []
    both = _both(facts)
    for each in both:
        if not each.layers:
            found.append(failure(check, f"{each.name} has no layer, and so no msgspec", remedy))
        elif each.layers != both[0].layers and both[0].layers:
            what = f"{each.name} has {', '.join(each.layers)}, and {both[0].name} has {', '.join(both[0].layers)}"
            found.append(failure(check, what, remedy))
    runtime = str(facts.function.get("runtime"))
    for arn, told in facts.layers.items():
        if not isinstance(told, Problem):
            runtimes = told.get("compatibleRuntime") or [runtime]
            if runtime in RUNTIMES and runtime not in runtimes:
                found.append(failure(check, f"{arn} is for {', '.join(runtimes)}, the function is {runtime}", remedy))
        elif told.kind is Kind.MISSING:
            found.append(failure(check, f"{arn} does not exist", remedy))
        else:
            found.append(unchecked(check, told, arn))
    return found or [ok(check, ", ".join(arn.partition("layers/")[2] or arn for arn in facts.layers))]


def failure_destination(facts: Facts) -> list[Finding]:
    """Events that failed for good go to the dead-letter queue, and none is dropped for its age before."""
    check = "failure_destination"
    if isinstance(facts.function, Problem):
        return [unchecked(check, facts.function)]
    found = list(_asynchronous(facts.function_name, facts.asynchronous, facts))
    if not isinstance(facts.drain.function, Problem):
        found += _asynchronous(facts.drain.name, facts.drain.asynchronous, facts)
    return found or [ok(check, facts.queue_names[DEAD_LETTERS] or "a queue")]


def _asynchronous(name: str, told: Json | Problem, facts: Facts) -> Iterator[Finding]:
    """What is wrong with the asynchronous configuration of one function."""
    check = "failure_destination"
    if isinstance(told, Problem):
        if told.kind is not Kind.MISSING:
            yield unchecked(check, told, name)
            return
        what = f"{name} has no asynchronous configuration: events that fail three times vanish"
        yield failure(check, what, f"write asyncInvokeConfig as in template.yml and {AGAIN}")
        return
    destination = str(inner(told, "destinationConfig", "onFailure").get("destination") or "")
    wanted = facts.queue_names[DEAD_LETTERS]
    if not destination:
        what = f"{name} has none: events that fail for good vanish"
        yield failure(check, what, f"write destinationConfig.onFailure as in template.yml and {AGAIN}")
    elif wanted and queue_of(destination) != wanted:
        what = f"that of {name} is {destination}, and not the dead-letter queue {wanted}"
        yield failure(check, what, f"name {wanted} in onFailure and {AGAIN}")
    age = told.get("maxAsyncEventAgeInSeconds")
    if age != KEPT_AT_MOST:
        what = f"maxAsyncEventAgeInSeconds of {name} is {age}: older events vanish without a trace"
        yield warning(check, what, f"write {KEPT_AT_MOST} and {AGAIN}")
    if told.get("maxAsyncRetryAttempts") == 0:
        what = f"maxAsyncRetryAttempts of {name} is 0: an event whose instance crashed is not tried again"
        yield warning(check, what, f"write 3 and {AGAIN}")


def _both(facts: Facts) -> list[_Named]:
    """The functions that the account tells, the one that OSS calls first."""
    named = ((facts.function_name, facts.function), (facts.drain.name, facts.drain.function))
    return [_Named(name, told) for name, told in named if not isinstance(told, Problem)]


def _one(each: _Named) -> Iterator[Finding]:
    """What is wrong with a function whichever of the two it is."""
    yield from _state(each)
    yield from _code(each)
    yield from _rate(each)
    yield from _log_level(each)
    yield from _at_a_time(each)
    yield from _network(each)


def _drain(facts: Facts, refresh: _Named) -> Iterator[Finding]:
    """The function that works on the backlog: there, with one instance, and otherwise as the one that OSS calls."""
    check, told = "function", facts.drain.function
    if isinstance(told, Problem):
        if not facts.drain.missing:
            yield unchecked(check, told, facts.drain.name)
            return
        what = f"there is no function {facts.drain.name}, which works on the backlog batch by batch"
        yield failure(check, what, f"{AGAIN}: template.yml names it drain")
        return
    drain = _Named(facts.drain.name, told)
    yield from _one(drain)
    if drain.told.get("runtime") != refresh.told.get("runtime"):
        what = f"the runtime of {drain.name} is {drain.told.get('runtime')}, of {refresh.name} "
        yield failure(check, f"{what}{refresh.told.get('runtime')}", f"write the same for both and {AGAIN}")
    for name in sorted((drain.variables.keys() | refresh.variables.keys()) - OWN_TO_EACH):
        here, there = (each.variables.get(name) or "not set" for each in (drain, refresh))
        if here != there:
            what = f"{name} is {here} in the environment of {drain.name}, and {there} in that of {refresh.name}"
            yield failure(check, what, f"{AGAIN}, so that both have what template.yml and .env say")
    cap = facts.drain.cap
    if isinstance(cap, Problem) and cap.kind is not Kind.MISSING:
        yield unchecked(check, cap, f"the cap of {drain.name}")
    elif cap == 0:
        what = f"{drain.name} may have no instance: nothing that waits in the backlog is worked on"
        yield failure(check, what, f"write concurrencyConfig.reservedConcurrency: {DRAINS} and {AGAIN}")
    elif cap != DRAINS:
        most = f"may have {cap} instances" if isinstance(cap, int) else "has no cap of its instances"
        what = f"{drain.name} {most}: parallel batches spend the same quota twice"
        yield warning(check, what, f"write concurrencyConfig.reservedConcurrency: {DRAINS} and {AGAIN}")


def _state(each: _Named) -> Iterator[Finding]:
    for field, bad in (("state", "Failed"), ("lastUpdateStatus", "Failed")):
        if each.told.get(field) == bad:
            reason = each.told.get(f"{field}Reason") or "no reason is told"
            yield failure("function", f"{field} of {each.name} is {bad}: {reason}", AGAIN)


def _code(each: _Named) -> Iterator[Finding]:
    check, handler, runtime = "function", each.told.get("handler"), str(each.told.get("runtime"))
    if handler != HANDLER:
        yield failure(check, f"the handler of {each.name} is {handler}", f"write {HANDLER} and {AGAIN}")
    initializer = inner(each.told, "instanceLifecycleConfig", "initializer").get("handler")
    if initializer != INITIALIZER:
        shown = initializer or "missing"
        what = f"the initializer of {each.name} is {shown}: a wrong configuration shows with the first event only"
        yield warning(check, what, f"write {INITIALIZER} and {AGAIN}")
    if runtime not in RUNTIMES:
        yield failure(check, f"the runtime of {each.name} is {runtime}", f"write {' or '.join(RUNTIMES)} and {AGAIN}")
    timeout = each.told.get("timeout")
    what = f"the timeout of {each.name} is {timeout} s"
    if isinstance(timeout, int) and timeout > SYNCHRONOUS_AT_MOST:
        what = f"{what}, and the call of a queue trigger ends after {SYNCHRONOUS_AT_MOST}"
        yield failure(check, what, f"write at most {SYNCHRONOUS_AT_MOST} and {AGAIN}")
    elif isinstance(timeout, int) and timeout < SHORTEST:
        yield failure(check, f"{what}: too short for a large event or a slow CDN", f"write 120 and {AGAIN}")


def _variables(facts: Facts) -> Iterator[Finding]:
    check = "function"
    for name in (BACKLOG, DEAD_LETTERS):
        if not facts.variables.get(name):
            what = f"its environment names no {name}: what has to go there is lost, or retried for ever"
            yield failure(check, what, f"set it as in template.yml and {AGAIN}")
    for name in COMPARED:
        here, there = facts.told.environ.get(name), facts.variables.get(name)
        typing_error = name == "DELIVERY" and here not in (DIRECT, BATCHED)  # the check config says it
        if here and there and here != there and not typing_error:
            what = f"{name} is {there} in its environment, and {here} here"
            yield failure(check, what, f"set {name} to {there} here, or fix .env and {AGAIN}")
    here, there = facts.told.config, facts.variables.get("REFRESH_CONFIG") or "config.yml"
    elsewhere = here != there and ("oss://" in here + there or not here.endswith(f"/{there}"))
    if elsewhere and not isinstance(facts.config, Problem):
        what = f"it reads its configuration from {there}, and here it was read from {here}"
        yield warning(check, what, f"set REFRESH_CONFIG here to what it reads, or fix .env and {AGAIN}")


def _rate(each: _Named) -> Iterator[Finding]:
    if not re.fullmatch(r"[1-9]\d*", each.variables.get("CALLS_PER_SECOND") or ""):
        what = f"the environment of {each.name} sets no CALLS_PER_SECOND: nothing bounds the calls of an instance"
        yield warning("function", what, f"write '10' and {AGAIN}")


def _log_level(each: _Named) -> Iterator[Finding]:
    written = each.variables.get("LOG_LEVEL") or "INFO"
    if written not in LEVELS:
        what = f'LOG_LEVEL of {each.name} is "{written}", which is unknown: it logs as with INFO'
        yield warning("function", what, f"write {', '.join(LEVELS)}: REFRESH_LOG_LEVEL in .env, and {AGAIN}")


def _at_a_time(each: _Named) -> Iterator[Finding]:
    several = each.told.get("instanceConcurrency")
    if isinstance(several, int) and several > 1:
        what = f"an instance of {each.name} gets {several} events at a time, and the code works on one"
        yield failure("function", what, f"write instanceConcurrency: 1 and {AGAIN}")


def _network(each: _Named) -> Iterator[Finding]:
    if each.told.get("internetAccess") is False and not each.variables.get("CDN_ENDPOINT"):
        what = f"{each.name} has no access to the internet, where the CDN's API is"
        yield failure("function", what, "set internetAccess: true, or CDN_ENDPOINT to the one of your VPC")
    if not inner(each.told, "logConfig").get("logstore"):
        what = f"the logs of {each.name} go nowhere: nobody can see what it did"
        yield warning("function", what, f"name project and logstore in logConfig as template.yml does and {AGAIN}")


def _cap(facts: Facts) -> Iterator[Finding]:
    cap, name = facts.cap, facts.function_name
    if isinstance(cap, Problem) and cap.kind is not Kind.MISSING:
        yield unchecked("function", cap, f"the cap of {name}")
    elif cap == 0:
        what = f"{name} may have no instance: no event is worked on"
        yield failure("function", what, f"write concurrencyConfig.reservedConcurrency: 3 and {AGAIN}")
    elif not isinstance(cap, int):
        what = f"{name} has no cap of its instances: many at once exceed the calls that the CDN allows a second"
        yield warning("function", what, f"write concurrencyConfig.reservedConcurrency: 3 and {AGAIN}")
