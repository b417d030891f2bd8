"""The stack before the function: deployed alone, and waited for until it tells the ARN of the function's role.

The function's `role` is `${resources.infra.output.RoleArn}`; without that output `s` ends with "… not found", and names
neither the stack nor what became of it (s 3.1.10 with a stand-in for the component).

Facts: devsapp/ros, src/impl/ros.ts. The component for edition 3.0.0 waits for the stack, fails unless it ends complete,
takes an unchanged stack for deployed ("Update the completely same stack") and returns the outputs each time: one look
is enough. The one before it (0.0.3, edition 1.0.0) read the outputs right after CreateStack. No version is pinned, and
none of this could be tried without an account: hence the further looks. Each is `s … deploy` again, the one command
that every version has.
"""

# ruff: noqa: T201, S603 - a command speaks to people; what it runs is listed here, with its user's own arguments

import re
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from infra.template import Stack

ROLE = re.compile(r"RoleArn\b.*\bacs:ram::\d+:role/\S")  # within a line; `s` sets its keys in bold, to a pipe as well
CONSOLE = "https://ros.console.aliyun.com/{region}/stacks"  # as the component prints it


class StackFailed(Exception):
    """The stack is not there; the message says where to look and what to do."""


class Wait(NamedTuple):
    """How often to look whether the stack is ready, and how long to wait in between."""

    looks: int = 24
    pause: float = 5.0  # s
    sleep: Callable[[float], None] = time.sleep


def deploy_stack(
    s: str, file: Path, stack: Stack, arguments: Sequence[str], environ: Mapping[str, str], wait: Wait
) -> None:
    """Deploy the stack of a template and nothing else; return once it has told its role.

    :raises StackFailed: where `s` fails, or tells no role in any of the looks.
    """
    command = [s, stack.resource, "deploy", "-t", str(file), *arguments]
    events = f"the events of the stack {stack.name}, {CONSOLE.format(region=stack.region)}"
    for look in range(wait.looks):
        if look:
            print(f"The stack {stack.name} has told no RoleArn yet; looking again in {wait.pause:g} s", flush=True)
            wait.sleep(wait.pause)
        succeeded, said = _run(command, environ)
        if not succeeded:
            raise StackFailed(
                f"s {stack.resource} deploy failed: mend what it said (more: {events}); then: make deploy"
            )
        if ROLE.search(said):
            return
    raise StackFailed(
        f"the stack {stack.name} told no RoleArn in {wait.looks} looks, {wait.pause:g} s apart: see {events}. "
        "Where it is still being made, wait; where it failed or was rolled back, mend what its last event says, "
        "and delete it there if it never was complete. Then: make deploy"
    )


def _run(command: Sequence[str], environ: Mapping[str, str]) -> tuple[bool, str]:
    """Whether a command succeeded, and what it said, which is shown as it comes: a stack takes about half a minute."""
    lines: list[str] = []
    with subprocess.Popen(
        command, env=dict(environ), stdout=subprocess.PIPE, text=True, encoding="utf-8", errors="replace"
    ) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            lines.append(line)
    return process.returncode == 0, "".join(lines)
