"""The sites of a configuration, as the products and the edge need them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from oss_cdn_refresh_box.cdn import Cdn, Origin
from oss_cdn_refresh_box.cdn.describing import Described, Source
from oss_cdn_refresh_box.esa import Site

ESA_PLAN = "basic"

Sites = Iterable[Mapping[str, Any]]
"""Sites as a configuration writes them."""


def domains_of(sites: Sites, product: str) -> list[str]:
    """The domains that a product serves."""
    of_product = [site for site in sites if site.get("product", "cdn") == product]
    return list(dict.fromkeys(domain for site in of_product for domain in site["domains"]))


def esa_sites(sites: Sites) -> dict[int, Site]:
    """The sites of ESA by their ids, each with a proxied record for every domain."""
    found: dict[int, Site] = {}
    for site in sites:
        if site.get("product") == "esa":
            records = dict.fromkeys(site["domains"], True)
            name = site["domains"][0].partition(".")[2]
            known = found.get(site["esa_site_id"], Site(name, plan=ESA_PLAN))
            found[site["esa_site_id"]] = known._replace(records={**known.records, **records})
    return found


def describe(product: Cdn, name: str, sites: Sites, region: str) -> None:
    """Give CDN or DCDN the origins of its domains."""
    for site in sites:
        source = Source("oss", f"{site['bucket']}.oss-{region}.aliyuncs.com")
        for domain in site["domains"] if site.get("product", "cdn") == name else ():
            known = product.described.get(domain, Described())
            product.described[domain] = known._replace(sources=(*known.sources, source))


def origins(sites: Sites, oss: str) -> dict[str, list[Origin]]:
    """The origins of each domain, for the edge; `oss` is the endpoint of OSS."""
    found: defaultdict[str, list[Origin]] = defaultdict(list)
    for site in sites:
        index = site.get("index", ["index.html"])
        origin = Origin(
            f"{oss}/{site['bucket']}", site.get("path", "/"), site.get("prefix", ""), index[0] if index else ""
        )
        for domain in site["domains"]:
            found[domain].append(origin)
    return found
