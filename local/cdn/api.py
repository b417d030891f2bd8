"""The CDN API on loopback: refreshing, its quota, and what is set on a domain; version 2018-05-10, RPC style.

It speaks the real protocol to the official SDK and to anybody else with a right signature, keeps every documented limit
and quota, and writes down each call, also those whose answer was lost on the way: the evidence to judge a client by.
"""

import itertools
import json
import ssl
import threading
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from email.utils import formatdate
from types import MappingProxyType
from typing import Any, NamedTuple

from local.account.credentials import Credential
from local.account.errors import Refused, refused
from local.account.gateway import Gateway
from local.account.parameters import parameters
from local.cdn.calls import Call, arrived
from local.cdn.describing import Described, configs, detail
from local.cdn.ledger import Ledger
from local.cdn.limits import LIMITS, QUOTA, Limits, Quota
from local.cdn.refresh import Refresh, read
from local.clock import Clock
from local.wire.faults import Faults, Refusal
from local.wire.serving import EMPTY, Reply, Request, Response, StandIn

KEYS: Mapping[str, str | Credential] = MappingProxyType({"AK": "SECRET"})
FIRST_TASK = 704_222_904


class Cdn(StandIn):
    """A CDN account behind a port of 127.0.0.1; use it as a context manager.

    Everything but `calls` may be replaced or changed at any time, and counts from the next call on.

    domains: maps the accelerated domains each to the error code with which it is refused, "" when all is well:
        `cdn.domains["a.example"] = "InvalidDomain.Offline"`, or "ServiceBusy", "InvalidDomain.Configure_failed" ….
    keys: secrets by access key id, or whole credentials; read again on each call.
    described: what is set on a domain, by its name; one without an entry is online and has no settings.
    denied: the actions that no policy allows anybody, such as "DescribeRefreshQuota".
    rights: the domains that a key may refresh, by access key id; a key without an entry may refresh them all.
    suspended: the error code with which the account is refused altogether, such as "CdnServiceNotFound".
    calls: every call so far, in order.
    subscribers: are told of each accepted refresh, before its answer goes out.
    """

    def __init__(
        self,
        clock: Clock,
        domains: Iterable[str] = (),
        *,
        keys: Mapping[str, str | Credential] = KEYS,
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
        """Every item accepted so far, as (object type, URL), whether or not the client has heard of it."""
        return {(call.object_type or "File", url) for call in list(self.calls) if call.accepted for url in call.urls}

    def _serve(self, request: Request) -> Reply:
        with self._lock:
            now = self._clock.now()
            verdict = _Verdict()  # what stays when a fault strikes before anything is decided

            def decide(scripted: Refusal | None = None) -> Response:
                nonlocal verdict
                verdict = self._decide(request, scripted)
                return verdict.response(now)

            reply = self.faults.strike(request, decide, decide)
            self.calls.append(
                arrived(request, now)._replace(
                    code=verdict.code,
                    accepted=verdict.refresh is not None,
                    answered=isinstance(reply, Response),
                    task_ids=verdict.task_ids,
                )
            )
            if verdict.refresh is not None:
                for subscriber in self.subscribers:
                    subscriber(verdict.refresh)
            return reply

    def _decide(self, request: Request, scripted: Refusal | None) -> "_Verdict":
        try:
            return self._take(request, scripted)
        except Refused as no:
            return _Verdict.refusal(no.refusal)

    def _take(self, request: Request, scripted: Refusal | None) -> "_Verdict":
        """Take the call or refuse it; a scripted refusal comes from behind the gateway, as a real one would."""
        if len(request.body) > self.limits.body_bytes:
            raise refused("RequestTooLarge")
        identity = self._gateway.admit(request, self.limits.clock_skew_seconds)
        if scripted is not None:
            raise Refused(scripted)
        if self.suspended:
            raise refused(self.suspended)
        action = request.headers["x-acs-action"]
        if action in self.denied:
            raise refused("Forbidden.RAM", f"cdn:{action}")
        match request.headers["x-acs-version"], action:
            case "2018-05-10", "RefreshObjectCaches":
                self._ledger.call(action, self.limits.refresh_calls_per_second)
                return self._refresh(read(parameters(request), self.limits), identity)
            case "2018-05-10", "DescribeRefreshQuota":
                self._ledger.call(action, self.limits.quota_calls_per_second)
                return _Verdict(self._figures())
            case "2018-05-10", "DescribeCdnDomainDetail":
                name, described = self._describe(parameters(request))
                return _Verdict(detail(name, described))
            case "2018-05-10", "DescribeCdnDomainConfigs":
                return _Verdict(configs(self._describe(parameters(request))[1]))
            case unknown:
                raise refused("InvalidAction.NotFound", repr(unknown))

    def _describe(self, given: Mapping[str, str]) -> tuple[str, Described]:
        name = given.get("DomainName", "")
        if name not in self.domains:
            raise refused("InvalidDomain.NotFound", name)
        return name, self.described.get(name, Described())

    def _refresh(self, refresh: Refresh, identity: str) -> "_Verdict":
        for domain in refresh.domains:
            if domain not in self.rights.get(identity, refresh.domains):
                raise refused("Forbidden.RAM", domain)
            if code := self.domains.get(domain, "InvalidDomain.NotFound"):
                raise refused(code, domain)
        self._ledger.spend(refresh, self.limits, self.quota)
        ids = tuple(self._task_id(domain) for domain in refresh.domains)
        return _Verdict({"RefreshTaskId": ",".join(ids)}, refresh=refresh, task_ids=ids)

    def _task_id(self, domain: str) -> str:
        """One id for all that a domain submits within one second."""
        submitted = (domain, int(self._clock.now()))
        if submitted not in self._task_ids:
            self._task_ids[submitted] = str(next(self._numbers))
        return self._task_ids[submitted]

    def _figures(self) -> dict[str, str]:
        left = self._ledger.remaining(self.quota)
        figures = {
            "Url": (self.quota.urls, left["File"]),
            "Dir": (self.quota.directories, left["Directory"]),
            "Regex": (self.quota.regexes, self.quota.regexes),
            "IgnoreParams": (self.quota.ignore_params, left["IgnoreParams"]),
            "Preload": (self.quota.preloads, self.quota.preloads),
        }
        return {
            name: str(figure)
            for kind, (given, remaining) in figures.items()
            for name, figure in ((f"{kind}Quota", given), (f"{kind}Remain", remaining))
        }


class _Verdict(NamedTuple):
    """What was decided about a call."""

    body: Mapping[str, Any] = EMPTY
    status: int = 200
    code: str = ""
    headers: Mapping[str, str] = EMPTY
    refresh: Refresh | None = None
    task_ids: tuple[str, ...] = ()

    @classmethod
    def refusal(cls, no: Refusal) -> "_Verdict":
        body = {"HostId": "cdn.aliyuncs.com", "Code": no.code, "Message": no.message}
        return cls(body, no.status, no.code, no.headers)

    def response(self, now: float) -> Response:
        request_id = str(uuid.uuid4()).upper()
        headers = {
            "Content-Type": "application/json;charset=utf-8",
            "Date": formatdate(now, usegmt=True),
            "x-acs-request-id": request_id,
            **self.headers,
        }
        return Response(self.status, json.dumps({"RequestId": request_id, **self.body}).encode(), headers)
