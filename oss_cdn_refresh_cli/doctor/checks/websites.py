"""Checks static website hosting: does the configuration refresh each URL where OSS shows an index or an error page?

Facts: "Host static websites" and "PutBucketWebsite" of the OSS documentation; docs/website-hosting.md has them as a
table. Rewrites on the CDN change these URLs too, but doctor cannot see them.
"""

from collections.abc import Iterator

from oss_cdn_refresh.events.change import Change
from oss_cdn_refresh.mapping.sites import items_of
from oss_cdn_refresh.model.item import DIRECTORY, FILE, ItemName
from oss_cdn_refresh.settings.config import Config, Site
from oss_cdn_refresh_cli.doctor.contents import Website
from oss_cdn_refresh_cli.doctor.facts import Facts
from oss_cdn_refresh_cli.doctor.findings import Finding, Findings, known, ok, unchecked, warning
from oss_cdn_refresh_cli.doctor.problems import Kind, Problem
from oss_cdn_refresh_cli.operation.changes import UPLOAD

USUAL_PAGE = "index.html"  # of a bucket without hosting
SHORT_TTL = "let it expire within 5 minutes (Cache-Control: max-age=300)"
NOT_SEEN = "unless the CDN rewrites such URLs"


def website(facts: Facts) -> Findings:
    """`index` and `also` of each site fit the hosting of its bucket."""
    config = known(facts.config)
    for bucket, hosting in facts.websites.items():
        if _elsewhere(facts, bucket):
            continue  # OSS gives no information about it here; the check of the bucket reports it
        if not isinstance(hosting, Problem):
            sites = [(f"sites[{at}]", site) for at, site in enumerate(config.sites) if site.bucket == bucket]
            found = [each for place, site in sites for each in _site(place, site, hosting, config)]
            yield from found or [ok(f"{bucket}: index and also are as its hosting needs them")]
        elif hosting.kind is not Kind.MISSING:
            yield unchecked(hosting, bucket)
    return "no bucket that could be seen"


def _elsewhere(facts: Facts, bucket: str) -> bool:
    answer = facts.buckets[bucket]
    return not isinstance(answer, Problem) and bool(facts.region) and answer != facts.region


def _site(place: str, site: Site, hosting: Website | None, config: Config) -> Iterator[Finding]:
    if hosting is None:
        if site.index:
            what = f"{site.bucket} has no static website hosting: index: [] in {place} saves quota, {NOT_SEEN}"
            yield ok(what)
        yield from _needless_directory(place, site, USUAL_PAGE, config)
        return
    if hosting.home and hosting.sub_directories:
        yield from _sub_directories(place, site, hosting, config)
    elif hosting.home and site.index and _everywhere(site, hosting.home, config):
        what = f"{site.bucket} shows no index page of a sub-directory under /docs/: index: [] in {place} saves quota"
        yield ok(f"{what}, {NOT_SEEN}")
    pages = {  # pages that are cached under URLs that cannot be listed
        hosting.under_every_slash: "every URL with / at its end",
        hosting.under_missing_paths: "every URL without an object",
    }
    for page, where in pages.items():
        if page and page.startswith(site.prefix) and site.wants(page) and not _everywhere(site, page, config):
            what = f"{where} of {site.bucket} shows {page}, and {place} refreshes none but its own"
            rule = f"also: [{{when: {page}, directories: [{site.path}]}}]"
            yield warning(what, f"add {rule}, or {SHORT_TTL}, {NOT_SEEN}")
    if hosting.under_missing_paths and site.new_objects == "skip":
        what = f"{place}: before an object exists, its URL shows {hosting.error}, and new_objects: skip keeps that"
        yield warning(what, "write new_objects: refresh")
    if hosting.home not in pages:
        yield from _needless_directory(place, site, hosting.home, config)


def _needless_directory(place: str, site: Site, page: str, config: Config) -> Iterator[Finding]:
    if _everywhere(site, page, config):
        what = f"{place} refreshes a directory with {page}, which {site.bucket} shows under no other URL"
        yield ok(f"{what}: without it quota is saved, {NOT_SEEN}")


def _sub_directories(place: str, site: Site, hosting: Website, config: Config) -> Iterator[Finding]:
    """`/docs/` shows docs/index.html, and with type 2 `/docs` too."""
    ends = ("/", "") if hosting.shows_bare_directories else ("/",)
    needed = {ItemName(FILE, f"{root}docs{end}") for root in site.roots for end in ends}
    items = _items(site, f"{site.prefix}docs/{hosting.home}", config)
    if items and not needed <= items:
        urls = " and ".join(f"/docs{end}" for end in ends)
        what = f"{site.bucket} shows docs/{hosting.home} under {urls} too, and {place} does not refresh that"
        yield warning(what, f"add {hosting.home} to index, {NOT_SEEN}")
    for name in site.index:
        if name != hosting.home:
            what = (
                f"{name} in index of {place} is no index page of {site.bucket}: without it quota is saved, {NOT_SEEN}"
            )
            yield ok(what)


def _everywhere(site: Site, key: str, config: Config) -> bool:
    """Whether a change of a page refreshes all URLs below the root of the site, on each domain."""
    directories = [item.url for item in _items(site, key, config) if item.type == DIRECTORY]
    return all(any(root.startswith(url) for url in directories) for root in site.roots)


def _items(site: Site, key: str, config: Config) -> frozenset[ItemName]:
    return frozenset(items_of(Change(site.bucket, key, UPLOAD), config)[0])
