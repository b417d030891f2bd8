"""The start of the operators' command: its help, and what a shell completes, against a bare `import click, rich`.

Each is a process of its own. A person waits for it after each Tab, so no service's client is imported for it.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench.shared.pairs import Result, in_turn

ROOT = Path(__file__).parents[1]
RUNS = 15
LIMIT = 2.5
IMPORTS = "import click, rich"
COMMAND = "import sys; sys.argv[0] = 'oss-cdn-refresh'; from oss_cdn_refresh_cli.cli import main; main()"
COMPLETED = {"command": "oss-cdn-refresh qu", "option": "oss-cdn-refresh quota --w"}


def results() -> Iterator[Result]:
    """The ratios of the help and of two completions."""
    words = {
        name: {"_OSS_CDN_REFRESH_COMPLETE": "bash_complete", "COMP_WORDS": line} for name, line in COMPLETED.items()
    }
    bare, shown, command, option = in_turn(
        RUNS,
        lambda: _seconds(IMPORTS),
        lambda: _seconds(COMMAND, "--help"),
        lambda: _seconds(COMMAND, COMP_CWORD="1", **words["command"]),
        lambda: _seconds(COMMAND, COMP_CWORD="2", **words["option"]),
    )
    for name, ours in (("help", shown), ("completed-command", command), ("completed-option", option)):
        yield Result(f"{name}/click-rich", ours / bare, LIMIT, f"{1e3 * ours:.0f} ms against {1e3 * bare:.0f} ms")


def _seconds(code: str, *words: str, **more: str) -> float:
    """How long a process takes."""
    path = os.pathsep.join((str(ROOT / "functions"), str(ROOT)))
    began = time.monotonic()
    subprocess.run(  # noqa: S603 - our own code, on purpose in a process of its own
        [sys.executable, "-c", code, *words],
        env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": path, **more},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return time.monotonic() - began
