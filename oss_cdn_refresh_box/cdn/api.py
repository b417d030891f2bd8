"""The CDN API on loopback: refresh, preload, tasks, quota, the settings of a domain; version 2018-05-10, RPC style.

It speaks the real protocol to every client that signs correctly, the official SDK included, and keeps every documented
limit and quota. DCDN is the same API under other names.
"""

import ssl
from collections.abc import Collection, Iterable, Mapping, Sequence
from math import inf

from oss_cdn_refresh_box.account.credentials import KEYS, Keys
from oss_cdn_refresh_box.account.errors import Refused, refused
from oss_cdn_refresh_box.account.gateway import parameters
from oss_cdn_refresh_box.cdn import looking, preload
from oss_cdn_refresh_box.cdn.describing import Described, configs
from oss_cdn_refresh_box.cdn.ledger import QUOTA, Ledger, Quota
from oss_cdn_refresh_box.cdn.product import CDN, Product
from oss_cdn_refresh_box.cdn.refresh import LIMITS, Limits, domains, lines, read
from oss_cdn_refresh_box.cdn.service import Action, Call, Service
from oss_cdn_refresh_box.cdn.tasks import FAILED, PRELOAD, Tasks
from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.wire.faults import Faults
from oss_cdn_refresh_box.wire.serving import Request


class Cdn(Service):
    """A CDN account behind a port of 127.0.0.1; use it as a context manager.

    Everything but `calls` may be replaced or changed at any time, and takes effect with the next call. Beside these
    attributes it has those of `Service`.

    domains: the accelerated domains, each with the error code of its refusals, "" for none:
        `cdn.domains["a.example"] = "InvalidDomain.Offline"`, or "ServiceBusy", "InvalidDomain.Configure_failed" ….
    keys: secrets by access key id, or whole credentials; read again on each call.
    described: the settings of a domain, by its name; a domain without an entry is online and has none.
    rights: the domains that a key may refresh, by access key id; a key without an entry may refresh all.
    preload_rights: the domains that a key may preload, by access key id; a key without an entry may preload all.
    ledger: what the account has used, and how it is counted; two products with one ledger share their quotas.
    """

    limits: Limits

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
        product: Product = CDN,
        port: int = 0,
    ) -> None:
        self.domains = dict.fromkeys(domains, "")
        self.described: dict[str, Described] = {}
        self.rights: dict[str, Collection[str]] = {}
        self.preload_rights: dict[str, Collection[str]] = {}
        self.limits = limits
        self.quota = quota
        self._product = product
        self.ledger = Ledger(clock)
        tasks = Tasks(clock, {product.by_id: "", product.list: product.wrapper})
        super().__init__(product.name, clock, tasks, keys=keys, faults=faults, tls=tls, port=port)

    @property
    def accepted(self) -> set[tuple[str, str]]:
        """Every item accepted so far, as (object type, URL), whether or not the client got the answer."""
        made = [call for call in list(self.calls) if call.accepted and call.action == self._product.refresh]
        return {(call.object_type or "File", url) for call in made for url in call.urls}

    def _submitted(self, _action: str, given: Mapping[str, str]) -> tuple[str, str, tuple[str, ...]]:
        return "ObjectPath", given.get("ObjectType", ""), lines(given.get("ObjectPath", ""))

    def _offered(self, request: Request, call: Call, identity: str) -> Mapping[str, Action]:
        limits, product, tasks = self.limits, self._product, self.tasks
        given = parameters(request) if limits.reads_form else request.parameters
        by_id, listed = tasks.wrappers[product.by_id], tasks.wrappers[product.list]
        return {
            product.refresh: Action(limits.refresh_calls_per_second, lambda: self._refresh(call, given, identity)),
            product.preload: Action(
                limits.preload_calls_per_second, lambda: self._preload(call, preload.read(given, limits), identity)
            ),
            product.by_id: Action(limits.look_calls_per_second, lambda: looking.by_id(given, tasks, limits, by_id)),
            product.list: Action(
                limits.list_calls_per_second,
                lambda: looking.listed(given, tasks, call.at, listed, product.largest_page),
            ),
            product.quota: Action(
                limits.quota_calls_per_second, lambda: self.ledger.figures(self.quota, product.kinds, self._returned())
            ),
            product.domain: Action(inf, lambda: product.detail(*self._describe(given))),
            product.configs: Action(inf, lambda: configs(self._describe(given)[1])),
        }

    def _returned(self) -> int:
        """How many URLs of today's failed tasks do not count."""
        if self.limits.failed_tasks_use_quota:
            return 0
        now = self._clock.now()
        return sum(
            task.object_type == "File" and task.status(now) == FAILED and self.ledger.is_today(task.at)
            for task in self.tasks.find()
        )

    def _describe(self, given: Mapping[str, str]) -> tuple[str, Described]:
        name = given.get("DomainName", "")
        if name not in self.domains:
            raise refused("InvalidDomain.NotFound", name)
        return name, self.described.get(name, Described())

    def _refresh(self, call: Call, given: Mapping[str, str], identity: str) -> Mapping[str, str]:
        """Accept a refresh."""
        try:
            refresh = read(given, self.limits)
            self._check_domains(refresh.domains, self.rights.get(identity, refresh.domains))
            accepted = self.ledger.spend(refresh, self.limits, self.quota)
        except Refused:
            self.ledger.refuse(call.object_type or "File", len(call.urls))
            raise
        self._accept(call, accepted)
        return {"RefreshTaskId": ",".join(call.task_ids)}

    def _preload(self, call: Call, urls: Sequence[str], identity: str) -> Mapping[str, str]:
        """Accept a preload."""
        names, limits = domains(urls), self.limits
        self._check_domains(names, self.preload_rights.get(identity, names))
        is_full = self.tasks.waiting(PRELOAD) + len(urls) > limits.preload_queue
        if is_full and not limits.preload_queue_waits:
            raise refused("PreloadQueueFull", status=self._product.queue_full_status)
        self.ledger.preload(len(urls), self.quota)
        call.task_ids = self.tasks.submit(PRELOAD, urls, most_running=limits.preload_queue)
        call.accepted = True
        return {self._product.preload_task_id: ",".join(call.task_ids)}

    def _check_domains(self, names: Iterable[str], allowed: Collection[str]) -> None:
        """Refuse a call whose key has no right to one of these domains, or for a domain that is in trouble."""
        for name in names:
            if name not in allowed and "*" not in allowed:
                raise refused("Forbidden.RAM", name)
            if code := self.domains.get(name, "InvalidDomain.NotFound"):
                raise refused(code, name)
