"""What goes wrong on purpose: faults for the stand-ins, one a request.

fault                            strikes         the client sees
───────────────────────────────  ──────────────  ─────────────────────────────────────────────────────
None                             not at all      the answer
Response, Reset, Silence, Drip   before handling just that: an HTML 502, `{}`, a redirect, a cut connection
Refusal                          before handling an error in the stand-in's own format
Lost                             after handling  what stands in the answer's place: by default a cut connection
Dripped                          after handling  the answer, a byte at a time
"""

import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import NamedTuple

from oss_cdn_refresh_box.wire.serving import EMPTY, Drip, Reply, Request, Reset, Response


class Refusal(NamedTuple):
    """An error of the stand-in's API, in the API's own format, instead of handling the request."""

    status: int
    code: str
    message: str = ""
    headers: Mapping[str, str] = EMPTY


class Lost(NamedTuple):
    """The request is handled, but its answer never arrives: `instead` does."""

    instead: Reply = Reset()


class Dripped(NamedTuple):
    """The request is handled, and its answer comes so slowly that no single read times out."""

    seconds_per_byte: float = 0.05


Fault = Reply | Refusal | Lost | Dripped | None
Rule = Callable[[Request], Fault]


class Faults:
    """A script of faults, consumed one a request; when it has run out, `rule` decides.

    Only requests for which `where` holds are struck or consume the script. `script` holds the faults still to come.
    """

    def __init__(
        self,
        *script: Fault,
        rule: Rule = lambda _request: None,
        where: Callable[[Request], bool] = lambda _request: True,
    ) -> None:
        self.script: deque[Fault] = deque(script)
        self._rule = rule
        self._where = where
        self._lock = threading.Lock()

    def add(self, *faults: Fault) -> None:
        """Append to the script."""
        self.script.extend(faults)

    def strike(self, request: Request, handle: Callable[[], Response], refuse: Callable[[Refusal], Response]) -> Reply:
        """The reply to this request: what `handle` answers, as far as the next fault lets it."""
        match fault := self._next(request):
            case None:
                return handle()
            case Refusal():
                return refuse(fault)
            case Lost(instead):
                handle()
                return instead
            case Dripped(pause):
                return Drip(handle(), pause)
            case _:
                return fault

    def _next(self, request: Request) -> Fault:
        with self._lock:
            if not self._where(request):
                return None
            return self.script.popleft() if self.script else self._rule(request)


def sometimes(probability: float, faults: Sequence[Fault], random: Random) -> Rule:
    """A rule that strikes with this probability, with any of `faults`; `random` decides, so a seed repeats it."""
    return lambda _request: random.choice(faults) if random.random() < probability else None
