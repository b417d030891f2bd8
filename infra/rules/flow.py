"""Rules for `flow.deploy`, which says what `s deploy` deploys and in which order: a resource beyond it is left out.

Facts: Serverless Devs, "YAML specification", edition 3.0.0, `flow`.
"""

from collections.abc import Iterator

from infra.deployment import Written
from oss_cdn_refresh_cli.deployment.rules.finding import Finding

PLACE = "flow.deploy"


def findings(written: Written) -> Iterator[Finding]:
    """Resources that would not be deployed, and functions that would be deployed before what they name."""
    order = written.template.order
    stacks = [stack.resource for stack in written.template.stacks]
    functions = [function.resource for function in written.template.functions]
    if not order:
        what = "is missing, so a function can be deployed before its role and its queues are there"
        lines = ", ".join(f"- [{name}]" for name in (*stacks, *functions))
        yield Finding(PLACE, what, f"write {lines}")
        return
    for name in (*stacks, *functions):
        if name not in order:
            yield Finding(PLACE, f"{name} is missing: it would not be deployed", f"add - [{name}]")
    for function in functions:
        for stack in stacks:
            if {function, stack} <= set(order) and order.index(function) < order.index(stack):
                what = f"{function} comes before {stack}, which makes its role and its queues"
                yield Finding(PLACE, what, f"write {stack} first")
