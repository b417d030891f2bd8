"""`s` has a reader to its end, whatever becomes of this process's output: it never ends without one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra import serverless

ROOT = Path(__file__).parents[2]
SECONDS = 30
# Stands in for `s`: it says much on both streams, and notes whether each word had a reader.
S = """
import pathlib, signal, sys
signal.signal(signal.SIGPIPE, signal.SIG_IGN)
try:
    for _ in range(100):
        for stream in (sys.stdout, sys.stderr):
            stream.write("x" * 10_000)
            stream.flush()
except BrokenPipeError:
    noted = "no reader"
else:
    noted = "a reader"
pathlib.Path(sys.argv[1]).write_text(noted)
"""
CALL = """
import pathlib, sys
from infra import serverless
code, _ = serverless.call([sys.executable, "-c", *sys.argv[1:3]], {})
pathlib.Path(sys.argv[3]).write_text(str(code))
"""


def test_it_goes_on_to_its_end_when_nobody_reads_the_output(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    words = [sys.executable, "-c", CALL, S, str(tmp_path / "reader"), str(tmp_path / "code")]
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT / "functions"), str(ROOT)))}
    subprocess.run(words, env=environ, stdout=writing, stderr=writing, check=True, timeout=SECONDS)  # noqa: S603 - ours
    os.close(writing)
    assert [(tmp_path / name).read_text(encoding="utf-8") for name in ("reader", "code")] == ["a reader", "0"]


def test_what_it_says_is_passed_on(capfd: pytest.CaptureFixture[str]) -> None:
    code, captured = serverless.call(["sh", "-c", "echo out; echo err >&2; exit 3"], {"PATH": os.environ["PATH"]})
    assert (code, captured, *capfd.readouterr()) == (3, "", "out\n", "err\n")


def test_what_is_captured_is_not_shown(capfd: pytest.CaptureFixture[str]) -> None:
    code, captured = serverless.call(["sh", "-c", "echo ü"], {"PATH": os.environ["PATH"]}, capture=True)
    assert (code, captured, capfd.readouterr().out) == (0, "ü\n", "")


def test_it_ends_with_an_interruption(tmp_path: Path) -> None:
    script = f"echo $$ > {tmp_path / 'pid'}; kill -TERM $PPID; exec sleep {SECONDS * 10}"
    with pytest.raises(KeyboardInterrupt):
        serverless.call(["sh", "-c", script], {"PATH": os.environ["PATH"]})
    pid = int((tmp_path / "pid").read_text(encoding="utf-8"))
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
