"""Handles Ctrl-C (SIGINT), SIGTERM and SIGHUP, so that the command cleans up before it ends.

It makes received messages visible again, removes its files, and ends the processes that it started.
"""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from types import FrameType


@contextmanager
def delayed() -> Iterator[None]:
    """Delay a Ctrl-C to the end of the block. A second Ctrl-C is not delayed."""
    pending = False

    def note(_number: int, _frame: FrameType | None) -> None:
        nonlocal pending
        if pending:
            raise KeyboardInterrupt
        pending = True

    with _handled(signal.SIGINT, note):
        yield
    if pending:
        raise KeyboardInterrupt


@contextmanager
def terminable() -> Iterator[None]:
    """Treat SIGTERM, and SIGHUP of a terminal that is closed, as a Ctrl-C within the block."""
    ignored = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN  # by nohup: the command has to go on
    with _handled(signal.SIGTERM, _interrupt), nullcontext() if ignored else _handled(signal.SIGHUP, _interrupt):
        yield


@contextmanager
def _handled(number: signal.Signals, handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Handle a signal within the block; only the main thread can."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(number, handler)
    try:
        yield
    finally:
        signal.signal(number, before)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    """Interrupt as Ctrl-C does, also in a background job of a script, where the shell ignores Ctrl-C."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        raise KeyboardInterrupt
    signal.raise_signal(signal.SIGINT)
