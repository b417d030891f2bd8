"""What the APIs of CDN, DCDN and ESA have in common: whom they admit, what they refuse to everybody, what they record.

An API records each call, also one whose answer was lost: the tests judge a client by these records.
"""

import ssl
import threading
from abc import abstractmethod
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from oss_cdn_refresh_box.account.credentials import Keys
from oss_cdn_refresh_box.account.errors import Refused, refused
from oss_cdn_refresh_box.account.gateway import Gateway, operation, parameters, rpc_answer, rpc_error
from oss_cdn_refresh_box.cdn.refresh import Refresh
from oss_cdn_refresh_box.cdn.tasks import Tasks
from oss_cdn_refresh_box.cdn.usage import Rate
from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.wire.faults import Faults, Refusal
from oss_cdn_refresh_box.wire.serving import Reply, Request, Response, StandIn

TOO_LONG = Response(
    414,
    b"<html>\r\n<head><title>414 Request-URI Too Large</title></head>\r\n"
    b"<body>\r\n<center><h1>414 Request-URI Too Large</h1></center>\r\n</body>\r\n</html>\r\n",
    {"Content-Type": "text/html"},
)


@dataclass
class Call:
    """One call and its outcome; the API fills it in while it decides.

    at: seconds since the epoch, by the stand-in's clock.
    object_type, force, urls: as the client wrote them, valid or not; "", False and () where it wrote none.
    code: the error code of the answer, or "".
    more: every parameter but the one with the URLs, those of a signature in the query among them, as the client wrote
        them.
    accepted: the API has accepted the refresh or preload; its answer may be lost all the same.
    answered: a whole answer was sent, by the API or by a fault in its place.
    task_ids: those that the API gave to the refresh or preload.
    """

    at: float
    action: str
    object_type: str
    force: bool
    urls: tuple[str, ...]
    nonce: str
    connection: int
    code: str = ""
    accepted: bool = False
    answered: bool = False
    task_ids: tuple[str, ...] = ()
    more: Mapping[str, str] = field(default_factory=dict)


class Name(NamedTuple):
    """An API's public host, its version, the prefix of its actions in policies, and the code of too many calls."""

    host: str
    version: str
    policies: str
    throttling: str


class RequestLimits(Protocol):
    """The limits of every request."""

    @property
    def body_bytes(self) -> float:
        """The longest body; a longer one is refused with an error of the API."""

    @property
    def query_bytes(self) -> float:
        """The longest query; a longer one is answered with a page in HTML, status 414, before the API sees it."""

    @property
    def clock_skew_seconds(self) -> float:
        """How far a request's date may be from the service's time."""


class Action(NamedTuple):
    """How often an action may be called in a second, how it answers, and with which methods it is called."""

    calls_per_second: float
    answer: Callable[[], Mapping[str, Any]]
    methods: Collection[str] = ("POST", "GET")


class Service(StandIn):
    """An API behind a port of 127.0.0.1. Subclasses set `limits` before they call this constructor.

    denied: the actions that no policy allows, such as "DescribeRefreshQuota".
    actions: the actions that a key may call, by access key id; a key without an entry may call all.
    suspended: the error code of every call of a suspended account, such as "CdnServiceNotFound", or "".
    tasks: the tasks of every accepted refresh and preload, and their scripts.
    calls: every call so far, in order.
    subscribers: are called with each accepted refresh, before its answer is sent.
    """

    limits: RequestLimits

    def __init__(
        self,
        name: Name,
        clock: Clock,
        tasks: Tasks,
        *,
        keys: Keys,
        faults: Faults | None,
        tls: ssl.SSLContext | None,
        port: int,
    ) -> None:
        self.denied: set[str] = set()
        self.actions: dict[str, Collection[str]] = {}
        self.faults = faults or Faults()
        self.suspended = ""
        self.tasks = tasks
        self.calls: list[Call] = []
        self.subscribers: list[Callable[[Refresh], None]] = []
        self._name = name
        self._clock = clock
        self._gateway = Gateway(clock, keys)
        self._rate = Rate(clock, name.throttling)
        self._lock = threading.Lock()
        super().__init__(self._serve, tls=tls, name=f"{name.policies}-api", port=port)

    @abstractmethod
    def _submitted(self, action: str, given: Mapping[str, str]) -> tuple[str, str, tuple[str, ...]]:
        """Of the parameters of a call: the name of the one with the URLs, the object type, the URLs."""

    @abstractmethod
    def _offered(self, request: Request, call: Call, identity: str) -> Mapping[str, Action]:
        """The actions by their names; the answers are those to this call of an admitted key."""

    def _serve(self, request: Request) -> Reply:
        with self._lock:
            now = self._clock.now()
            call = self._arrived(request, now)

            def decide(scripted: Refusal | None = None) -> Response:
                if len(request.query) > self.limits.query_bytes:
                    return TOO_LONG
                try:
                    return rpc_answer(now, self._perform(request, call, scripted))
                except Refused as no:
                    call.code = no.refusal.code
                    return rpc_error(now, self._name.host, no.refusal)

            reply = self.faults.strike(request, decide, decide)
            call.answered = isinstance(reply, Response)
            self.calls.append(call)
            return reply

    def _arrived(self, request: Request, at: float) -> Call:
        """The record of a call before it is decided."""
        given, action = parameters(request), operation(request)[1]
        parameter, object_type, urls = self._submitted(action, given)
        given.pop(parameter, "")
        return Call(
            at=at,
            action=action,
            object_type=object_type,
            force=given.get("Force", "").lower() == "true",
            urls=urls,
            nonce=request.headers.get("x-acs-signature-nonce") or given.get("SignatureNonce", ""),
            connection=request.connection,
            more=given,
        )

    def _perform(self, request: Request, call: Call, scripted: Refusal | None) -> Mapping[str, Any]:
        """The answer to a call, or its refusal; a scripted one comes after the signature check, as a real one."""
        if len(request.body) > self.limits.body_bytes:
            raise refused("RequestTooLarge")
        identity = self._gateway.admit(request, self.limits.clock_skew_seconds)
        if scripted is not None:
            raise Refused(scripted)
        if self.suspended:
            raise refused(self.suspended)
        if call.action in self.denied or call.action not in self.actions.get(identity, {call.action}):
            raise refused("Forbidden.RAM", f"{self._name.policies}:{call.action}")
        version, name = operation(request)
        action = self._offered(request, call, identity).get(name)
        if version != self._name.version or action is None or request.method not in action.methods:
            raise refused("InvalidAction.NotFound", repr((request.method, version, name)))
        self._rate.call(name, action.calls_per_second)
        return action.answer()

    def _accept(self, call: Call, refresh: Refresh) -> None:
        """Make the tasks of a refresh, and tell the subscribers."""
        call.task_ids = self.tasks.submit(refresh.object_type, refresh.urls, force=refresh.force)
        call.accepted = True
        for subscriber in self.subscribers:
            subscriber(refresh)
