"""Checks both deployed functions, their layer, and the destination of their failed events.

Facts: Function Compute 3.0, GetFunction, GetLayerVersion; what each function has to be, the rules of a deployment say.
"""

from collections.abc import Iterator

from oss_cdn_refresh.settings.environment import BATCHED, DIRECT
from oss_cdn_refresh_cli.deployment.expectations import RUNTIMES
from oss_cdn_refresh_cli.deployment.model import BACKLOG, DEAD_LETTERS, Function
from oss_cdn_refresh_cli.deployment.rules import functions, proof, queues, settings
from oss_cdn_refresh_cli.doctor.facts import Facts
from oss_cdn_refresh_cli.doctor.findings import AGAIN, Finding, failure, judged, ok, unchecked, warning
from oss_cdn_refresh_cli.doctor.problems import Kind, Problem
from oss_cdn_refresh_cli.doctor.seen import Seen

COMPARED = (BACKLOG, DEAD_LETTERS, "DELIVERY")
CAP, ASYNCHRONOUS = ".concurrencyConfig", ".asyncInvokeConfig"  # parts of a function that are asked for by themselves


def function(facts: Facts) -> list[Finding]:
    """Both functions: they exist, run this code, have enough time, and the same settings as the command."""
    check, deployment, refresh, drain = "function", facts.deployment, facts.refresh, facts.drain
    if isinstance(deployment, Problem):
        if not refresh.missing:
            return [unchecked(check, deployment)]
        remedy = "deploy it, or give the name of the deployed function with --function-name"
        return [failure(check, f"there is no function {refresh.name}", remedy)]
    rules = (functions.functions, settings.environment, proof.limits)
    found = judged(check, (each for rule in rules for each in rule(deployment)), AGAIN, facts.unread)
    for seen in (refresh, drain):
        found += [*_state(seen), *(finding for each in seen.functions for finding in _log(each))]
    found += _variables(facts, deployment.function)
    if drain.missing:
        what = f"there is no function {drain.name}, which works on the backlog batch by batch"
        found.append(failure(check, what, f"{AGAIN}: template.yml names it drain"))
    elif isinstance(drain.function, Problem):
        found.append(unchecked(check, drain.function, drain.name))
    found += _unread(check, facts, CAP, "the cap of ")
    return found or [ok(check, f"{each.name}: {each.runtime}, {each.timeout} s") for each in deployment.functions]


def layer(facts: Facts) -> list[Finding]:
    """The layer with the packages that the function imports."""
    check, remedy, deployment = "layer", "publish it and deploy again: make deploy", facts.deployment
    if isinstance(deployment, Problem):
        return [unchecked(check, deployment)]
    found = judged(check, functions.layers(deployment))
    runtime = deployment.function.runtime
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
    if isinstance(facts.deployment, Problem):
        return [unchecked(check, facts.deployment)]
    found = judged(check, queues.asynchronous(facts.deployment), AGAIN, facts.unread)
    found += _unread(check, facts, ASYNCHRONOUS)
    return found or [ok(check, facts.queue_names[DEAD_LETTERS] or "a queue")]


def _unread(check: str, facts: Facts, part: str, what: str = "") -> Iterator[Finding]:
    """A part of a function that was not told."""
    for place, problem in facts.unread.items():
        if place.endswith(part):
            yield unchecked(check, problem, what + place.removesuffix(part))


def _state(seen: Seen) -> Iterator[Finding]:
    for field, bad in (("state", "Failed"), ("lastUpdateStatus", "Failed")):
        if seen.told.get(field) == bad:
            reason = seen.told.get(f"{field}Reason") or "no reason is told"
            yield failure("function", f"{field} of {seen.name} is {bad}: {reason}", AGAIN)


def _log(each: Function) -> Iterator[Finding]:
    if not each.logstore:
        what = f"the logs of {each.name} go nowhere: nobody can see what it did"
        yield warning("function", what, f"name project and logstore in logConfig as template.yml does and {AGAIN}")


def _variables(facts: Facts, refresh: Function) -> Iterator[Finding]:
    """The environment of the function that OSS calls, compared with the settings of the command."""
    check = "function"
    for name in (BACKLOG, DEAD_LETTERS):
        if not refresh.environment.get(name):
            what = f"its environment names no {name}: what has to go there is lost, or retried for ever"
            yield failure(check, what, f"set it as in template.yml and {AGAIN}")
    for name in COMPARED:
        here, there = facts.told.environ.get(name), refresh.environment.get(name)
        typing_error = name == "DELIVERY" and here not in (DIRECT, BATCHED)  # the check config says it
        if here and there and here != there and not typing_error:
            what = f"{name} is {there} in its environment, and {here} here"
            yield failure(check, what, f"set {name} to {there} here, or fix .env and {AGAIN}")
    here, there = facts.told.config, refresh.environment.get("REFRESH_CONFIG") or "config.yml"
    elsewhere = here != there and ("oss://" in here + there or not here.endswith(f"/{there}"))
    if elsewhere and not isinstance(facts.config, Problem):
        what = f"it reads its configuration from {there}, and here it was read from {here}"
        yield warning(check, what, f"set REFRESH_CONFIG here to what it reads, or fix .env and {AGAIN}")
