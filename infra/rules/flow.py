"""Rules for `flow.deploy`, which says what `s deploy` deploys and in which order: a resource beyond it is left out.

Facts: Serverless Devs, "YAML specification", edition 3.0.0, `flow`.
"""

from collections.abc import Iterator

from infra.reading.deployment import Deployment
from infra.rules.findings import Finding

PLACE = "flow.deploy"


def findings(deployment: Deployment) -> Iterator[Finding]:
    """Resources that would not be deployed, and functions that would be deployed before what they name."""
    order = deployment.template.order
    stacks = [stack.resource for stack in deployment.template.stacks]
    functions = [function.resource for function in deployment.functions]
    if not order:
        what = "is missing, so a function can be deployed before its role and its queues are there"
        lines = ", ".join(f"- [{name}]" for name in (*stacks, *functions))
        yield Finding(deployment.file, PLACE, what, f"write {lines}")
        return
    for name in (*stacks, *functions):
        if name not in order:
            yield Finding(deployment.file, PLACE, f"{name} is missing: it would not be deployed", f"add - [{name}]")
    for function in functions:
        for stack in stacks:
            if {function, stack} <= set(order) and order.index(function) < order.index(stack):
                what = f"{function} comes before {stack}, which makes what it names"
                yield Finding(deployment.file, PLACE, what, f"write {stack} first")
