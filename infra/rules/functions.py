"""Rules for each function: the code that it runs, its layer, its instances and its way to the CDN.

Each of them is a deployment that succeeds and a function that fails. Facts: Function Compute, "CreateFunction",
"Configure instance concurrency", "Configure layers" (a layer is of the function's region).
"""

import re
from collections.abc import Iterator

from infra.reading.deployment import Deployment
from infra.reading.template import Function
from infra.rules.findings import Finding
from oss_cdn_refresh_cli.deployment.expectations import HANDLER, INITIALIZER, SHORTEST

CODE = "functions"  # the code root, literally; the command finds the application by it
LAYER = re.compile(r"acs:fc:([\w-]+):\d+:layers/([\w-]+)/versions/(.*)")
VERSION = re.compile(r"[1-9]\d{0,9}", re.ASCII)


def findings(deployment: Deployment) -> Iterator[Finding]:
    """What would be deployed and could not work."""
    for function in deployment.functions:
        yield from _code(deployment, function)
        yield from _layers(deployment, function)
        yield from _instances(deployment, function)
        yield from _time(deployment, function)
        yield from _network(deployment, function)


def _code(deployment: Deployment, function: Function) -> Iterator[Finding]:
    for key, written, wanted in (
        ("handler", function.handler, HANDLER),
        ("instanceLifecycleConfig.initializer.handler", function.initializer, INITIALIZER),
    ):
        if written != wanted:
            what = f'"{written}" is nothing that the code has' if written else "is missing"
            yield Finding(deployment.file, f"{function.resource}.props.{key}", what, f"write {wanted}")


def _layers(deployment: Deployment, function: Function) -> Iterator[Finding]:
    place = f"{function.resource}.props.layers"
    if not function.layers:
        what = "is missing, and the packages that the code imports are in the layer"
        yield Finding(deployment.file, place, what, "name the layer, as the template of this project does")
    for number, arn in enumerate(function.layers):
        found = LAYER.fullmatch(arn)
        if found is None:
            remedy = "write acs:fc:REGION:ACCOUNT:layers/NAME/versions/NUMBER"
            yield Finding(deployment.file, f"{place}[{number}]", f'"{arn}" names no layer', remedy)
            continue
        region, _, version = found.groups()
        if region != function.region:
            what = f'"{arn}" is in {region}, and the function in {function.region}'
            yield Finding(deployment.file, f"{place}[{number}]", what, f"write {function.region}")
        if not VERSION.fullmatch(version):
            what = f'"{version}" is no version of a layer'
            remedy = "take REFRESH_LAYER_VERSION out of .env and of the environment: make deploy writes it"
            yield Finding(deployment.file, f"{place}[{number}]", what, remedy)


def _instances(deployment: Deployment, function: Function) -> Iterator[Finding]:
    if function.instances is not None and function.instances < 1:
        place = f"{function.resource}.props.concurrencyConfig.reservedConcurrency"
        yield Finding(deployment.file, place, f"is {function.instances}, so no event is worked on", "write at least 1")
    if function.events_at_a_time != 1:
        place = f"{function.resource}.props.instanceConcurrency"
        what = f"is {function.events_at_a_time}, and the code works on one event at a time"
        yield Finding(deployment.file, place, what, "take it out, or write 1")


def _time(deployment: Deployment, function: Function) -> Iterator[Finding]:
    if function.timeout < SHORTEST:
        what = f"is {function.timeout} s: too short for a large event or a slow CDN"
        yield Finding(deployment.file, f"{function.resource}.props.timeout", what, f"write at least {SHORTEST}")


def _network(deployment: Deployment, function: Function) -> Iterator[Finding]:
    if not function.internet and not function.environment.get("CDN_ENDPOINT"):
        what = "is false, and the CDN's API is in the internet"
        remedy = "write true, or set CDN_ENDPOINT to the one of your VPC"
        yield Finding(deployment.file, f"{function.resource}.props.internetAccess", what, remedy)
