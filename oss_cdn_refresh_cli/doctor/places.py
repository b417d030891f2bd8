"""The endpoints of the account's services by the settings, or why they are not known."""

from collections.abc import Mapping

from oss_cdn_refresh.model.errors import ConfigurationError
from oss_cdn_refresh.products import endpoint_variable
from oss_cdn_refresh.settings import environment
from oss_cdn_refresh_cli.deployment import regions
from oss_cdn_refresh_cli.doctor.problems import Kind, Problem
from oss_cdn_refresh_cli.doctor.reader import OF_PRODUCTS, Service
from oss_cdn_refresh_cli.operation.account import STS
from oss_cdn_refresh_cli.operation.settings import REGION, Settings

VARIABLES = {
    **{service: endpoint_variable(name) for name, service in OF_PRODUCTS.items()},
    Service.SMQ: "SMQ_ENDPOINT",
    Service.OSS: "OSS_ENDPOINT",
    Service.FUNCTION_COMPUTE: "FUNCTION_COMPUTE_ENDPOINT",
    Service.RAM: "RAM_ENDPOINT",
    Service.STS: "STS_ENDPOINT",
}
RAM = "https://ram.aliyuncs.com"  # "Endpoints" of RAM


def wrong(variables: Mapping[str, str]) -> dict[str, Problem]:
    """The variables with a malformed endpoint or an unknown region, with their problems."""
    found: dict[str, Problem] = {}
    for variable in VARIABLES.values():
        try:
            environment.base_url(variable, variables, "")
        except ConfigurationError as error:  # noqa: PERF203 - each variable is tried
            found[variable] = Problem(
                Kind.ENDPOINT, str(error).removesuffix(f": {error.remedy}"), own_remedy=error.remedy
            )
    region = variables.get(REGION, "")
    if region and region not in regions.REGIONS:
        found[REGION] = Problem(
            Kind.CONFIG, f'{REGION}: "{region}" is no region of Function Compute', own_remedy=regions.remedy(region)
        )
    return found


def endpoints(
    settings: Settings, bad: Mapping[str, Problem], no_credentials: Problem | None = None
) -> dict[Service, str | Problem]:
    """The base URL of each service, or why it has none. no_credentials: the reason if there are none."""
    urls = {
        **{service: settings.products[name] for name, service in OF_PRODUCTS.items()},
        Service.FUNCTION_COMPUTE: settings.function_compute,
        Service.SMQ: settings.smq,
        Service.OSS: settings.oss,
        Service.RAM: environment.base_url("RAM_ENDPOINT", _without(settings.environ, bad), RAM),
        Service.STS: environment.base_url("STS_ENDPOINT", _without(settings.environ, bad), STS),
    }
    names = {"ALIBABA_CLOUD_ACCOUNT_ID": settings.account, "ALIBABA_CLOUD_REGION_ID": settings.region}
    missing = " and ".join(name for name, value in names.items() if not value)
    unknown = Problem(
        Kind.CONFIG,
        f"not set: {missing}, and so nothing says where the account's services are",
        own_remedy=f"set {missing}",
    )
    unknown = bad.get(REGION) or (no_credentials if no_credentials and settings.region else unknown)
    return {service: bad.get(VARIABLES[service]) or url or unknown for service, url in urls.items()}


def _without(environ: Mapping[str, str], bad: Mapping[str, Problem]) -> dict[str, str]:
    return {name: value for name, value in environ.items() if name not in bad}
