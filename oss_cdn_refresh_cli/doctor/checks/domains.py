"""Checks the accelerated domains, their cache keys, and the quota that is left.

Facts: DescribeCdnDomainDetail ("DomainStatus"); "Domain configuration functions" of the CDN documentation for the names
and arguments of settings; "Custom cache key": "The URL purge feature cannot purge cached content" with one.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

from oss_cdn_refresh.model.item import DIRECTORY, FILE, IGNORE_PARAMS, ObjectType
from oss_cdn_refresh.settings.config import Config
from oss_cdn_refresh_cli.doctor.facts import Facts
from oss_cdn_refresh_cli.doctor.findings import Finding, Findings, failure, known, unchecked, warning
from oss_cdn_refresh_cli.doctor.problems import Kind, Problem
from oss_cdn_refresh_cli.doctor.services import Json

UNDER_WAY = frozenset({"configuring", "checking"})
CUSTOM_KEY = "self_defined_cachekey"  # function 227
SHARED = "rewrite_host"  # function 54: the copies are kept under the name of another domain
KEPT_PARAMETERS = "set_hashkey_args"  # function 19: all parameters are ignored, or all but some
REMOVED_PARAMETERS = "ali_remove_args"  # function 75: some are ignored
LITTLE = 0.1  # of a day's quota
FIGURES: Mapping[ObjectType, tuple[str, str]] = {
    FILE: ("Url", "URLs"),
    DIRECTORY: ("Dir", "directories"),
    IGNORE_PARAMS: ("IgnoreParams", "IgnoreParams"),
}


def domain(facts: Facts) -> Findings:
    """Each domain of the configuration is accelerated by this account, online, and has the bucket as its origin."""
    config = known(facts.config)
    for name, answer in facts.domains.items():
        if not isinstance(answer, Problem):
            yield from _status(name, str(answer.get("DomainStatus") or ""))
            yield from _origin(name, answer, config)
        elif answer.kind is Kind.MISSING:
            remedy = "add it in the CDN console, or take it out of the configuration (DCDN and ESA are other products)"
            yield failure(f"{name} is no accelerated domain of this account", remedy)
    yield from _unknown(facts.domains)
    return f"{', '.join(facts.domains)}: online"


def cache_key(facts: Facts) -> Findings:
    """Each domain's cache key is the URL, because a refresh by URL finds no other cache key."""
    config = known(facts.config)
    for name, answer in facts.domain_settings.items():
        if not isinstance(answer, Problem):
            for setting in answer:
                yield from _setting(name, str(setting.get("FunctionName")), _arguments(setting), config)
    yield from _unknown(facts.domain_settings)
    return "the URL, on every domain that could be seen"


def quota(facts: Facts) -> Findings:
    """The day's quotas that the configuration uses have enough left."""
    figures = known(facts.quotas).figures
    shown: list[str] = []
    for kind in _used(facts.config):
        field, name = FIGURES[kind]
        left, given = (_figure(figures.get(f"{field}{end}")) for end in ("Remain", "Quota"))
        if left is None:
            yield unchecked(Problem(Kind.OTHER, f"the CDN tells no quota of {name}"))
        elif left == 0:
            remedy = "wait for 00:00 UTC+8, until then changes are deferred; request a larger quota if this recurs"
            yield failure(f"no {name} are left of today's quota", remedy)
        elif given and left < LITTLE * given:
            remedy = "postpone refreshes by hand; see README, What it costs, for ways to save quota"
            yield warning(f"{left:,} of {given:,} {name} are left today", remedy)
        else:
            shown.append(f"{left:,} {name}")
    return f"{', '.join(shown)} left today"


def _status(name: str, status: str) -> Iterator[Finding]:
    if status in UNDER_WAY:
        yield warning(f"{name} is {status}", "wait some minutes: until then its refreshes wait in the backlog")
    elif status != "online":
        yield failure(f"{name} is {status or 'in no state that is answer'}", "enable it in the CDN console")


def _origin(name: str, answer: Json, config: Config) -> Iterator[Finding]:
    """Report a domain whose origin is another bucket than the site's."""
    sources = (answer.get("SourceModels") or {}).get("SourceModel") or []
    if not sources or any(source.get("Type") != "oss" for source in sources):
        return  # the content of another origin is unknown
    shown = [str(source.get("Content") or "") for source in sources]
    for site in config.sites:
        if name in site.domains and not any(content.startswith(f"{site.bucket}.") for content in shown):
            what = f"{name} shows {', '.join(shown)}, and not the bucket {site.bucket}"
            yield warning(what, "set the domain's origin in the CDN console, or the site's bucket or domains")


def _setting(name: str, function: str, arguments: Mapping[str, str], config: Config) -> Iterator[Finding]:
    if function == CUSTOM_KEY:
        what = f"{name} has a custom cache key, under which no refresh by URL finds anything"
        yield failure(what, "take it off: CDN console, the domain, Cache, Custom Cachekey")
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


def _arguments(setting: Json) -> dict[str, str]:
    given: Any = (setting.get("FunctionArgs") or {}).get("FunctionArg") or []
    return {str(argument.get("ArgName")): str(argument.get("ArgValue") or "") for argument in given}


def _unknown(answers: Mapping[str, object]) -> Iterator[Finding]:
    """Report unknown facts about domains, once for each reason; the check `domain` reports missing domains."""
    reasons: dict[str, tuple[Problem, list[str]]] = {}
    for name, answer in answers.items():
        if isinstance(answer, Problem) and answer.kind is not Kind.MISSING:
            reasons.setdefault(answer.why, (answer, []))[1].append(name)
    for problem, names in reasons.values():
        yield unchecked(problem, ", ".join(names))


def _used(config: Config | Problem) -> list[ObjectType]:
    """The object types that a configuration refreshes."""
    sites = () if isinstance(config, Problem) else config.sites
    directories = any(site.bulk_delete == "directory" or any(also.directories for also in site.also) for site in sites)
    ignoring = any(site.query == "ignore" for site in sites)
    used: list[ObjectType] = [FILE]
    if directories:
        used.append(DIRECTORY)
    return [*used, IGNORE_PARAMS] if ignoring else used


def _figure(answer: object) -> int | None:
    text = str(answer).strip()
    return int(text) if text.isdecimal() else None
