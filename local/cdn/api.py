"""The CDN API on loopback: refresh, preload, tasks, quota, the settings of a domain; version 2018-05-10, RPC style.

It speaks the real protocol to every client that signs correctly, the official SDK included, and keeps every documented
limit and quota. It records each call, also one whose answer was lost: the tests judge a client by these records.
"""

import ssl
import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Any

from local.account.credentials import KEYS, Keys
from local.account.errors import Refused, refused
from local.account.gateway import Gateway, operation, parameters, rpc_answer, rpc_error
from local.cdn import looking, preload
from local.cdn.describing import Described, configs, detail
from local.cdn.ledger import QUOTA, Ledger, Quota
from local.cdn.refresh import LIMITS, LINE_END, Limits, Refresh, domains, read
from local.cdn.tasks import BY_ID, LIST, PRELOAD, Tasks
from local.clock import Clock
from local.wire.faults import Faults, Refusal
from local.wire.serving import Reply, Request, Response, StandIn

REFRESH, PUSH = "RefreshObjectCaches", "PushObjectCache"


@dataclass
class Call:
    """One call and its outcome; the API fills it in while it decides.

    at: seconds since the epoch, by the stand-in's clock.
    object_type, force, urls: as the client wrote them, valid or not; "", False and () where it wrote none.
    code: the error code of the answer, or "".
    more: every parameter but ObjectPath, those of a signature in the query among them, as the client wrote them.
    accepted: the CDN has accepted the refresh or preload; its answer may be lost all the same.
    answered: a whole answer was sent, by the CDN or by a fault in its place.
    task_ids: those that the CDN gave to the refresh or preload.
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


class Cdn(StandIn):
    """A CDN account behind a port of 127.0.0.1; use it as a context manager.

    Everything but `calls` may be replaced or changed at any time, and takes effect with the next call.

    domains: the accelerated domains, each with the error code of its refusals, "" for none:
        `cdn.domains["a.example"] = "InvalidDomain.Offline"`, or "ServiceBusy", "InvalidDomain.Configure_failed" ….
    keys: secrets by access key id, or whole credentials; read again on each call.
    described: the settings of a domain, by its name; a domain without an entry is online and has none.
    denied: the actions that no policy allows, such as "DescribeRefreshQuota".
    actions: the actions that a key may call, by access key id; a key without an entry may call all.
    rights: the domains that a key may refresh, by access key id; a key without an entry may refresh all.
    preload_rights: the domains that a key may preload, likewise.
    tasks: the tasks of every accepted refresh and preload, and their scripts.
    suspended: the error code of every call of a suspended account, such as "CdnServiceNotFound", or "".
    calls: every call so far, in order.
    subscribers: are called with each accepted refresh, before its answer is sent.
    """

    def __init__(
        self,
        clock: Clock,
        domains: Iterable[str] = (),
        *,
        keys: Keys = KEYS,
        limits: Limits = LIMITS,
        quota: Quota = QUOTA,
        faults: Faults | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.domains = dict.fromkeys(domains, "")
        self.described: dict[str, Described] = {}
        self.denied: set[str] = set()
        self.actions: dict[str, Collection[str]] = {}
        self.rights: dict[str, Collection[str]] = {}
        self.preload_rights: dict[str, Collection[str]] = {}
        self.limits = limits
        self.quota = quota
        self.faults = faults or Faults()
        self.suspended = ""
        self.calls: list[Call] = []
        self.subscribers: list[Callable[[Refresh], None]] = []
        self.tasks = Tasks(clock)
        self._clock = clock
        self._gateway = Gateway(clock, keys)
        self._ledger = Ledger(clock)
        self._lock = threading.Lock()
        super().__init__(self._serve, tls=tls, name="cdn-api")

    @property
    def accepted(self) -> set[tuple[str, str]]:
        """Every item accepted so far, as (object type, URL), whether or not the client got the answer."""
        made = [call for call in list(self.calls) if call.accepted and call.action == REFRESH]
        return {(call.object_type or "File", url) for call in made for url in call.urls}

    def _serve(self, request: Request) -> Reply:
        with self._lock:
            now = self._clock.now()
            call = _arrived(request, now)

            def decide(scripted: Refusal | None = None) -> Response:
                try:
                    return rpc_answer(now, self._perform(request, call, scripted))
                except Refused as no:
                    call.code = no.refusal.code
                    return rpc_error(now, "cdn.aliyuncs.com", no.refusal)

            reply = self.faults.strike(request, decide, decide)
            call.answered = isinstance(reply, Response)
            self.calls.append(call)
            return reply

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
            raise refused("Forbidden.RAM", f"cdn:{call.action}")
        return self._act(request, call, identity)

    def _act(self, request: Request, call: Call, identity: str) -> Mapping[str, Any]:
        """The answer to an admitted call."""
        limits, given = self.limits, parameters(request)
        actions: Mapping[str, tuple[float, Callable[[], Mapping[str, Any]]]] = {  # calls a second, and the answer
            REFRESH: (limits.refresh_calls_per_second, lambda: self._refresh(call, read(given, limits), identity)),
            PUSH: (limits.preload_calls_per_second, lambda: self._preload(call, preload.read(given, limits), identity)),
            BY_ID: (limits.look_calls_per_second, lambda: looking.by_id(given, self.tasks, limits)),
            LIST: (limits.list_calls_per_second, lambda: looking.listed(given, self.tasks, call.at)),
            "DescribeRefreshQuota": (limits.quota_calls_per_second, lambda: self._ledger.figures(self.quota)),
            "DescribeCdnDomainDetail": (inf, lambda: detail(*self._describe(given))),
            "DescribeCdnDomainConfigs": (inf, lambda: configs(self._describe(given)[1])),
        }
        version, action = operation(request)
        if version != "2018-05-10" or action not in actions:
            raise refused("InvalidAction.NotFound", repr((version, action)))
        at_most, answer = actions[action]
        self._ledger.call(action, at_most)
        return answer()

    def _describe(self, given: Mapping[str, str]) -> tuple[str, Described]:
        name = given.get("DomainName", "")
        if name not in self.domains:
            raise refused("InvalidDomain.NotFound", name)
        return name, self.described.get(name, Described())

    def _refresh(self, call: Call, refresh: Refresh, identity: str) -> Mapping[str, str]:
        """Accept a refresh."""
        self._check_domains(refresh.domains, self.rights.get(identity, refresh.domains))
        self._ledger.spend(refresh, self.limits, self.quota)
        call.task_ids = self.tasks.submit(refresh.object_type, refresh.urls, force=refresh.force)
        call.accepted = True
        for subscriber in self.subscribers:
            subscriber(refresh)
        return {"RefreshTaskId": ",".join(call.task_ids)}

    def _preload(self, call: Call, urls: Sequence[str], identity: str) -> Mapping[str, str]:
        """Accept a preload."""
        names = domains(urls)
        self._check_domains(names, self.preload_rights.get(identity, names))
        if self.tasks.waiting(PRELOAD) + len(urls) > self.limits.preload_queue:
            raise refused("PreloadQueueFull")
        self._ledger.preload(len(urls), self.quota)
        call.task_ids = self.tasks.submit(PRELOAD, urls)
        call.accepted = True
        return {"PushTaskId": ",".join(call.task_ids)}

    def _check_domains(self, names: Iterable[str], allowed: Collection[str]) -> None:
        """Refuse a call whose key has no right to one of these domains, or for a domain that is in trouble."""
        for name in names:
            if name not in allowed and "*" not in allowed:
                raise refused("Forbidden.RAM", name)
            if code := self.domains.get(name, "InvalidDomain.NotFound"):
                raise refused(code, name)


def _arrived(request: Request, at: float) -> Call:
    """The record of a call before it is decided."""
    given = parameters(request)
    path = given.pop("ObjectPath", "")
    return Call(
        at=at,
        action=operation(request)[1],
        object_type=given.get("ObjectType", ""),
        force=given.get("Force", "").lower() == "true",
        urls=tuple(LINE_END.split(path)) if path else (),
        nonce=request.headers.get("x-acs-signature-nonce") or given.get("SignatureNonce", ""),
        connection=request.connection,
        more=given,
    )
