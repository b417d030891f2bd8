"""The SMQ service: which action a request asks for, who may ask, what is answered.

Facts: the SMQ API, version 2015-06-06, "Developer reference" of the SMQ documentation; the client that it has
to satisfy is `aliyun-mns-sdk` 1.3.0. Not modelled: topics, FIFO queues, message properties, rights, limits of rate.
"""

import itertools
import ssl
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from local.account.credentials import Credential
from local.clock import Clock
from local.smq import wire
from local.smq.access import Access
from local.smq.actions import Actions, Spoil
from local.smq.errors import SmqError
from local.smq.queue import Queue, QueueAttributes
from local.smq.routing import target
from local.wire.faults import Faults, Refusal
from local.wire.serving import Reply, Request, Response, StandIn

VERSION = "2015-06-06"


class Call(NamedTuple):
    """One request as it arrived, and what became of it.

    `action` is the method and the path where the request is no action. A call can be `accepted` (it took effect, if
    only in part) and yet not `answered`: its answer was lost. `code` is that of a refusal, or "".
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
    spoil: the code with which a single message of a BatchSendMessage is refused, from its queue and body; or None.
    calls: every request so far, in the order in which they were answered.
    denied: the actions that no policy allows anybody, such as "GetQueueAttributes".
    """

    def __init__(
        self,
        clock: Clock,
        queues: Iterable[str] | Mapping[str, QueueAttributes] = (),
        *,
        keys: Mapping[str, str | Credential] = {"AK": "SECRET"},
        account: str = "1234567890123456",
        region: str = "cn-hangzhou",
        faults: Faults | None = None,
        spoil: Spoil = lambda _queue, _body: None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        given = queues if isinstance(queues, Mapping) else dict.fromkeys(queues, QueueAttributes())
        self.faults = faults or Faults()
        self.calls: list[Call] = []
        self.denied: set[str] = set()
        self._host = f"{account}.mns.{region}.aliyuncs.com"
        self._access = Access(clock, keys)
        self._queues = {name: Queue(name, clock, attributes) for name, attributes in given.items()}
        self._actions = Actions(clock, self._queues, spoil, "https" if tls else "http")
        self._requests = itertools.count(1)
        super().__init__(self._serve, tls=tls, name="smq")

    def close(self) -> None:
        """Stop the server; whoever waits for a message waits no longer."""
        for queue in list(self._queues.values()):
            queue.close()
        super().close()

    def queue(self, name: str) -> Queue:
        """The in-process view of a queue; KeyError if there is none."""
        return self._queues[name]

    def _serve(self, request: Request) -> Reply:
        exchange = _Exchange(
            self._access, self._actions, request, f"{next(self._requests):024X}", self._host, self.denied
        )
        reply = self.faults.strike(request, exchange.handle, exchange.refuse)
        self.calls.append(exchange.call._replace(answered=isinstance(reply, Response)))
        return reply


class _Exchange:
    """One request on its way to an answer, and the record of it."""

    def __init__(
        self,
        access: Access,
        actions: Actions,
        request: Request,
        request_id: str,
        host: str,
        denied: Collection[str],
    ) -> None:
        action, queue = target(request)
        self.call = Call(action or f"{request.method} {request.path}", queue, request.connection)
        self._access = access
        self._actions = actions
        self._request = request
        self._id = request_id
        self._host = host
        self._denied = denied

    def handle(self) -> Response:
        """What the service makes of the request."""
        try:
            self._admit()
            response = self._actions.perform(self.call.action, self._request, self.call.queue)
        except SmqError as error:
            return self.refuse(Refusal(error.status, error.code, error.message))
        self.call = self.call._replace(accepted=True)
        return self._signed(response)

    def _admit(self) -> None:
        self._access.check(self._request)
        if self.call.action in self._denied:
            raise SmqError("AccessDenied", "The OwnerId that your Access Key Id associated to is forbidden.")

    def refuse(self, refusal: Refusal) -> Response:
        """An error in SMQ's format."""
        self.call = self.call._replace(code=refusal.code)
        body = wire.error(refusal.code, refusal.message, self._id, self._host)
        return self._signed(Response(refusal.status, body, {"Content-Type": wire.XML, **refusal.headers}))

    def _signed(self, response: Response) -> Response:
        """With the headers that every answer has."""
        own = {"x-mns-request-id": self._id, "x-mns-version": VERSION}
        return response._replace(status=int(response.status), headers={**own, **response.headers})
