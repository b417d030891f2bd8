"""Ctrl-C (SIGINT) and the signal to end (SIGTERM): the command gives back what it received from a queue."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def put_off() -> Iterator[None]:
    """Delay a Ctrl-C to the end of the block; a second one is not delayed."""
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
    """Treat the signal to end as a Ctrl-C within the block."""
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
    """Interrupt as Ctrl-C does, also where that is ignored: a shell ignores it for background jobs of a script."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        raise KeyboardInterrupt
    signal.raise_signal(signal.SIGINT)
