"""The ESA API on loopback: sites, purge, preload, their tasks and quota; version 2024-09-10, RPC style.

It speaks the real protocol to every client that signs correctly, the official SDK included, and keeps every documented
limit and quota. The real API speaks https only; this one speaks http, too.
"""

import ssl
from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from oss_cdn_refresh_box.account.credentials import KEYS, Keys
from oss_cdn_refresh_box.account.errors import refused
from oss_cdn_refresh_box.account.gateway import parameters
from oss_cdn_refresh_box.cdn.refresh import domains
from oss_cdn_refresh_box.cdn.service import Action, Call, Name, Service
from oss_cdn_refresh_box.cdn.tasks import PRELOAD, Tasks
from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.esa import ledger, looking, purging, sites
from oss_cdn_refresh_box.esa.ledger import Ledger, Quota
from oss_cdn_refresh_box.esa.limits import LIMITS, Limits
from oss_cdn_refresh_box.esa.sites import ACTIVE, Site
from oss_cdn_refresh_box.wire.faults import Faults
from oss_cdn_refresh_box.wire.serving import Request

NAME = Name("esa.cn-hangzhou.aliyuncs.com", "2024-09-10", policies="esa", throttling="TooManyRequests")
PURGE, PRELOADING = "PurgeCaches", "PreloadCaches"


class Esa(Service):
    """An ESA account behind a port of 127.0.0.1; use it as a context manager.

    Everything but `calls` may be replaced or changed at any time, and takes effect with the next call. Beside these
    attributes it has those of `Service`.

    sites: the account's sites by their ids.
    keys: secrets by access key id, or whole credentials; read again on each call.
    rights: the ids of the sites that a key may use, or "*", by access key id; a key without an entry may use all.
    ledger: what the sites have used.
    quota: what a site may purge of a type (file, directory, ignoreParams …) or preload, where it differs from its plan:
        `esa.quota[site_id, "file"] = Quota(10)`, `esa.quota[site_id, "preload"] = Quota(10)`.
    """

    limits: Limits

    def __init__(
        self,
        clock: Clock,
        sites: Mapping[int, Site],
        *,
        keys: Keys = KEYS,
        limits: Limits = LIMITS,
        quota: Mapping[tuple[int, str], Quota] | None = None,
        faults: Faults | None = None,
        tls: ssl.SSLContext | None = None,
        port: int = 0,
    ) -> None:
        self.sites = dict(sites)
        self.rights: dict[str, Collection[int | str]] = {}
        self.limits = limits
        self.quota = dict(quota or {})
        self._ids: defaultdict[int, set[str]] = defaultdict(set)  # of tasks, by site
        self.ledger = Ledger(clock)
        super().__init__(NAME, clock, Tasks(clock, merges_ids=False), keys=keys, faults=faults, tls=tls, port=port)

    @property
    def accepted(self) -> set[tuple[str, str]]:
        """Every purged item accepted so far, as (object type, URL), whether or not the client got the answer.

        The object types are File, Directory and IgnoreParams, as those of CDN and DCDN.
        """
        made = [call for call in list(self.calls) if call.accepted and call.action == PURGE]
        return {(purging.TYPES[call.object_type], url) for call in made for url in call.urls}

    def _submitted(self, action: str, given: Mapping[str, str]) -> tuple[str, str, tuple[str, ...]]:
        if action not in {PURGE, PRELOADING}:
            return "", given.get("Type", ""), ()
        return "Content", given.get("Type", ""), purging.written(given.get("Content", ""))

    def _offered(self, request: Request, call: Call, identity: str) -> Mapping[str, Action]:
        given = parameters(request) if self.limits.reads_form else request.parameters
        rate, get, post = self.limits.calls_per_second, ("GET",), ("POST",)

        def site() -> tuple[int, Site]:
            return self._site(given, identity)

        def ids() -> Collection[str]:
            found, wanted = self._ids[site()[0]], given.get("TaskId")
            return found & {wanted} if wanted and self.limits.filters_by_task_id else found

        return {
            PURGE: Action(rate, lambda: self._purge(call, given, *site()), post),
            PRELOADING: Action(rate, lambda: self._preload(call, given, *site()), post),
            "GetPurgeQuota": Action(rate, lambda: self._figures(given, *site())),
            "DescribePurgeTasks": Action(rate, lambda: looking.purges(given, self.tasks, ids(), call.at), get),
            "DescribePreloadTasks": Action(rate, lambda: looking.preloads(given, self.tasks, ids(), call.at), get),
            "ListSites": Action(rate, lambda: sites.listed(given, self.sites), get),
            "ListRecords": Action(rate, lambda: sites.records(given, *site()), get),
            "ListCacheRules": Action(rate, lambda: sites.cache_rules(given, site()[1]), get),
        }

    def _site(self, given: Mapping[str, str], identity: str) -> tuple[int, Site]:
        """The site that a call names, with its id."""
        text = given.get("SiteId", "")
        if not text:
            raise refused("MissingParameter", "SiteId")
        site_id = int(text) if text.isdecimal() else 0
        allowed = self.rights.get(identity, {"*"})
        if site_id not in allowed and "*" not in allowed:
            raise refused("Forbidden.RAM", f"site/{text}")
        if site_id not in self.sites:
            raise refused("InvalidStationParameter", text)
        return site_id, self.sites[site_id]

    def _figures(self, given: Mapping[str, str], site_id: int, site: Site) -> Mapping[str, str]:
        kind = given.get("Type") or "file"
        if kind == ledger.PRELOAD:
            raise refused("InvalidParameter", f"Type: {kind}")
        return self.ledger.figures((site_id, kind), self._quota(site_id, site, kind))

    def _quota(self, site_id: int, site: Site, kind: str) -> Quota:
        return self.quota.get((site_id, kind)) or ledger.usual(site, kind)

    def _purge(self, call: Call, given: Mapping[str, str], site_id: int, site: Site) -> Mapping[str, Any]:
        """Accept a purge."""
        refresh, kind = purging.purge(given, self.limits), given["Type"]
        _check_hosts(refresh.urls, site)
        self.ledger.spend((site_id, kind), len(refresh.urls), self._quota(site_id, site, kind))
        self._accept(call, refresh)
        return self._answer(call, site_id)

    def _preload(self, call: Call, given: Mapping[str, str], site_id: int, site: Site) -> Mapping[str, Any]:
        """Accept a preload."""
        urls = purging.preload(given, self.limits)
        _check_hosts(urls, site)
        self.ledger.spend((site_id, ledger.PRELOAD), len(urls), self._quota(site_id, site, ledger.PRELOAD))
        call.task_ids = self.tasks.submit(PRELOAD, urls)
        call.accepted = True
        return self._answer(call, site_id)

    def _answer(self, call: Call, site_id: int) -> Mapping[str, Any]:
        (task_id,) = call.task_ids
        self._ids[site_id].add(task_id)
        return {"TaskId": task_id}


def _check_hosts(urls: tuple[str, ...], site: Site) -> None:
    """Refuse a call for a site that is not active, or for a host that the site does not accelerate."""
    if site.status != ACTIVE:
        raise refused("InvalidStationParameter", f"{site.name} is {site.status}.")
    for host in domains(urls):
        if not site.records.get(host):
            raise refused("InvalidParameter.RecordNotBelongToSite", host)
