"""The questions to ESA about its sites: which site a host belongs to, and whether ESA accelerates the host.

A site of ESA is a zone such as example.com; its name is compared with the whole name of each parent of the host.
Sources: ListSites and ListRecords, ESA API 2024-09-10. ListRecords leaves out the records of edge functions.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from oss_cdn_refresh.model.item import Target
from oss_cdn_refresh.settings.config import Config, Site
from oss_cdn_refresh_cli.doctor.problems import Problem
from oss_cdn_refresh_cli.doctor.services import Asked, rpc

VERSION = "2024-09-10"
ACTIVE = "active"  # ListSites, "Status"; also pending, offline and moved


class Zone(NamedTuple):
    """A site of ESA: its id, its name, such as example.com, and its status."""

    id: int
    name: str
    status: str


class Host(NamedTuple):
    """A host of the configuration, as ESA knows it.

    zone: its site, None if no site of the account has the name of the host or of one of its parents.
    proxied: whether its DNS record of the site is proxied, None if the site has no such record.
    """

    zone: Zone | Problem | None
    proxied: bool | Problem | None


def zones(asked: Asked, name: str) -> list[Zone]:
    """ListSites: the sites of this very name. ESA may keep one that has moved beside the active one."""
    rows = rpc(asked, "ListSites", VERSION, method="GET", SiteName=name, SiteSearchType="exact")["Sites"]
    found = [Zone(int(row["SiteId"]), str(row["SiteName"]).lower(), str(row["Status"])) for row in rows]
    return [zone for zone in found if zone.name == name]


def proxied(asked: Asked, site_id: str, host: str) -> bool | None:
    """ListRecords: whether the record of a host is proxied; None if the site has no such record."""
    query = {"SiteId": site_id, "RecordName": host, "RecordMatchType": "exact"}
    rows = rpc(asked, "ListRecords", VERSION, method="GET", **query)["Records"]
    found = [row.get("Proxied") is True for row in rows if str(row["RecordName"]).lower() == host]
    return any(found) if found else None


def zone_of(host: str, ask: Callable[[str], list[Zone] | Problem]) -> Zone | Problem | None:
    """The active site of a host; a site that is not active if there is no other."""
    inactive: Zone | None = None
    for name in _suffixes(host):
        found = ask(name)
        if isinstance(found, Problem):
            return found
        for zone in found:
            if zone.status == ACTIVE:
                return zone
            inactive = inactive or zone
    return inactive


def id_of(zone: Zone | Problem | None, target: Target) -> str:
    """The id with which to ask for the records of a host: of its active site, or the configured one; "" for none."""
    if isinstance(zone, Problem):
        return target.site_id
    return str(zone.id) if zone and zone.status == ACTIVE else ""


def with_site_ids(config: Config, hosts: Mapping[str, Host]) -> Config:
    """The configuration with the right ids, so that doctor can ask about a site before a person writes its id."""
    sites = tuple(_with_id(site, hosts) for site in config.sites)
    return config._replace(
        sites=sites,
        by_bucket={bucket: tuple(sites[each.number] for each in those) for bucket, those in config.by_bucket.items()},
        domains={domain: site.target for site in sites for domain in site.domains},
    )


def ids_of(site: Site, hosts: Mapping[str, Host]) -> dict[str, int]:
    """The id of the site of ESA that each domain belongs to, if that is known and the site is active."""
    found = {domain: hosts[domain].zone for domain in site.domains if domain in hosts}
    return {domain: zone.id for domain, zone in found.items() if isinstance(zone, Zone) and zone.status == ACTIVE}


def _with_id(site: Site, hosts: Mapping[str, Host]) -> Site:
    ids = set(ids_of(site, hosts).values())
    if len(ids) != 1:
        return site
    changed = site._replace(esa_site_id=ids.pop())
    changed.number = site.number
    return changed


def _suffixes(host: str) -> Iterator[str]:
    """The host and its parents, the longest first, without the top-level domain."""
    labels = host.split(".")
    return (".".join(labels[at:]) for at in range(len(labels) - 1))
