"""The settings of the command: the variables of the function's environment, each of which is an option too.

An option overrides its variable, and the innermost option overrides the others: `oss-cdn-refresh --x a backlog --x b`
uses b. A variable of the environment overrides the same one in the .env beside the template. The defaults are those of
the function. REFRESH_CONFIG is relative to the code root, as for the function; --refresh-config is relative to the
working directory.
"""

import math
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import click

from oss_cdn_refresh.model.errors import ConfigurationError
from oss_cdn_refresh.products import NAMES, endpoint_variable
from oss_cdn_refresh.settings import environment
from oss_cdn_refresh_cli.deployment import regions
from oss_cdn_refresh_cli.deployment.application import NOT_LOOKED_FOR, Application
from oss_cdn_refresh_cli.shared.errors import Failed, NotSet
from oss_cdn_refresh_cli.shared.waiting import LONGEST, SECONDS

VARIABLES = {
    "REFRESH_CONFIG": "The configuration: a file (the variable counts from functions/), or oss://bucket/key.",
    **{endpoint_variable(name): f"Base URL of the {name.upper()} API." for name in NAMES},
    "SMQ_ENDPOINT": "Base URL of SMQ.",
    "OSS_ENDPOINT": "Base URL of OSS.",
    "BACKLOG_QUEUE": "The queue of deferred items.",
    "DEAD_LETTER_QUEUE": "The queue of dead letters.",
    "DELIVERY": "How the function delivers: direct or batched.",
    "LOG_LEVEL": "The lowest level that is logged: DEBUG, INFO, WARNING or ERROR.",
    "CALLS_PER_SECOND": "Calls to the CDN in a second, at most; DCDN and ESA get fewer.",
    "FUNCTION_COMPUTE_ENDPOINT": "Base URL of Function Compute.",
    "ALIBABA_CLOUD_ACCOUNT_ID": "The account, for the default endpoints.",
    "ALIBABA_CLOUD_REGION_ID": "The region, for the default endpoints.",
}
REGION = "ALIBABA_CLOUD_REGION_ID"
ALSO_IN_DOTENV = ("REFRESH_NAME", "RAM_ENDPOINT", "STS_ENDPOINT")  # variables that have no option
NO_ENDPOINT = "neither it nor ALIBABA_CLOUD_ACCOUNT_ID and ALIBABA_CLOUD_REGION_ID say where to go"
GIVEN = "oss_cdn_refresh_cli.given"  # the given options, in click's `Context.meta`
JSON = "json"
TIMEOUT = "timeout"


class Settings(NamedTuple):
    """All settings. Endpoints are base URLs without a trailing `/`, "" if they are not set. products: by name.

    environ: the variables as the function would find them. seconds: how long a service may be silent.
    no_config: why the path of the configuration is not known, or "".
    """

    config: str
    products: Mapping[str, str]
    smq: str
    oss: str
    function_compute: str
    backlog: str
    dead_letters: str
    account: str
    region: str
    environ: Mapping[str, str]
    seconds: float = SECONDS
    no_config: str = ""

    def smq_endpoint(self) -> str:
        """The base URL of SMQ; raises `NotSet` if it is not set."""
        return _needed(self.smq, "SMQ_ENDPOINT", NO_ENDPOINT)

    def oss_endpoint(self) -> str:
        """The base URL of OSS; raises `NotSet` if it is not set."""
        return _needed(self.oss, "OSS_ENDPOINT", NO_ENDPOINT)

    def function_compute_endpoint(self) -> str:
        """The base URL of Function Compute; raises `NotSet` if it is not set."""
        return _needed(self.function_compute, "FUNCTION_COMPUTE_ENDPOINT", NO_ENDPOINT)

    def backlog_queue(self) -> str:
        """The name of the backlog's queue; raises `NotSet` if it is not set."""
        return _needed(self.backlog, "BACKLOG_QUEUE", "the command needs the name of the backlog's queue")

    def dead_letter_queue(self) -> str:
        """The name of the dead letters' queue; raises `NotSet` if it is not set."""
        return _needed(self.dead_letters, "DEAD_LETTER_QUEUE", "the command needs the name of the dead letters' queue")


def settings(
    given: Mapping[str, Any], environ: Mapping[str, str], application: Application = NOT_LOOKED_FOR
) -> Settings:
    """The settings from options, environment and the .env of the application.

    :raises ConfigurationError: an endpoint is no base URL, CALLS_PER_SECOND no whole number, or the region no region.
    :raises Failed: the working directory, from which the configuration's file counts, is gone.
    """
    in_file = {name: application.variables.get(name, "") for name in (*VARIABLES, *ALSO_IN_DOTENV)}
    environ = {**environ, **{name: value for name, value in in_file.items() if value and not environ.get(name)}}
    values = {variable: given.get(variable) or environ.get(variable) or "" for variable in VARIABLES}
    account, region = values["ALIBABA_CLOUD_ACCOUNT_ID"], values["ALIBABA_CLOUD_REGION_ID"]
    if region and region not in regions.REGIONS:
        what = f'"{region}" is no region of Function Compute'
        raise ConfigurationError("environment", REGION, what, regions.remedy(region))
    config, no_config = _config(given.get("REFRESH_CONFIG") or "", values["REFRESH_CONFIG"], application)
    values["REFRESH_CONFIG"] = config
    place = SimpleNamespace(account_id=account, region=region)
    # "Endpoints" of Function Compute 3.0: https://{account}.{region}.fc.aliyuncs.com
    own_fc = f"https://{account}.{region}.fc.aliyuncs.com" if account and region else ""
    values["FUNCTION_COMPUTE_ENDPOINT"] = environment.base_url("FUNCTION_COMPUTE_ENDPOINT", values, own_fc)
    # The function's default is the internal endpoint, which answers only inside the region.
    own_oss = f"https://oss-{region}.aliyuncs.com" if region else ""
    values["OSS_ENDPOINT"] = environment.base_url("OSS_ENDPOINT", values, own_oss)
    read = environment.read(place, {name: value for name, value in values.items() if name != "DELIVERY"})
    return Settings(
        config=config,
        products={name: read.endpoint(name) for name in NAMES},
        smq=read.smq,
        oss=read.oss,
        function_compute=values["FUNCTION_COMPUTE_ENDPOINT"],
        backlog=read.backlog,
        dead_letters=read.dead_letters,
        account=account,
        region=region,
        environ={**environ, **{name: value for name, value in values.items() if value}},
        seconds=given.get(TIMEOUT) or SECONDS,
        no_config=no_config,
    )


class Figure(click.FloatRange):
    """A finite number in a range, as the value of an option; click accepts "nan" and "inf" in any range."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number."""
        figure = float(super().convert(value, param, ctx))
        if not math.isfinite(figure):
            self.fail(f"{value} is no finite number.", param, ctx)
        return figure


def options() -> list[click.Option]:
    """The options of every command and group. Given values are stored in `Context.meta`, the innermost last."""
    own: list[click.Option] = [
        click.Option(
            [f"--{variable.lower().replace('_', '-')}", variable],
            help=what,
            metavar="TEXT",
            expose_value=False,
            callback=_keep,
        )
        for variable, what in VARIABLES.items()
    ]
    as_json = click.Option(
        ["--json", JSON], is_flag=True, help="Print one JSON document.", expose_value=False, callback=_keep
    )
    timeout = click.Option(
        [f"--{TIMEOUT}", TIMEOUT],
        type=Figure(min=0.001, max=LONGEST),
        metavar="SECONDS",
        help=f"How long a service or the edge may be silent.  [default: {SECONDS:g}]",
        expose_value=False,
        callback=_keep,
    )
    return [*own, timeout, as_json]


def _keep(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    if value:
        context.meta.setdefault(GIVEN, {})[parameter.name] = value


def _config(option: str, variable: str, application: Application) -> tuple[str, str]:
    """The path of the configuration, and why it is not known, or ""."""
    where = variable or "config.yml"
    if where.startswith("oss://") or Path(where).is_absolute():
        return where, ""
    if option:
        return _from_here(option), ""
    if application.code_root is None:
        return where, application.why
    return str(application.code_root / where), ""


def _from_here(path: str) -> str:
    try:
        return str(Path(path).absolute())
    except FileNotFoundError as error:
        raise Failed("the working directory is gone: change to one that is there") from error


def _needed(value: str, variable: str, what_for: str) -> str:
    if not value:
        raise NotSet(variable, what_for)
    return value
