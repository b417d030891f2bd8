"""The CDN API on loopback: refreshing, its quota, and the settings of a domain; version 2018-05-10, RPC style.

It speaks the real protocol to every client that signs correctly, the official SDK included, and keeps every documented
limit and quota. It records each call, also one whose answer was lost: the tests judge a client by these records.
"""

import itertools
import ssl
import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from local.account.credentials import KEYS, Keys
from local.account.errors import Refused, refused
from local.account.gateway import Gateway, parameters, rpc_answer, rpc_error
from local.cdn.describing import Described, configs, detail
from local.cdn.ledger import QUOTA, Ledger, Quota
from local.cdn.refresh import LIMITS, LINE_END, Limits, Refresh, read
from local.clock import Clock
from local.wire.faults import Faults, Refusal
from local.wire.serving import Reply, Request, Response, StandIn

FIRST_TASK = 704_222_904


@dataclass
class Call:
    """One call and its outcome; the API fills it in while it decides.

    at: seconds since the epoch, by the stand-in's clock.
    object_type, force, urls: as the client wrote them, valid or not; "", False and () where it wrote none.
    code: the error code of the answer, or "".
    accepted: the CDN has accepted the refresh; its answer may be lost all the same.
    answered: a whole answer was sent, by the CDN or by a fault in its place.
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


class Cdn(StandIn):
    """A CDN account behind a port of 127.0.0.1; use it as a context manager.

    Everything but `calls` may be replaced or changed at any time, and takes effect with the next call.

    domains: the accelerated domains, each with the error code of its refusals, "" for none:
        `cdn.domains["a.example"] = "InvalidDomain.Offline"`, or "ServiceBusy", "InvalidDomain.Configure_failed" ….
    keys: secrets by access key id, or whole credentials; read again on each call.
    described: the settings of a domain, by its name; a domain without an entry is online and has none.
    denied: the actions that no policy allows, such as "DescribeRefreshQuota".
    rights: the domains that a key may refresh, by access key id; a key without an entry may refresh all.
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
        self.rights: dict[str, Collection[str]] = {}
        self.limits = limits
        self.quota = quota
        self.faults = faults or Faults()
        self.suspended = ""
        self.calls: list[Call] = []
        self.subscribers: list[Callable[[Refresh], None]] = []
        self._clock = clock
        self._gateway = Gateway(clock, keys)
        self._ledger = Ledger(clock)
        self._task_ids: dict[tuple[str, int], str] = {}
        self._numbers = itertools.count(FIRST_TASK)
        self._lock = threading.Lock()
        super().__init__(self._serve, tls=tls, name="cdn-api")

    @property
    def accepted(self) -> set[tuple[str, str]]:
        """Every item accepted so far, as (object type, URL), whether or not the client got the answer."""
        return {(call.object_type or "File", url) for call in list(self.calls) if call.accepted for url in call.urls}

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
        if call.action in self.denied:
            raise refused("Forbidden.RAM", f"cdn:{call.action}")
        match request.headers["x-acs-version"], call.action:
            case "2018-05-10", "RefreshObjectCaches":
                self._ledger.call(call.action, self.limits.refresh_calls_per_second)
                refresh = read(parameters(request), self.limits)
                call.task_ids = self._refresh(refresh, identity)
                call.accepted = True
                for subscriber in self.subscribers:
                    subscriber(refresh)
                return {"RefreshTaskId": ",".join(call.task_ids)}
            case "2018-05-10", "DescribeRefreshQuota":
                self._ledger.call(call.action, self.limits.quota_calls_per_second)
                return self._ledger.figures(self.quota)
            case "2018-05-10", "DescribeCdnDomainDetail":
                return detail(*self._describe(parameters(request)))
            case "2018-05-10", "DescribeCdnDomainConfigs":
                return configs(self._describe(parameters(request))[1])
            case unknown:
                raise refused("InvalidAction.NotFound", repr(unknown))

    def _describe(self, given: Mapping[str, str]) -> tuple[str, Described]:
        name = given.get("DomainName", "")
        if name not in self.domains:
            raise refused("InvalidDomain.NotFound", name)
        return name, self.described.get(name, Described())

    def _refresh(self, refresh: Refresh, identity: str) -> tuple[str, ...]:
        """Accept a refresh; returns its task ids."""
        for domain in refresh.domains:
            if domain not in self.rights.get(identity, refresh.domains):
                raise refused("Forbidden.RAM", domain)
            if code := self.domains.get(domain, "InvalidDomain.NotFound"):
                raise refused(code, domain)
        self._ledger.spend(refresh, self.limits, self.quota)
        return tuple(self._task_id(domain) for domain in refresh.domains)

    def _task_id(self, domain: str) -> str:
        """The id of everything that a domain submits within one second."""
        submitted = (domain, int(self._clock.now()))
        if submitted not in self._task_ids:
            self._task_ids[submitted] = str(next(self._numbers))
        return self._task_ids[submitted]


def _arrived(request: Request, at: float) -> Call:
    """The record of a call before it is decided."""
    given = parameters(request)
    path = given.get("ObjectPath", "")
    return Call(
        at=at,
        action=request.headers.get("x-acs-action", ""),
        object_type=given.get("ObjectType", ""),
        force=given.get("Force", "").lower() == "true",
        urls=tuple(LINE_END.split(path)) if path else (),
        nonce=request.headers.get("x-acs-signature-nonce", ""),
        connection=request.connection,
    )
