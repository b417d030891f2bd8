"""Checks both deployed functions, their layer, and the destination of their failed events.

Facts: Function Compute 3.0, GetFunction, GetLayerVersion; the rules of a deployment define each function.
"""

from collections.abc import Iterator

from oss_cdn_refresh.settings.environment import BATCHED, DIRECT
from oss_cdn_refresh_cli.deployment.expectations import RUNTIMES
from oss_cdn_refresh_cli.deployment.model import BACKLOG, DEAD_LETTERS, Function
from oss_cdn_refresh_cli.deployment.rules import functions, proof, queues, settings
from oss_cdn_refresh_cli.doctor.facts import Facts
from oss_cdn_refresh_cli.doctor.findings import AGAIN, Finding, Findings, failure, judged, known, unchecked, warning
from oss_cdn_refresh_cli.doctor.problems import Kind, Problem
from oss_cdn_refresh_cli.doctor.seen import Seen

COMPARED = (BACKLOG, DEAD_LETTERS, "DELIVERY")
CAP, ASYNCHRONOUS = ".concurrencyConfig", ".asyncInvokeConfig"  # parts of a function with their own questions


def function(facts: Facts) -> Findings:
    """Both functions exist, run this code, have enough time, and have the same settings as the command."""
    refresh, drain = facts.refresh, facts.drain
    if refresh.missing:
        remedy = "deploy it, or give the name of the deployed function with --function-name"
        yield failure(f"there is no function {refresh.name}", remedy)
        return ""
    deployment = known(facts.deployment)
    rules = (functions.functions, settings.environment, settings.preload, proof.limits)
    yield from judged((each for rule in rules for each in rule(deployment)), AGAIN, facts.unread)
    for seen in (refresh, drain):
        yield from _state(seen)
    for each in deployment.functions:
        if not each.logstore:
            what = f"the logs of {each.name} go nowhere: its work leaves no trace"
            yield warning(what, f"name project and logstore in logConfig as template.yml does and {AGAIN}")
    yield from _variables(facts, deployment.function)
    if drain.missing:
        what = f"there is no function {drain.name}, which works on the backlog batch by batch"
        yield failure(what, f"{AGAIN}: template.yml names it drain")
    elif isinstance(drain.function, Problem):
        yield unchecked(drain.function, drain.name)
    yield from _unread(facts, CAP, "the cap of ")
    return [f"{each.name}: {each.runtime}, {each.timeout} s" for each in deployment.functions]


def layer(facts: Facts) -> Findings:
    """The layer with the packages that the function imports."""
    remedy, deployment = "publish it and deploy again: make deploy", known(facts.deployment)
    yield from judged(functions.layers(deployment))
    runtime = deployment.function.runtime
    for arn, answer in facts.layers.items():
        if not isinstance(answer, Problem):
            runtimes = answer.get("compatibleRuntime") or [runtime]
            if runtime in RUNTIMES and runtime not in runtimes:
                yield failure(f"{arn} is for {', '.join(runtimes)}, the function is {runtime}", remedy)
        elif answer.kind is Kind.MISSING:
            yield failure(f"{arn} does not exist", remedy)
        else:
            yield unchecked(answer, arn)
    named = ", ".join(arn.partition("layers/")[2] or arn for arn in facts.layers)
    return named or "none: functions/ holds the packages"


def failure_destination(facts: Facts) -> Findings:
    """Events that fail after all retries go to the dead-letter queue, and no event is dropped for its age."""
    yield from judged(queues.asynchronous(known(facts.deployment)), AGAIN, facts.unread)
    yield from _unread(facts, ASYNCHRONOUS)
    return facts.queue_names[DEAD_LETTERS] or "a queue"


def _unread(facts: Facts, part: str, what: str = "") -> Iterator[Finding]:
    """Report an unknown part of a function."""
    for place, problem in facts.unread.items():
        if place.endswith(part):
            yield unchecked(problem, what + place.removesuffix(part))


def _state(seen: Seen) -> Iterator[Finding]:
    for field, bad in (("state", "Failed"), ("lastUpdateStatus", "Failed")):
        if seen.answer.get(field) == bad:
            reason = seen.answer.get(f"{field}Reason") or "no reason is given"
            yield failure(f"{field} of {seen.name} is {bad}: {reason}", AGAIN)


def _variables(facts: Facts, refresh: Function) -> Iterator[Finding]:
    """The environment of the function that OSS calls, compared with the settings of the command."""
    for name in (BACKLOG, DEAD_LETTERS):
        if not refresh.environment.get(name):
            what = f"its environment names no {name}: messages for it are lost, or retried for ever"
            yield failure(what, f"set it as in template.yml and {AGAIN}")
    for name in COMPARED:
        here, there = facts.settings.environ.get(name), refresh.environment.get(name)
        typing_error = name == "DELIVERY" and here not in (DIRECT, BATCHED)  # the check config reports it
        if here and there and here != there and not typing_error:
            what = f"{name} is {there} in its environment, and {here} here"
            yield failure(what, f"set {name} to {there} here, or fix .env and {AGAIN}")
    here, there = facts.settings.config, refresh.environment.get("REFRESH_CONFIG") or "config.yml"
    elsewhere = here != there and ("oss://" in here + there or not here.endswith(f"/{there}"))
    if elsewhere and not isinstance(facts.config, Problem):
        what = f"it reads its configuration from {there}, and here it was read from {here}"
        yield warning(what, f"set REFRESH_CONFIG here to that path, or fix .env and {AGAIN}")
