"""Rules for the runtime: the layer is built for one, the template's, and only for those that the functions run on.

Facts: Function Compute, "Runtimes" (there is no python3.11); `layers.build`.
"""

from collections.abc import Iterator

from infra.reading.deployment import Deployment
from infra.rules.findings import Finding
from layers.build import RUNTIMES


def findings(deployment: Deployment) -> Iterator[Finding]:
    """A runtime for which no layer is built, and functions of one layer with different ones."""
    ours = deployment.function.runtime
    for function in deployment.functions:
        place = f"{function.resource}.props.runtime"
        if function.runtime not in RUNTIMES:
            what = f'"{function.runtime}" is a runtime for which no layer is built'
            yield Finding(deployment.file, place, what, f"write {' or '.join(RUNTIMES)}, then make deploy")
        elif function.runtime != ours:
            what = f'"{function.runtime}" is not the runtime of refresh, for which the layer is built'
            yield Finding(deployment.file, place, what, f"write {ours}")
