"""Runs `s` so that its output always has a reader.

Where the reader of a pipe is gone (`make deploy | head`), `s` 3.1.10 writes without an end and fills the memory. So `s`
gets a pipe of its own, which is read to its end, whether or not anybody reads what is passed on. A terminal is left to
`s` itself, which then asks its questions there.
"""

# ruff: noqa: S603 - the callers' commands

import os
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from functools import partial
from typing import IO

from oss_cdn_refresh_cli.shared.interruptions import delayed, terminable

STDOUT, STDERR = 1, 2
CHUNK = 65_536

Sink = Callable[[bytes], None]


def call(command: Sequence[str], environ: Mapping[str, str], *, capture: bool = False) -> tuple[int, str]:
    """Run `s` to its end; returns its exit code, and its stdout where that is captured.

    An interruption (Ctrl-C, SIGTERM, SIGHUP) kills it, because its pipes end with this process.
    """
    captured = bytearray()
    sinks: list[Sink | None] = [captured.extend if capture else _passed_on(STDOUT), _passed_on(STDERR)]
    out, err = (subprocess.PIPE if sink else None for sink in sinks)
    with terminable(), ExitStack() as ending:
        with delayed():  # an interruption would lose a process that is being started
            process = ending.enter_context(
                subprocess.Popen(command, env=dict(environ), bufsize=0, stdout=out, stderr=err)
            )
            ending.callback(process.kill)  # after an interruption; one that has ended is left alone
        threads = [
            threading.Thread(target=_pump, args=(stream, sink), daemon=True)
            for stream, sink in zip((process.stdout, process.stderr), sinks, strict=True)
            if stream and sink
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        process.wait()
    return process.returncode, captured.decode("utf-8", errors="replace")


def _passed_on(descriptor: int) -> Sink | None:
    """Writes to a descriptor of this process; None for a terminal, which `s` gets itself."""
    return None if os.isatty(descriptor) else partial(_write, descriptor)


def _write(descriptor: int, chunk: bytes) -> None:
    while chunk:
        chunk = chunk[os.write(descriptor, chunk) :]


def _pump(stream: IO[bytes], sink: Sink) -> None:
    with suppress(ValueError, OSError):  # an interruption closes the stream
        while chunk := stream.read(CHUNK):
            with suppress(OSError):  # nobody reads any longer; what `s` does goes on to its end
                sink(chunk)
