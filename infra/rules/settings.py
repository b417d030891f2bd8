"""Rules for what a person sets: names in `.env` that something reads, and settings of a site that go together."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from infra.reading.deployment import Deployment
from infra.rules.findings import Finding
from oss_cdn_refresh.logs import LEVELS
from oss_cdn_refresh.model.errors import ConfigurationError
from oss_cdn_refresh.settings.checks import quoted
from oss_cdn_refresh.settings.environment import BATCHED, DIRECT, base_url
from oss_cdn_refresh_cli.deployment.expectations import OWN_TO_EACH

NEEDED = frozenset({"REFRESH_CONFIG", "BACKLOG_QUEUE", "DEAD_LETTER_QUEUE"})
ENDPOINTS = ("CDN_ENDPOINT", "SMQ_ENDPOINT", "OSS_ENDPOINT")
OURS = "REFRESH_"  # how the names of the project begin; others in `.env` are not ours to judge


def findings(deployment: Deployment) -> Iterator[Finding]:
    """What was set and has no effect."""
    yield from _unknown_names(deployment)
    yield from _dollars(deployment)
    yield from _second_dotenv(deployment)
    yield from _delivery(deployment)
    yield from _endpoints(deployment)
    yield from _one_environment(deployment)
    yield from _one_code(deployment)
    yield from _dropped_variants(deployment)


def _unknown_names(deployment: Deployment) -> Iterator[Finding]:
    known = deployment.template.asks
    for name in deployment.template.dotenv:
        if name.startswith(OURS) and name not in known:
            near = get_close_matches(name, known, n=1)
            remedy = f"did you mean {near[0]}?" if near else f"known are {', '.join(sorted(known))}"
            yield Finding(".env", name, f"{deployment.file} does not read it", remedy)


def warnings(deployment: Deployment) -> Iterator[Finding]:
    """What is probably a mistake, while the function works all the same."""
    for function in deployment.functions:
        written = function.environment.get("LOG_LEVEL", "INFO")
        if written not in LEVELS:
            place = f"{function.resource}.props.environmentVariables.LOG_LEVEL"
            what = f"{quoted(written)} is unknown, so the function logs as with INFO"
            yield Finding(deployment.file, place, what, f"write {', '.join(LEVELS)}: REFRESH_LOG_LEVEL in .env")


def _dollars(deployment: Deployment) -> Iterator[Finding]:
    """`s` expands variables in `.env` (dotenv-expand 10), which nothing else that reads the file does."""
    for name, value in deployment.template.dotenv.items():
        if name.startswith(OURS) and "$" in value:
            yield Finding(".env", name, "s puts the value of a variable in place of a $", "write the value itself")


def _second_dotenv(deployment: Deployment) -> Iterator[Finding]:
    """`s` reads a `.env` in the folder of the code as well, and uploads it."""
    folders = {function.code: function for function in deployment.functions}
    for folder, function in folders.items():
        if (folder / ".env").is_file():
            place = f"{function.resource}.props.code"
            what = f"{folder.name}/.env would be read by s and uploaded with the code"
            yield Finding(deployment.file, place, what, f"move its lines into .env beside {deployment.file}")


def _delivery(deployment: Deployment) -> Iterator[Finding]:
    for function in deployment.functions:
        written = function.environment.get("DELIVERY", DIRECT)
        if written not in (DIRECT, BATCHED):
            place = f"{function.resource}.props.environmentVariables.DELIVERY"
            remedy = f"write {DIRECT} or {BATCHED}: REFRESH_DELIVERY in .env"
            yield Finding(deployment.file, place, f'"{written}" is unknown', remedy)


def _endpoints(deployment: Deployment) -> Iterator[Finding]:
    for function in deployment.functions:
        for name in ENDPOINTS:
            wrong = _wrong_endpoint(name, function.environment)
            if wrong:
                place = f"{function.resource}.props.environmentVariables.{name}"
                yield Finding(deployment.file, place, wrong.what, wrong.remedy)


def _wrong_endpoint(name: str, environment: Mapping[str, str]) -> ConfigurationError | None:
    try:
        base_url(name, environment, "")
    except ConfigurationError as error:
        return error
    return None


def _one_environment(deployment: Deployment) -> Iterator[Finding]:
    """With another configuration or another queue, drain would judge items by other rules than refresh."""
    ours = deployment.function.environment
    for function in deployment.functions:
        for name in sorted((NEEDED | ours.keys() | function.environment.keys()) - OWN_TO_EACH):
            written, wanted = function.environment.get(name), ours.get(name)
            if written != wanted:
                place = f"{function.resource}.props.environmentVariables.{name}"
                what = f'"{written}" is not what refresh has' if written else "is missing, refresh has it"
                yield Finding(
                    deployment.file, place, what, f"write {wanted}" if wanted else "give it to both, or to none"
                )


def _one_code(deployment: Deployment) -> Iterator[Finding]:
    """The layer is built and published for what refresh names, so the other function has to name the same."""
    for function in deployment.functions:
        for key, (written, wanted) in {
            "code": (function.code.name, deployment.function.code.name),
            "runtime": (function.runtime, deployment.function.runtime),
            "handler": (function.handler, deployment.function.handler),
            "instanceLifecycleConfig.initializer": (function.initializer, deployment.function.initializer),
            "layers": (", ".join(function.layers), ", ".join(deployment.function.layers)),
        }.items():
            if written != wanted:
                place = f"{function.resource}.props.{key}"
                yield Finding(deployment.file, place, f'"{written}" is not what refresh has', f"write {wanted}")


def _dropped_variants(deployment: Deployment) -> Iterator[Finding]:
    """With `query: ignore` one item covers all queries of the URL, and no URL that is spelled otherwise."""
    for number, site in enumerate(deployment.config.sites if deployment.config else ()):
        for position, variant in enumerate(site.variants):
            if site.query == "ignore" and not variant.startswith("?"):
                place = f"sites[{number}].variants[{position}]"
                what = f'"{variant}" is no query, so query: ignore drops it'
                yield Finding(deployment.config_file, place, what, "give it a second site")
