"""Checks the ids of the sites of ESA in the configuration, and whether ESA accelerates each host.

Facts: PurgeCaches takes the id of a site. PreloadCaches refuses hosts that are no proxied records of that site.
"""

from collections.abc import Iterator

from oss_cdn_refresh.settings.config import Config, Site
from oss_cdn_refresh_cli.doctor.esa_sites import ACTIVE, Host, Zone, ids_of
from oss_cdn_refresh_cli.doctor.facts import Facts
from oss_cdn_refresh_cli.doctor.findings import Finding, failure, unknown
from oss_cdn_refresh_cli.doctor.problems import Kind, Problem


def esa_sites(facts: Facts, config: Config) -> Iterator[Finding]:
    """Each site of the configuration has the id of its hosts' site, which is active and accelerates them."""
    for site, written in zip(config.sites, facts.written_site_ids, strict=True):
        if any(domain in facts.hosts for domain in site.domains):
            for finding in _site_id(facts, site, written):
                yield finding._replace(detail=f"{facts.settings.config}: sites[{site.number}]: {finding.detail}")
    for name, host in facts.hosts.items():
        yield from _host(name, host, config.domains[name].site_id)
    yield from unknown({name: host.zone for name, host in facts.hosts.items()})
    yield from unknown({name: host.proxied for name, host in facts.hosts.items()})


def _site_id(facts: Facts, site: Site, written: int) -> Iterator[Finding]:
    place, ids = f"sites[{site.number}]", ids_of(site, facts.hosts)
    if len(set(ids.values())) > 1:
        what = f"its domains belong to several sites of ESA: {', '.join(f'{name} to {ids[name]}' for name in ids)}"
        yield failure(what, f"{place}: write an entry for each site of ESA, with its own domains and esa_site_id")
        return
    has = f"esa_site_id is {written}" if written else "esa_site_id is missing"
    for name, right in ids.items():
        if written != right:
            yield failure(f"{has}, and {name} belongs to the site {right}", f"{place}: write esa_site_id: {right}")
        return
    if not written and any(isinstance(facts.hosts[name].zone, Problem) for name in site.domains):
        remedy = f"{place}: write the id that the ESA console shows for the site of {site.domains[0]}"
        yield failure(has, f"{remedy}, or grant esa:ListSites and run doctor again")


def _host(name: str, host: Host, site_id: str) -> Iterator[Finding]:
    zone = host.zone
    if zone is None:
        remedy = "add the site in the ESA console, or correct the domains or the product of its site"
        yield failure(f"{name} belongs to no site of ESA in this account", remedy)
    elif isinstance(zone, Zone) and zone.status != ACTIVE:
        what = f"{name} belongs to {zone.name}, a site of ESA that is {zone.status}"
        yield failure(what, f"activate the site {zone.name} in the ESA console")
    elif isinstance(host.proxied, Problem):
        if host.proxied.kind is Kind.MISSING:
            what = f"{name} has esa_site_id {site_id}, and ESA has no such site in this account"
            yield failure(what, "write the id that the ESA console shows for the site")
    elif host.proxied is None and site_id:
        what = f"the site {site_id} of ESA has no DNS record of {name}"
        yield failure(what, "add the record in the ESA console, with its proxy switched on")
    elif host.proxied is False:
        what = f"the DNS record of {name} is not proxied, so ESA neither accelerates nor refreshes it"
        yield failure(what, "switch the proxy of the record on, in the ESA console")
