"""Rules for each function: its code, its layer, its instances and its network.

Each finding is a fault with which a deployment succeeds and the function fails. Facts: Function Compute,
"CreateFunction", "Runtimes" (there is no python3.11), "Configure instance concurrency", "Configure layers" (a layer
belongs to the region of its function).
"""

import re
from collections.abc import Iterator

from oss_cdn_refresh.products import endpoint_variable, product
from oss_cdn_refresh_cli.deployment.expectations import (
    DRAINS,
    HANDLER,
    INITIALIZER,
    RUNTIMES,
    SHORTEST,
    SYNCHRONOUS_AT_MOST,
    USUAL_INSTANCES,
    USUAL_TIMEOUT,
)
from oss_cdn_refresh_cli.deployment.model import Deployment, Function
from oss_cdn_refresh_cli.deployment.rules.finding import Finding, Weight

LAYER = re.compile(r"acs:fc:([\w-]+):[\w-]+:layers/([\w-]+)/versions/(.*)")
VERSION = re.compile(r"[1-9]\d{0,9}", re.ASCII)
PUBLISH = "make deploy publishes it"


def functions(deployment: Deployment) -> Iterator[Finding]:
    """Faults of functions that can be deployed and cannot work, except their layers."""
    for function in deployment.functions:
        yield from _code(deployment, function)
        yield from _instances(deployment, function)
        yield from _time(function)
        yield from _network(deployment, function)


def layers(deployment: Deployment) -> Iterator[Finding]:
    """Each function has the layer that was published for it, or its packages in the code folder; all have the same."""
    for function in deployment.functions:
        place = f"{function.place}.layers"
        if not (function.layers or deployment.packed):
            what = "is missing, and the packages that the code imports are in the layer"
            yield Finding(place, what, f"name the layer, as the template of this project does: {PUBLISH}")
        for number, arn in enumerate(function.layers):
            yield from _layer(function, f"{place}[{number}]", arn)
        ours = deployment.function
        if function.layers != ours.layers:
            what = f'"{", ".join(function.layers)}" is not what {ours.resource} has'
            yield Finding(place, what, f"write {', '.join(ours.layers)}: {PUBLISH}")


def _code(deployment: Deployment, function: Function) -> Iterator[Finding]:
    initializer = "instanceLifecycleConfig.initializer.handler"  # without it, a wrong configuration is found later
    for key, written, wanted, weight in (
        ("handler", function.handler, HANDLER, Weight.FAULT),
        (initializer, function.initializer, INITIALIZER, Weight.WEAKNESS),
    ):
        if written != wanted:
            what = f'"{written}" is nothing that the code has' if written else "is missing"
            yield Finding(f"{function.place}.{key}", what, f"write {wanted}", weight)
    if function.runtime not in RUNTIMES:
        what = f'"{function.runtime}" is a runtime for which no layer is built'
        yield Finding(f"{function.place}.runtime", what, f"write {' or '.join(RUNTIMES)}, then make deploy")
    ours = deployment.function
    for key, written, wanted in (  # the layer is built for the first function
        ("code", function.code.name, ours.code.name),
        ("runtime", function.runtime, ours.runtime),
    ):
        if written != wanted:
            what = f'"{written}" is not what {ours.resource} has'
            yield Finding(f"{function.place}.{key}", what, f"write {wanted}, the same for both")


def _layer(function: Function, place: str, arn: str) -> Iterator[Finding]:
    found = LAYER.fullmatch(arn)
    if found is None:
        yield Finding(place, f'"{arn}" names no layer', "write acs:fc:REGION:ACCOUNT:layers/NAME/versions/NUMBER")
        return
    region, _, version = found.groups()
    if function.region and region != function.region:
        what = f'"{arn}" is in {region}, and the function in {function.region}'
        yield Finding(place, what, f"write {function.region}")
    if not VERSION.fullmatch(version):
        remedy = "take REFRESH_LAYER_VERSION out of .env and of the environment: make deploy writes it"
        yield Finding(place, f'"{version}" is no version of a layer', remedy)


def _instances(deployment: Deployment, function: Function) -> Iterator[Finding]:
    """The function that reads the backlog has one instance, so that it works on one batch at a time."""
    place, cap = f"{function.place}.concurrencyConfig.reservedConcurrency", function.instances
    drains = deployment.drains(function)
    if cap is not None and cap < 1:
        usual = DRAINS if drains else USUAL_INSTANCES
        remedy = f"write at least 1; the template of this project has reservedConcurrency: {usual}"
        yield Finding(place, f"is {cap}, so no event is worked on", remedy)
    elif drains and cap != DRAINS:
        what = "is missing" if cap is None else f"is {cap}"
        what = f"{what}: where the stream ignores maximumTasks, parallel batches spend the same quota twice"
        yield Finding(place, what, f"write reservedConcurrency: {DRAINS}", Weight.WEAKNESS)
    if function.events_at_a_time != 1:
        what = f"is {function.events_at_a_time}, and the code works on one event at a time"
        yield Finding(f"{function.place}.instanceConcurrency", what, "take it out, or write instanceConcurrency: 1")


def _time(function: Function) -> Iterator[Finding]:
    place, seconds = f"{function.place}.timeout", function.timeout
    if seconds < SHORTEST:
        what = f"is {seconds} s: too short for a large event or a slow CDN"
        yield Finding(place, what, f"write at least {SHORTEST}; the template of this project has {USUAL_TIMEOUT}")
    elif function.queue_triggers and seconds > SYNCHRONOUS_AT_MOST:
        what = f"is {seconds} s, but the call of an event stream ends after {SYNCHRONOUS_AT_MOST}"
        yield Finding(place, what, f"write at most {SYNCHRONOUS_AT_MOST}")


def _network(deployment: Deployment, function: Function) -> Iterator[Finding]:
    if function.internet:
        return
    for name in deployment.products:
        if not function.environment.get(endpoint_variable(name)):
            what = f"is false, and the API of {product(name).TITLE} is in the internet"
            remedy = f"write true for internetAccess, or set {endpoint_variable(name)} to the endpoint in your VPC"
            yield Finding(f"{function.place}.internetAccess", what, remedy)
