"""The accelerated domains: are they there, are their copies found by their URL, and may they still be refreshed today?

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
    """Each domain of the configuration: accelerated by this account, online, and fed by the bucket of its site."""
    config = known(facts.config)
    for name, told in facts.domains.items():
        if not isinstance(told, Problem):
            yield from _status(name, str(told.get("DomainStatus") or ""))
            yield from _origin(name, told, config)
        elif told.kind is Kind.MISSING:
            remedy = "add it in the CDN console, or take it out of the configuration (DCDN and ESA are other products)"
            yield failure(f"{name} is no accelerated domain of this account", remedy)
    yield from _not_told(facts.domains)
    return f"{', '.join(facts.domains)}: online"


def cache_key(facts: Facts) -> Findings:
    """Each domain's cache key: a refresh finds what is cached under its URL, and nothing else."""
    config = known(facts.config)
    for name, told in facts.domain_settings.items():
        if not isinstance(told, Problem):
            for setting in told:
                yield from _setting(name, str(setting.get("FunctionName")), _arguments(setting), config)
    yield from _not_told(facts.domain_settings)
    return "the URL, on every domain that could be seen"


def quota(facts: Facts) -> Findings:
    """What is left of the day's quotas, of those that the configuration uses."""
    figures = known(facts.quotas).figures
    shown: list[str] = []
    for kind in _used(facts.config):
        field, name = FIGURES[kind]
        left, given = (_figure(figures.get(f"{field}{end}")) for end in ("Remain", "Quota"))
        if left is None:
            yield unchecked(Problem(Kind.OTHER, f"the CDN tells no quota of {name}"))
        elif left == 0:
            remedy = "wait for 00:00 UTC+8, what changes until then waits in the backlog; ask for more where it recurs"
            yield failure(f"no {name} are left of today's quota", remedy)
        elif given and left < LITTLE * given:
            remedy = "put off refreshes by hand; see README, What it costs, for what saves quota"
            yield warning(f"{left:,} of {given:,} {name} are left today", remedy)
        else:
            shown.append(f"{left:,} {name}")
    return f"{', '.join(shown)} left today"


def _status(name: str, status: str) -> Iterator[Finding]:
    if status in UNDER_WAY:
        yield warning(f"{name} is {status}", "wait some minutes: until then its refreshes wait in the backlog")
    elif status != "online":
        yield failure(f"{name} is {status or 'in no state that is told'}", "enable it in the CDN console")


def _origin(name: str, told: Json, config: Config) -> Iterator[Finding]:
    """A domain that shows another bucket is refreshed for changes that it does not show."""
    sources = (told.get("SourceModels") or {}).get("SourceModel") or []
    if not sources or any(source.get("Type") != "oss" for source in sources):
        return  # an origin of one's own may show anything
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


def _not_told(answers: Mapping[str, object]) -> Iterator[Finding]:
    """What was not told about domains, once for each reason; that one is missing, `domain` says."""
    reasons: dict[str, tuple[Problem, list[str]]] = {}
    for name, answer in answers.items():
        if isinstance(answer, Problem) and answer.kind is not Kind.MISSING:
            reasons.setdefault(answer.why, (answer, []))[1].append(name)
    for problem, names in reasons.values():
        yield unchecked(problem, ", ".join(names))


def _used(config: Config | Problem) -> list[ObjectType]:
    """The kinds of refreshes that a configuration leads to."""
    sites = () if isinstance(config, Problem) else config.sites
    directories = any(site.bulk_delete == "directory" or any(also.directories for also in site.also) for site in sites)
    ignoring = any(site.query == "ignore" for site in sites)
    used: list[ObjectType] = [FILE]
    if directories:
        used.append(DIRECTORY)
    return [*used, IGNORE_PARAMS] if ignoring else used


def _figure(told: object) -> int | None:
    text = str(told).strip()
    return int(text) if text.isdecimal() else None
