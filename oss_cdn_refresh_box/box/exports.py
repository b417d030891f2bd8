"""The output of a box: lines for a shell, or one JSON document."""

import os
import shlex
from collections.abc import Mapping
from typing import Any

from oss_cdn_refresh_box.box.opened import Box

PID = "BOX_PID"


def variables(box: Box) -> dict[str, str]:
    """The variables for a shell."""
    return {**box.environment, PID: str(os.getpid())}


def exports(values: Mapping[str, str]) -> str:
    """Lines that a POSIX shell reads."""
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in values.items())


def document(box: Box) -> dict[str, Any]:
    """The JSON document."""
    return {
        "environment": variables(box),
        "edge": box.edge_address,
        "pid": os.getpid(),
        "buckets": box.buckets,
        "domains": box.domains,
        "esa_sites": box.esa_sites,
        "functions": [function.name for function in box.cloud.deployment.template.functions],
    }
