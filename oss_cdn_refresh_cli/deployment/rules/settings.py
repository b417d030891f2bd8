"""Rules for the environment of the functions, and for settings of a site that go together."""

from collections.abc import Iterator, Mapping

from oss_cdn_refresh.model.errors import ConfigurationError
from oss_cdn_refresh.products import NAMES, endpoint_variable
from oss_cdn_refresh.settings.config import Config
from oss_cdn_refresh.settings.environment import BATCHED, DIRECT, base_url, wrong_level
from oss_cdn_refresh_cli.deployment.expectations import OWN_TO_EACH
from oss_cdn_refresh_cli.deployment.model import BACKLOG, DEAD_LETTERS, Deployment
from oss_cdn_refresh_cli.deployment.rules.finding import Finding, Weight

NEEDED = frozenset({"REFRESH_CONFIG", BACKLOG, DEAD_LETTERS})
ENDPOINTS = (*map(endpoint_variable, NAMES), "SMQ_ENDPOINT", "OSS_ENDPOINT")


def environment(deployment: Deployment) -> Iterator[Finding]:
    """Unknown values, and variables with which drain would treat items otherwise than refresh."""
    ours = deployment.function
    for function in deployment.functions:
        place = f"{function.place}.environmentVariables"
        delivery = function.environment.get("DELIVERY") or DIRECT
        if delivery not in (DIRECT, BATCHED):
            remedy = f"write {DIRECT} or {BATCHED}: REFRESH_DELIVERY in .env"
            yield Finding(f"{place}.DELIVERY", f'"{delivery}" is unknown', remedy)
        level = wrong_level(function.environment)
        if level:
            remedy = f"{level.remedy}: REFRESH_LOG_LEVEL in .env"
            yield Finding(f"{place}.LOG_LEVEL", level.what, remedy, Weight.HINT)
        for name in sorted((NEEDED | ours.environment.keys() | function.environment.keys()) - OWN_TO_EACH):
            written, wanted = function.environment.get(name), ours.environment.get(name)
            if (written or "") != (wanted or ""):
                what = f'"{written}" is not what {ours.resource} has' if written else "is missing"
                what = what if written else f"{what}, {ours.resource} has it"
                remedy = f"write {wanted}" if wanted else "give it to both, or to none"
                yield Finding(f"{place}.{name}", what, f"{remedy}, so that both have the same")


def preload(deployment: Deployment) -> Iterator[Finding]:
    """Sites with `preload` and no backlog: a preload follows a confirmation, which the backlog brings."""
    if deployment.config and deployment.config.preloads and not deployment.function.environment.get(BACKLOG):
        place = f"{deployment.function.place}.environmentVariables.{BACKLOG}"
        what = f"is missing, and {deployment.config_file} has preload: no function could start"
        yield Finding(place, what, "name the backlog queue, or take preload out of the sites")


def endpoints(deployment: Deployment) -> Iterator[Finding]:
    """Endpoints that are no base URLs."""
    for function in deployment.functions:
        for name in ENDPOINTS:
            wrong = _wrong_endpoint(name, function.environment)
            if wrong:
                yield Finding(f"{function.place}.environmentVariables.{name}", wrong.what, wrong.remedy)


def _wrong_endpoint(name: str, environment: Mapping[str, str]) -> ConfigurationError | None:
    try:
        base_url(name, environment, "")
    except ConfigurationError as error:
        return error
    return None


def dropped_variants(config: Config, file: str) -> Iterator[Finding]:
    """Variants that `query: ignore` drops: its one item covers the queries of a URL, and no other URL."""
    for number, site in enumerate(config.sites):
        for position, variant in enumerate(site.variants):
            if site.query == "ignore" and not variant.startswith("?"):
                place = f"sites[{number}].variants[{position}]"
                what = f'"{variant}" is no query, so query: ignore drops it'
                yield Finding(place, what, "give it a second site", Weight.WEAKNESS, file)
