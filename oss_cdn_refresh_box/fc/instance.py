"""One instance of a function: a process of its own that takes one call at a time.

It uses the packages of the interpreter that runs the tests, not the template's layers. Its environment holds the
template's variables, then those of the platform (endpoints), and none of the caller's. Memory and CPU are not limited,
and the process is not frozen between calls.

Facts: Function Compute 3.0, "Error handling (Python)", and the records of failure destinations printed on
"Asynchronous invocation". UNCONFIRMED: which `functionError` belongs to which failure; printed are the two below.
"""

import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_cli.deployment.model import Function

BOOTSTRAP = Path(__file__).with_name("bootstrap.py")
# A line without a date continues the record before.
RECORD = re.compile(r"^(?=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)", re.MULTILINE)
STARTING = 60.0  # seconds to start the process and import the handler, where no initializer has a timeout
WITH_CREDENTIALS = {"python3.9", "python3.10"}  # runtimes whose context has them; newer ones have variables
UNHANDLED = "UnhandledInvocationError"  # the handler raised, or its process ended
FAILED = "InvocationError"  # it took too long


class Answer(NamedTuple):
    """The payload as text, and the `functionError`, "" where there is none."""

    payload: str
    error: str = ""


class Credentials(NamedTuple):
    """The temporary credentials of the function's role, with the names of `context.credentials`."""

    access_key_id: str
    access_key_secret: str
    security_token: str


class Platform(NamedTuple):
    """What all functions of an account share.

    environment: variables that replace the template's.
    credentials: returns the current ones of the function's role.
    """

    clock: Clock
    account: str
    environment: Mapping[str, str]
    credentials: Callable[[], Credentials]


class Instance:
    """A running instance; `initialize` it once, then `invoke` it call after call while it is `alive`."""

    def __init__(self, function: Function, platform: Platform) -> None:
        self._function = function
        self._platform = platform
        self._output = tempfile.TemporaryFile("a+b", buffering=0)  # noqa: SIM115 - closed with the instance
        self._taken = 0
        self._timed_out = False
        mine, theirs = socket.socketpair()
        with mine, theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own script
                [sys.executable, "-I", "-u", str(BOOTSTRAP)],
                stdin=theirs.fileno(),
                stdout=self._output,
                stderr=self._output,
                cwd=function.code,
                env={"LANG": "C.UTF-8", "PATH": os.defpath, **function.environment, **platform.environment},
            )
            self._channel = mine.makefile("rwb")

    @property
    def alive(self) -> bool:
        """Whether it can take a call."""
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    def initialize(self, request_id: str) -> Answer:
        """Import the handler, and run the initializer within its own timeout."""
        function = self._function
        settings = {
            "code": str(function.code),
            "initializer": function.initializer,
            "function": {
                "name": function.name,
                "handler": function.handler,
                "memory": function.memory,
                "timeout": function.timeout,
            },
            "region": function.region,
            "account_id": self._platform.account,
        }
        seconds = function.initializer_timeout if function.initializer else STARTING
        return self._ask({**settings, "request_id": request_id}, "Initializer", seconds)

    def invoke(self, request_id: str, event: bytes) -> Answer:
        """Call the handler. An instance that is not alive afterwards takes no further call."""
        request = {"request_id": request_id, "event": b64encode(event).decode()}
        return self._ask(request, "Function", self._function.timeout)

    def log(self) -> list[str]:
        """The log records since the last call of this method."""
        size = os.fstat(self._output.fileno()).st_size
        text = os.pread(self._output.fileno(), size - self._taken, self._taken).decode(errors="replace")
        self._taken = size
        return [record.rstrip("\n") for record in RECORD.split(text) if record]

    def kill(self) -> None:
        """End the process at once; any thread may call this."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """End the process and close its channel and its log."""
        self.kill()
        with contextlib.suppress(OSError):  # a killed process has not read everything
            self._channel.close()
        self._output.close()

    def _ask(self, request: dict[str, Any], what: str, seconds: float) -> Answer:
        timer = threading.Timer(seconds, self._time_out)
        timer.start()
        try:
            self._channel.write(json.dumps({**request, **self._moment()}).encode() + b"\n")
            self._channel.flush()
            line = self._channel.readline()
        except OSError:
            line = b""
        finally:
            timer.cancel()
        if not line:
            self.kill()
            if self._timed_out:
                return Answer(json.dumps({"errorMessage": f"{what} timed out after {seconds:g} seconds"}), FAILED)
            return Answer(
                json.dumps({"errorMessage": "Process exited unexpectedly before completing request"}), UNHANDLED
            )
        answer = json.loads(line)
        if "error" in answer:
            return Answer(json.dumps(answer["error"]), UNHANDLED)
        return Answer(answer["payload"])

    def _moment(self) -> dict[str, Any]:
        """The part of a request that changes: time and credentials."""
        clock, credentials = self._platform.clock, self._platform.credentials()
        in_context = self._function.runtime in WITH_CREDENTIALS
        variables = {f"ALIBABA_CLOUD_{name.upper()}": value for name, value in credentials._asdict().items()}
        return {
            "ahead": clock.now() - time.time(),
            "moved": clock.moved,
            "credentials": credentials._asdict() if in_context else None,
            "environment": {} if in_context else variables,
        }

    def _time_out(self) -> None:
        self._timed_out = True
        self._process.kill()
