"""Starts `oss-cdn-refresh box` as a process of its own, with the machine's clock."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[2]
PATHS = os.pathsep.join((str(ROOT / "functions"), str(ROOT)))
ENVIRON = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "PYTHONPATH": PATHS, "LC_ALL": "C.UTF-8"}
COMMAND = (sys.executable, "-m", "oss_cdn_refresh_cli", "box")
DOMAINS = ("--domain", "www.example.com", "--domain", "dcdn:img.example.com", "--domain", "esa:www.example.org")
SECONDS = 30  # longer than anything here takes on a busy machine


class Started(NamedTuple):
    """A running box, and its JSON document."""

    process: "subprocess.Popen[str]"
    document: dict[str, Any]

    @property
    def environ(self) -> dict[str, str]:
        """The variables of a client of the box."""
        return {**ENVIRON, **self.document["environment"]}


def start(
    *words: str, cwd: Path | None = None, environ: Mapping[str, str] | None = None, **streams: Any
) -> "subprocess.Popen[str]":
    """Start the command, perhaps with further variables; its output is a pipe."""
    return subprocess.Popen(  # noqa: S603 - our own command
        (*COMMAND, *words),
        env={**ENVIRON, **(environ or {})},
        cwd=cwd,
        text=True,
        **{"stdout": subprocess.PIPE, **streams},
    )


@contextmanager
def started(*words: str, cwd: Path | None = None, **streams: Any) -> Iterator[Started]:
    """A running box, which is ended with SIGTERM."""
    with start("--json", "--quiet", *words, cwd=cwd, **streams) as process:
        try:
            assert process.stdout
            yield Started(process, json.loads(process.stdout.readline()))
        finally:
            process.terminate()
            try:
                process.wait(SECONDS)
            finally:
                process.kill()
