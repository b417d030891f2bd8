"""The SMQ service: credentials, faults, and the record of each request.

Facts: the SMQ API, version 2015-06-06, "Developer reference" of the SMQ documentation; the client that it serves is
`aliyun-mns-sdk` 1.3.0. Not modelled: topics, FIFO queues, message properties, rights, rate limits.
"""

import itertools
import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from oss_cdn_refresh_box.account.credentials import KEYS, Keys
from oss_cdn_refresh_box.account.errors import Refused
from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.smq import wire
from oss_cdn_refresh_box.smq.access import Access
from oss_cdn_refresh_box.smq.actions import Actions, Manner, Spoil, target
from oss_cdn_refresh_box.smq.errors import SmqError
from oss_cdn_refresh_box.smq.queue import Queue, QueueAttributes
from oss_cdn_refresh_box.wire.faults import Faults, Refusal
from oss_cdn_refresh_box.wire.serving import Reply, Request, Response, StandIn

VERSION = "2015-06-06"


@dataclass
class Call:
    """One request and its outcome; the service fills it in while it decides.

    action: the name of the action; method and path of a request that asks for none.
    code: the error code of the answer, or "".
    accepted: the request took effect, perhaps only in part; its answer may be lost all the same.
    """

    action: str
    queue: str
    connection: int
    code: str = ""
    accepted: bool = False
    answered: bool = False


class Smq(StandIn):
    """SMQ behind a port of 127.0.0.1; use it as a context manager. `url` is the endpoint.

    queues: names, or names with their attributes.
    keys: secrets by access key id, or whole credentials; read again on each request.
    faults: what happens to single requests.
    spoil: gives the error code for one message of a BatchSendMessage, from its queue and body; None to take it.
    calls: every request so far, in the order of the answers.
    denied: the actions that no policy allows, such as "GetQueueAttributes".
    """

    def __init__(
        self,
        clock: Clock,
        queues: Iterable[str] | Mapping[str, QueueAttributes] = (),
        *,
        keys: Keys = KEYS,
        account: str = "1234567890123456",
        region: str = "cn-hangzhou",
        faults: Faults | None = None,
        spoil: Spoil = lambda _queue, _body: None,
        tls: ssl.SSLContext | None = None,
        port: int = 0,
    ) -> None:
        given = queues if isinstance(queues, Mapping) else dict.fromkeys(queues, QueueAttributes())
        self.faults = faults or Faults()
        self.calls: list[Call] = []
        self.denied: set[str] = set()
        self._host = f"{account}.mns.{region}.aliyuncs.com"
        self._clock = clock
        self._access = Access(clock, keys)
        self._queues = {name: Queue(name, clock, attributes) for name, attributes in given.items()}
        self._actions = Actions(clock, self._queues, spoil, "https" if tls else "http")
        self._requests = itertools.count(1)
        super().__init__(self._serve, tls=tls, name="smq", port=port)

    def close(self) -> None:
        """Stop the server, and end every wait for a message."""
        for queue in list(self._queues.values()):
            queue.close()
        super().close()

    @property
    def manner(self) -> Manner:
        """How it behaves where no document says it; it may be changed at any time."""
        return self._actions.manner

    @manner.setter
    def manner(self, manner: Manner) -> None:
        self._actions.manner = manner

    def queue(self, name: str) -> Queue:
        """The in-process view of a queue; KeyError if there is none."""
        return self._queues[name]

    def add(self, name: str) -> Queue:
        """Make a queue, as CreateQueue does without attributes."""
        self._queues[name] = Queue(name, self._clock, QueueAttributes())
        return self._queues[name]

    def _serve(self, request: Request) -> Reply:
        request_id = f"{next(self._requests):024X}"
        asked = target(request)
        call = Call(asked.action or f"{request.method} {request.path}", asked.queue, request.connection)

        def decide() -> Response:
            try:
                self._access.check(request)
                if call.action in self.denied:
                    raise SmqError("AccessDenied", "The OwnerId that your Access Key Id associated to is forbidden.")
                response = self._actions.perform(asked, request)
            except Refused as no:
                return refuse(no.refusal)
            call.accepted = True
            return _identified(response, request_id)

        def refuse(refusal: Refusal) -> Response:
            call.code = refusal.code
            body = wire.error(refusal.code, refusal.message, request_id, self._host)
            answer = Response(refusal.status, body, {"Content-Type": wire.XML, **refusal.headers})
            return _identified(answer, request_id)

        reply = self.faults.strike(request, decide, refuse)
        call.answered = isinstance(reply, Response)
        self.calls.append(call)
        return reply


def _identified(response: Response, request_id: str) -> Response:
    """The answer with the headers that every answer has."""
    own = {"x-mns-request-id": request_id, "x-mns-version": VERSION}
    return response._replace(status=int(response.status), headers={**own, **response.headers})
