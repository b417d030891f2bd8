"""A deployed function: its instances, and the record of its invocations."""

import json
import secrets
import threading
from collections.abc import Callable
from typing import NamedTuple

from oss_cdn_refresh_box.fc.instance import UNHANDLED, Answer, Instance, Platform
from oss_cdn_refresh_cli.deployment.model import Function

ACCOUNT_INSTANCES = 100  # at once, where the template sets no cap; an account's default in Function Compute 3.0


class Invocation(NamedTuple):
    """One try of one invocation; `at` is the clock's time at its end, `log` the records that it wrote."""

    request_id: str
    event: bytes
    answer: Answer
    log: tuple[str, ...]
    instance: int  # process id
    cold: bool  # the instance was started for it
    at: float


Watcher = Callable[[Invocation], None]


class Deployed:
    """A function and its instances. Any thread may call it.

    `invoke` waits for a free instance where the platform answers 429; an event stream counts such calls in
    `Stream.throttled`.

    invocations: every try so far, in the order in which they ended.
    watchers: are called with each of them.
    """

    def __init__(self, function: Function, platform: Platform) -> None:
        self.function = function
        self.cap = function.instances or ACCOUNT_INSTANCES
        self.invocations: list[Invocation] = []
        self.watchers: list[Watcher] = []
        self._stopped = False
        self._platform = platform
        self._slots = threading.Semaphore(self.cap)
        self._lock = threading.Lock()
        self._idle: list[Instance] = []
        self._busy: set[Instance] = set()

    @property
    def instances(self) -> tuple[Instance, ...]:
        """All instances, busy or idle."""
        with self._lock:
            return (*self._idle, *self._busy)

    @property
    def busy(self) -> tuple[Instance, ...]:
        """The instances that work on a call, or start for one."""
        with self._lock:
            return tuple(self._busy)

    @property
    def arn(self) -> str:
        """The ARN of the function."""
        return f"acs:fc:{self.function.region}:{self._platform.account}:functions/{self.function.name}"

    def request_id(self) -> str:
        """A new request id in the form of Function Compute."""
        return f"1-{int(self._platform.clock.now()):08x}-{secrets.token_hex(4)}-{secrets.token_hex(6)}"

    def invoke(self, event: bytes, request_id: str = "") -> Answer:
        """Call the function and wait for the answer; a retry keeps its request id."""
        request_id = request_id or self.request_id()
        with self._slots:
            if self._stopped:
                return Answer(json.dumps({"errorMessage": "the function was stopped"}), UNHANDLED)
            instance, cold = self._take()
            answer = instance.initialize(request_id) if cold else Answer("")
            started = not answer.error
            if started:
                answer = instance.invoke(request_id, event)
            now = self._platform.clock.now()
            tried = Invocation(request_id, event, answer, tuple(instance.log()), instance.pid, cold, now)
            self._give_back(instance, usable=started)
        self.invocations.append(tried)
        for watcher in self.watchers:
            watcher(tried)
        return answer

    def stop(self) -> None:
        """Answer every further call with an error, and end the processes, also those with a call."""
        self._stopped = True
        for instance in self.instances:
            instance.kill()

    def close(self) -> None:
        """End every instance."""
        for instance in self.instances:
            instance.close()

    def _take(self) -> tuple[Instance, bool]:
        """An instance for one call, and whether it is a new one."""
        with self._lock:
            while self._idle:
                instance = self._idle.pop()
                if instance.alive:
                    self._busy.add(instance)
                    return instance, False
                instance.close()
        instance = Instance(self.function, self._platform)
        with self._lock:
            self._busy.add(instance)
        return instance, True

    def _give_back(self, instance: Instance, *, usable: bool) -> None:
        with self._lock:
            self._busy.remove(instance)
            if usable and instance.alive:
                self._idle.append(instance)
                return
        instance.close()
