"""Runs the functions of a box in real time, each queue of events and each queue trigger in a thread of its own."""

import threading

from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.fc import FunctionCompute
from oss_cdn_refresh_box.fc.compute import Work, run_if_due
from oss_cdn_refresh_box.wire.closing import Closing

PAUSE = 0.05  # seconds between two checks for due work


class Running(Closing):
    """Works until it is closed. Closing ends the processes of the functions, and so the calls in progress."""

    def __init__(self, compute: FunctionCompute, clock: Clock) -> None:
        self._compute = compute
        self._clock = clock
        self._closed = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(work,), daemon=True) for work in compute.works]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """End the threads, and every process of a function."""
        self._closed.set()
        self._compute.stop()
        for thread in self._threads:
            while thread.is_alive():
                self._compute.stop()  # a process may have started since
                thread.join(PAUSE)

    def _run(self, work: Work) -> None:
        while not self._closed.wait(PAUSE):
            run_if_due(work, self._clock)
