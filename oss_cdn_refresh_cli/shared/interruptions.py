"""Handles Ctrl-C (SIGINT) and SIGTERM, so that the command makes received messages visible again before it ends."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
    """Treat SIGTERM as a Ctrl-C within the block."""
    with _handled(signal.SIGTERM, _interrupt):
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
