"""Asks the edge for a URL, and compares the answer with the object that the URL shows.

Sources of the headers: RFC 9111, "Age", "Cache-Control"; CDN "Cache FAQ" for X-Swift-CacheTime, the seconds for which a
node of the CDN keeps a copy.
"""

import re
from collections.abc import Mapping

from oss_cdn_refresh.mapping.from_url import domain_of
from oss_cdn_refresh.model.item import FILE, Item
from oss_cdn_refresh_cli.edge.audit.answers import Seen, number
from oss_cdn_refresh_cli.edge.audit.edge import Edge, How, NotAsked
from oss_cdn_refresh_cli.edge.audit.examination import UNASSIGNED
from oss_cdn_refresh_cli.edge.audit.targets import Relation, Target
from oss_cdn_refresh_cli.edge.audit.verdicts import SERVED, Finding, judge
from oss_cdn_refresh_cli.edge.explaining.facts import FRESH, NOT_COMPARED, STALE, STYLES, UNREACHABLE, Copy, Object
from oss_cdn_refresh_cli.operation.urls import Behind, Way

VERDICTS = {Finding.FRESH: FRESH, Finding.STALE: STALE, Finding.UNREACHABLE: NOT_COMPARED}
ERROR_PAGE = "the edge serves the error page of the site, as for any missing object"
NO_COPY = "OSS did not answer for the object"


def served(edge: Edge, url: str, shown: Object) -> Copy:
    """What the edge serves under the URL, compared with the object."""
    seen = edge.ask(url, How.ONE_BYTE)
    if isinstance(seen, NotAsked):
        return Copy(UNREACHABLE, seen.why)
    headers = {name.lower(): value for name, value in edge.headers.items()}
    copy = Copy(
        status=seen.status,
        age=number(headers.get("age", "")),
        keeps=_first(_seconds(headers, "x-swift-cachetime"), _directive(headers, "s-maxage"), _max_age(headers)),
        browser=_max_age(headers),
        location=seen.location,
    )
    if not shown.known:
        return copy._replace(verdict=NOT_COMPARED, detail=NO_COPY)
    target = _target(url, shown.behind)
    verdict = judge(target, shown.stored, seen)
    if verdict.finding is Finding.STALE and shown.stored is None and _is_error_page(edge, target, seen):
        return copy._replace(verdict=FRESH, detail=ERROR_PAGE)
    return copy._replace(verdict=VERDICTS[verdict.finding], detail=verdict.why)


def _target(url: str, behind: Behind) -> Target:
    """The URL with its relation to the object, as the comparison needs both."""
    site = behind.site
    domain = domain_of(url)
    root = site.roots[site.domains.index(domain)]
    return Target(Item(FILE, url, domain, site.target, site.number, behind.key), _relation(url, behind), root)


def _relation(url: str, behind: Behind) -> Relation:
    query = url.partition("?")[2]
    if behind.way is Way.STYLE or any(style in query for style in STYLES) or url.endswith(behind.site.variants):
        return Relation.VARIANT
    return Relation.OWN if behind.way is Way.NAME else Relation.ALIAS


def _is_error_page(edge: Edge, target: Target, seen: Seen) -> bool:
    """Whether the answer is the one for any missing object, with status 200, as single-page apps have it."""
    page = edge.ask(target.root + UNASSIGNED, How.ONE_BYTE)
    return isinstance(page, Seen) and page.status in SERVED and page == seen


def _max_age(headers: Mapping[str, str]) -> int | None:
    return _directive(headers, "max-age")


def _directive(headers: Mapping[str, str], name: str) -> int | None:
    found = re.search(rf"(?:^|[\s,]){name}\s*=\s*\"?(\d+)", headers.get("cache-control", ""), re.IGNORECASE)
    return number(found[1]) if found else None


def _seconds(headers: Mapping[str, str], name: str) -> int | None:
    return number(headers.get(name, ""))


def _first(*values: int | None) -> int | None:
    return next((value for value in values if value is not None), None)
