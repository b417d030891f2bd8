"""One instance of a function: a process of its own that takes one call at a time.

Its packages are those of the interpreter that runs the box, in the place of the template's layers; of the environment
it gets what the template says, what the box puts over that (endpoints), and nothing of the caller's. Memory and CPU
are not limited, nothing is frozen between calls.
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

from local.clock import Clock
from local.fc.answers import UNHANDLED, Answer, exited, timed_out
from oss_cdn_refresh_cli.deployment.model import Function

BOOTSTRAP = Path(__file__).with_name("bootstrap.py")
RECORD = re.compile(r"^(?=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)", re.MULTILINE)  # what has no date belongs to the one before
STARTING = 60.0  # seconds for a process to begin and import its handler, where no initializer has a timeout
WITH_CREDENTIALS = {"python3.9", "python3.10"}  # runtimes whose context has them; newer ones have the environment


class Credentials(NamedTuple):
    """What the function's role gives, as `context.credentials` names it."""

    access_key_id: str
    access_key_secret: str
    security_token: str


class Platform(NamedTuple):
    """What surrounds every function of an account.

    environment: variables that go over the template's.
    credentials: those of the function's role at this moment.
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
        """The log records written since this was last asked for."""
        size = os.fstat(self._output.fileno()).st_size
        text = os.pread(self._output.fileno(), size - self._taken, self._taken).decode(errors="replace")
        self._taken = size
        return [record.rstrip("\n") for record in RECORD.split(text) if record]

    def kill(self) -> None:
        """End it at once, from outside and from any thread, whatever it is doing."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """End it and forget it."""
        self.kill()
        with contextlib.suppress(OSError):  # what a process that was killed has not read any more
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
            return timed_out(what, seconds) if self._timed_out else exited()
        answer = json.loads(line)
        if "error" in answer:
            return Answer(json.dumps(answer["error"]), UNHANDLED)
        return Answer(answer["payload"])

    def _moment(self) -> dict[str, Any]:
        """What may be another with each request: the time and the credentials."""
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
