"""Checks the domains, their cache keys, and the quota that is left.

Facts: DescribeCdnDomainDetail and DescribeDcdnDomainDetail ("DomainStatus"); "Domain configuration functions" of the
CDN documentation for the names and arguments of settings; "Custom cache key": "The URL purge feature cannot purge
cached content" with one. The page of DCDN does not say so (2026-02), but its settings have the same names.
"""

from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl

from oss_cdn_refresh.model.item import DIRECTORY, FILE, IGNORE_PARAMS, ObjectType, Target
from oss_cdn_refresh.products import product
from oss_cdn_refresh.settings.config import Config
from oss_cdn_refresh_cli.clients.products import TYPE_NAMES
from oss_cdn_refresh_cli.doctor.checks.esa_sites import esa_sites
from oss_cdn_refresh_cli.doctor.domains import SHARED, Domain
from oss_cdn_refresh_cli.doctor.facts import Facts
from oss_cdn_refresh_cli.doctor.findings import Finding, Findings, failure, known, unchecked, unknown, warning
from oss_cdn_refresh_cli.doctor.problems import Kind, Problem
from oss_cdn_refresh_cli.doctor.reader import OF_PRODUCTS
from oss_cdn_refresh_cli.doctor.services import Quotas

UNDER_WAY = frozenset({"configuring", "checking"})
CUSTOM_KEY = "self_defined_cachekey"  # function 227
KEPT_PARAMETERS = "set_hashkey_args"  # function 19: all parameters are ignored, or all but some
REMOVED_PARAMETERS = "ali_remove_args"  # function 75: some are ignored
LITTLE = 0.1  # of a day's quota


def domain(facts: Facts) -> Findings:
    """Each domain of the configuration is accelerated by its product, online, and has the bucket as its origin."""
    config = known(facts.config)
    for name, answer in facts.domains.items():
        of_product = product(config.domains[name].product)
        if not isinstance(answer, Problem):
            yield from _status(name, answer.status, _console(config, name))
            yield from _origin(name, answer, config)
        elif answer.kind is Kind.MISSING:
            remedy = f"add it in the {_console(config, name)}, or correct the domains or the product of its site"
            yield failure(f"{name} is no domain of {of_product.TITLE} in this account", remedy)
    yield from unknown(facts.domains)
    yield from esa_sites(facts, config)
    return f"{', '.join(sorted(config.domains))}: online"


def cache_key(facts: Facts) -> Findings:
    """Each domain's cache key is the URL, because a refresh by URL finds no other cache key."""
    config = known(facts.config)
    for name, answer in facts.domain_settings.items():
        if not isinstance(answer, Problem):
            for setting in answer:
                yield from _setting(name, setting.function, setting.arguments, config)
    yield from unknown(facts.domain_settings)
    yield from _cache_rules_of_esa(facts)
    return "the URL, on every domain that could be seen"


def quota(facts: Facts) -> Findings:
    """The day's quotas that the configuration uses have enough left, for each target."""
    several = len(facts.quotas) > 1
    shown: list[str] = []
    for target, answer in facts.quotas.items():
        whose = f"{_title(target)}: " if several else ""
        if isinstance(answer, Problem):
            yield unchecked(answer, _title(target) if several else "")
            continue
        enough: list[str] = []
        for kind in used(facts.config, target):
            yield from _left(target, whose, kind, answer, enough)
        shown.append(f"{whose}{', '.join(enough)} left today")
    return shown


def used(config: Config | Problem, target: Target) -> list[ObjectType]:
    """The object types that the sites of a target refresh."""
    sites = [] if isinstance(config, Problem) else [site for site in config.sites if site.target == target]
    directories = any(site.bulk_delete == "directory" or any(also.directories for also in site.also) for site in sites)
    ignoring = any(site.query == "ignore" for site in sites)
    found: list[ObjectType] = [FILE]
    if directories:
        found.append(DIRECTORY)
    return [*found, IGNORE_PARAMS] if ignoring else found


def _left(target: Target, whose: str, kind: ObjectType, quotas: Quotas, enough: list[str]) -> Iterator[Finding]:
    """Report a quota that is used up or nearly used up; any other is added to `enough`."""
    left, given = quotas.allowances.get(kind) or (None, None)
    name = TYPE_NAMES[kind]
    if left is None:
        yield unchecked(Problem(Kind.OTHER, f"the answer of {_title(target)} has no quota of {name}"))
    elif left == 0:
        until = ", or longer for a quota of 30 days" if target.site_id else ""  # GetPurgeQuota, "Quota30Day"
        remedy = f"wait for 00:00 UTC+8{until}: until then changes are deferred; request a larger quota if this recurs"
        yield failure(f"{whose}no {name} are left of today's quota", remedy)
    elif given and left < LITTLE * given:
        remedy = "postpone refreshes by hand; see README, What it costs, for ways to save quota"
        yield warning(f"{whose}{left:,} of {given:,} {name} are left today", remedy)
    else:
        enough.append(f"{left:,} {name}")


def _title(target: Target) -> str:
    """A target for people: the CDN, DCDN, or ESA with the id of its site."""
    title = product(target.product).TITLE
    return f"{title}, site {target.site_id}" if target.site_id else title


def _console(config: Config, name: str) -> str:
    """The console of a domain's product."""
    return f"{OF_PRODUCTS[config.domains[name].product].value} console"


def _status(name: str, status: str, console: str) -> Iterator[Finding]:
    if status in UNDER_WAY:
        yield warning(f"{name} is {status}", "wait some minutes: until then its refreshes wait in the backlog")
    elif status != "online":
        yield failure(f"{name} is {status or 'without a status in the answer'}", f"enable it in the {console}")


def _origin(name: str, answer: Domain, config: Config) -> Iterator[Finding]:
    """Report a domain whose origin is another bucket than the site's."""
    if not answer.origins or any(kind != "oss" for kind, _ in answer.origins):
        return  # the content of another origin is unknown
    shown = [content for _, content in answer.origins]
    for site in config.sites:
        if name in site.domains and not any(content.startswith(f"{site.bucket}.") for content in shown):
            what = f"{name} shows {', '.join(shown)}, and not the bucket {site.bucket}"
            console = _console(config, name)
            yield warning(what, f"set the domain's origin in the {console}, or the site's bucket or domains")


def _cache_rules_of_esa(facts: Facts) -> Iterator[Finding]:
    """Say that nobody looked at the cache rules of the hosts of ESA: doctor does not read them."""
    if facts.hosts:
        remedy = "look for a custom cache key in the rules of the ESA console: with one, a refresh by URL finds no copy"
        yield warning(f"not checked: ESA's cache rules, for {', '.join(sorted(facts.hosts))}", remedy)


def _setting(name: str, function: str, arguments: Mapping[str, str], config: Config) -> Iterator[Finding]:
    if function == CUSTOM_KEY:
        what = f"{name} has a custom cache key, under which no refresh by URL finds anything"
        yield failure(what, f"take it off: {_console(config, name)}, the domain, Cache, Custom Cachekey")
    elif function == SHARED:
        other = arguments.get("share_host", "")
        if other not in config.domains:
            what = f"{name} shares the cache of {other}: a refresh of its own URLs may not find its copies"
            yield warning(what, f"add {other} to the domains of the site, and see that it works")
    for variant in dict.fromkeys(
        variant for site in config.sites if name in site.domains and site.query == "exact" for variant in site.variants
    ):
        if variant.startswith("?") and _ignored(variant, function, arguments):
            what = f"{name} ignores the parameters of {variant}: refreshing it costs quota for nothing"
            yield warning(what, "take the variant out of the site, or let the domain keep its parameters")


def _ignored(variant: str, function: str, arguments: Mapping[str, str]) -> bool:
    """Whether a setting leaves all parameters of a query out of the cache key."""
    names = {name for name, _ in parse_qsl(variant.removeprefix("?"), keep_blank_values=True)}
    if function == KEPT_PARAMETERS:
        kept = set(filter(None, arguments.get("hashkey_args", "").replace(" ", ",").split(",")))
        return not names & kept if kept else arguments.get("disable") == "on"
    if function == REMOVED_PARAMETERS:
        return bool(names) and names <= set(arguments.get("ali_remove_args", "").replace(",", " ").split())
    return False
