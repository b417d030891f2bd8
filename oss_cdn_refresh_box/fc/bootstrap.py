"""A stand-in for Function Compute's Python runtime: the process of one instance.

`fc/instance.py` runs it as `python -I bootstrap.py` in the directory of the code. Standard input is a socket: each
line is a request and gets one line of answer; the first request deploys the function. Output and log of the handlers go
to standard output and error. Facts: Function Compute 3.0, "Python request handlers", "Context", "Logs".
"""

import json
import logging
import os
import sys
import time
import traceback
from base64 import b64decode
from collections.abc import Callable
from importlib import import_module
from types import SimpleNamespace
from typing import Any

Handler = Callable[..., Any]


class Times:
    """Replaces the machine's clock by the cloud's, which is some seconds ahead."""

    def __init__(self) -> None:
        self.ahead = 0.0
        self.moved = 0.0
        wall, steady = time.time, time.monotonic
        time.time = lambda: wall() + self.ahead
        time.monotonic = lambda: steady() + self.moved


class Runtime:
    """One instance: its handler, its initializer if it has one, and the constant part of every context."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self._function = SimpleNamespace(**settings["function"])
        self._region: str = settings["region"]
        self._account: str = settings["account_id"]
        self._initializer: Handler | None = _named(settings["initializer"]) if settings["initializer"] else None
        self._handler = _named(self._function.handler)

    def initialize(self, request: dict[str, Any]) -> None:
        """Run the initializer."""
        if self._initializer:
            self._initializer(self._context(request))

    def invoke(self, request: dict[str, Any]) -> str:
        """The handler's answer: text unchanged, everything else as JSON."""
        answer = self._handler(b64decode(request["event"]), self._context(request))
        if isinstance(answer, bytes):
            return answer.decode()
        return answer if isinstance(answer, str) else json.dumps(answer)

    def _context(self, request: dict[str, Any]) -> SimpleNamespace:
        given = {"credentials": SimpleNamespace(**request["credentials"])} if request["credentials"] else {}
        return SimpleNamespace(
            request_id=request["request_id"],
            function=self._function,
            region=self._region,
            account_id=self._account,
            **given,
        )


class Prefix(logging.Formatter):
    """`2017-07-05T05:13:35.920Z <request id> [INFO] text`, as Function Compute writes it."""

    def __init__(self) -> None:
        super().__init__()
        self.request_id = ""

    def format(self, record: logging.LogRecord) -> str:
        """The record with its prefix."""
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        return f"{moment}.{int(record.msecs):03}Z {self.request_id} [{record.levelname}] {super().format(record)}"


def main() -> None:
    """Answer requests until the socket is closed."""
    with open(os.dup(0), "rb") as requests, open(os.dup(0), "wb", buffering=0) as answers:  # noqa: PTH123 - descriptors
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        times, prefix = Times(), Prefix()
        printer = logging.StreamHandler(sys.stdout)
        printer.setFormatter(prefix)
        logging.basicConfig(level=logging.INFO, handlers=[printer])
        runtime: Runtime | None = None
        for line in requests:
            request = json.loads(line)
            times.ahead, times.moved, prefix.request_id = request["ahead"], request["moved"], request["request_id"]
            os.environ.update(request["environment"])
            try:
                if runtime is None:
                    sys.path.insert(0, request["code"])
                    runtime = Runtime(request)
                    runtime.initialize(request)
                    answer: dict[str, Any] = {"payload": ""}
                else:
                    answer = {"payload": runtime.invoke(request)}
            except Exception as error:  # noqa: BLE001 - whatever a handler raises becomes the platform's record
                answer = {"error": _described(error)}
            answers.write(json.dumps(answer).encode() + b"\n")


def _named(name: str) -> Handler:
    module, _, function = name.rpartition(".")
    found: Handler = getattr(import_module(module), function)
    return found


def _described(error: Exception) -> dict[str, Any]:
    """Function Compute's record of an exception of a handler."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename != __file__]
    return {
        "errorMessage": str(error),
        "errorType": type(error).__name__,
        "stackTrace": [
            [f'File "{frame.filename}"', f"line {frame.lineno}", f"in {frame.name}", frame.line] for frame in frames
        ],
    }


if __name__ == "__main__":
    main()
