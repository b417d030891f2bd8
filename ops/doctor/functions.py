"""The function as it is deployed, its layer, and where its failed events go.

Facts: Function Compute 3.0, GetFunction, GetLayerVersion, "Asynchronous invocation"; what it should be stands in
`template.yml`.
"""

import re
from collections.abc import Iterator
from typing import Any

from ops.doctor.facts import BACKLOG, DEAD_LETTERS, Facts
from ops.doctor.findings import Finding, failure, ok, unchecked, warning
from ops.doctor.problems import Kind, Problem
from ops.doctor.services import Json
from ops.doctor.watched import inner, queue_of
from ops.expectations import HANDLER, INITIALIZER, KEPT_AT_MOST, SYNCHRONOUS_AT_MOST
from oss_cdn_refresh.environment import BATCHED, DIRECT

RUNTIMES = ("python3.10", "python3.12")
SHORTEST = 30  # s; a call waits up to 10 s for the CDN, and queues take their time
COMPARED = ("BACKLOG_QUEUE", "DEAD_LETTER_QUEUE", "DELIVERY")
AGAIN = "deploy again"


def function(facts: Facts) -> list[Finding]:
    """The function: there, of this code, with time enough and the settings that were given."""
    check = "function"
    if isinstance(facts.function, Problem):
        if facts.function.kind is not Kind.MISSING:
            return [unchecked(check, facts.function)]
        remedy = "deploy it, or give the name of the deployed function with --function-name"
        return [failure(check, f"there is no function {facts.function_name}", remedy)]
    told = facts.function
    found = [*_state(told), *_code(told), *_variables(facts), *_network(told, facts), *_cap(facts)]
    return found or [ok(check, f"{facts.function_name}: {told.get('runtime')}, {told.get('timeout')} s")]


def layer(facts: Facts) -> list[Finding]:
    """The layer with the packages that the function imports."""
    check, remedy = "layer", "publish it and deploy again: make deploy"
    if isinstance(facts.function, Problem):
        return [unchecked(check, facts.function)]
    if not facts.layers:
        return [failure(check, f"{facts.function_name} has no layer, and so no msgspec", remedy)]
    found: list[Finding] = []
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
    """Where Function Compute puts events that failed for good: the dead-letter queue, and nothing is too old before."""
    check, told = "failure_destination", facts.asynchronous
    if isinstance(told, Problem):
        if told.kind is not Kind.MISSING or isinstance(facts.function, Problem):
            return [unchecked(check, told)]
        what = "there is no asynchronous configuration: events that fail three times vanish"
        return [failure(check, what, f"write asyncInvokeConfig as in template.yml and {AGAIN}")]
    found: list[Finding] = []
    destination = str(inner(told, "destinationConfig", "onFailure").get("destination") or "")
    wanted = facts.queue_names[DEAD_LETTERS]
    if not destination:
        what = "there is none: events that fail for good vanish"
        found.append(failure(check, what, f"write destinationConfig.onFailure as in template.yml and {AGAIN}"))
    elif wanted and queue_of(destination) != wanted:
        what = f"it is {destination}, and not the dead-letter queue {wanted}"
        found.append(failure(check, what, f"name {wanted} in onFailure and {AGAIN}"))
    age = told.get("maxAsyncEventAgeInSeconds")
    if age != KEPT_AT_MOST:
        what = f"maxAsyncEventAgeInSeconds is {age}: older events vanish without a trace"
        found.append(warning(check, what, f"write {KEPT_AT_MOST} and {AGAIN}"))
    if told.get("maxAsyncRetryAttempts") == 0:
        what = "maxAsyncRetryAttempts is 0: an event whose instance crashed is not tried again"
        found.append(warning(check, what, f"write 3 and {AGAIN}"))
    return found or [ok(check, wanted or destination)]


def _state(told: Json) -> Iterator[Finding]:
    for field, bad in (("state", "Failed"), ("lastUpdateStatus", "Failed")):
        if told.get(field) == bad:
            reason = told.get(f"{field}Reason") or "no reason is told"
            yield failure("function", f"{field} is {bad}: {reason}", AGAIN)


def _code(told: Json) -> Iterator[Finding]:
    check, handler, runtime = "function", told.get("handler"), str(told.get("runtime"))
    if handler != HANDLER:
        yield failure(check, f"its handler is {handler}", f"write {HANDLER} and {AGAIN}")
    initializer = inner(told, "instanceLifecycleConfig", "initializer").get("handler")
    if initializer != INITIALIZER:
        what = f"its initializer is {initializer or 'missing'}: a wrong configuration shows with the first event only"
        yield warning(check, what, f"write {INITIALIZER} and {AGAIN}")
    if runtime not in RUNTIMES:
        yield failure(check, f"its runtime is {runtime}", f"write {' or '.join(RUNTIMES)} and {AGAIN}")
    timeout = told.get("timeout")
    if isinstance(timeout, int) and timeout > SYNCHRONOUS_AT_MOST:
        what = f"its timeout is {timeout} s, and the call of a queue trigger ends after {SYNCHRONOUS_AT_MOST}"
        yield failure(check, what, f"write at most {SYNCHRONOUS_AT_MOST} and {AGAIN}")
    elif isinstance(timeout, int) and timeout < SHORTEST:
        what = f"its timeout is {timeout} s: too short for a large event or a slow CDN"
        yield failure(check, what, f"write 120 and {AGAIN}")


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
            yield failure(check, what, f"set {name} to {there} here, or mend .env and {AGAIN}")
    here, there = facts.told.config, facts.variables.get("REFRESH_CONFIG") or "config.yml"
    elsewhere = here != there and ("oss://" in here + there or not here.endswith(f"/{there}"))
    if elsewhere and not isinstance(facts.config, Problem):
        what = f"it reads its configuration from {there}, and here it was read from {here}"
        yield warning(check, what, f"set REFRESH_CONFIG here to what it reads, or mend .env and {AGAIN}")
    if not re.fullmatch(r"[1-9]\d*", facts.variables.get("CALLS_PER_SECOND") or ""):
        what = "its environment sets no CALLS_PER_SECOND: nothing bounds the calls of an instance"
        yield warning(check, what, f"write '10' and {AGAIN}")


def _network(told: Json, facts: Facts) -> Iterator[Finding]:
    if told.get("internetAccess") is False and not facts.variables.get("CDN_ENDPOINT"):
        what = "it has no access to the internet, where the CDN's API is"
        yield failure("function", what, "set internetAccess: true, or CDN_ENDPOINT to the one of your VPC")
    if not inner(told, "logConfig").get("logstore"):
        what = "its logs go nowhere: nobody can see what it did"
        yield warning("function", what, f"name project and logstore in logConfig as template.yml does and {AGAIN}")


def _cap(facts: Facts) -> Iterator[Finding]:
    cap: Any = facts.cap
    if isinstance(cap, Problem) and cap.kind is not Kind.MISSING:
        yield unchecked("function", cap, "the cap of its instances")
    elif not isinstance(cap, int):
        what = "nothing caps its instances: many at once exceed the calls that the CDN allows a second"
        yield warning("function", what, f"write concurrencyConfig.reservedConcurrency: 4 and {AGAIN}")
