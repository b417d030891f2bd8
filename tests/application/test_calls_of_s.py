"""How the tests call the real `s`, with a stand-in for it."""

import time
from pathlib import Path

from real_s import S

PROGRAM = """#!/bin/sh
[ "$1" = config ] && exit 0
echo said; sleep 600 & echo $! > child
[ -p /dev/stdout ] && echo pipe > kind
wait
"""


def test_a_call_that_takes_too_long_ends_with_all_that_it_started(tmp_path: Path) -> None:
    program = tmp_path / "s"
    program.write_text(PROGRAM, encoding="utf-8")
    program.chmod(0o755)
    done = S(program, tmp_path, "123", at_most=0.5).run(tmp_path, "verify")
    assert (done.returncode, done.stdout, done.stderr) == (124, "said\n", "no answer within 0.5 s")
    assert ended(int((tmp_path / "child").read_text(encoding="utf-8")))
    assert not (tmp_path / "kind").exists()  # a pipe, which could lose its reader


def ended(pid: int) -> bool:
    """Whether a process ends soon: after its signal, the system needs a moment."""
    end = time.monotonic() + 10
    while alive := _runs(pid):
        if time.monotonic() > end:
            break
        time.sleep(0.01)
    return not alive


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
