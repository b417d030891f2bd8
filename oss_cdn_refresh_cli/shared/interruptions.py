"""Ctrl-C and the signal to end: nothing that SMQ hides for us may become unknown to us."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def put_off() -> Iterator[None]:
    """Delay an interruption (Ctrl-C) to the end of the block; a second one is not delayed."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    pending = False

    def note(_number: int, _frame: FrameType | None) -> None:
        nonlocal pending
        if pending:
            raise KeyboardInterrupt
        pending = True

    before = signal.signal(signal.SIGINT, note)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if pending:
        raise KeyboardInterrupt


@contextmanager
def terminable() -> Iterator[None]:
    """Take the signal to end (SIGTERM) for a Ctrl-C within the block: what was received is given back."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    """As Ctrl-C does, also where that is ignored: so a shell starts what a script puts into the background."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        raise KeyboardInterrupt
    signal.raise_signal(signal.SIGINT)
