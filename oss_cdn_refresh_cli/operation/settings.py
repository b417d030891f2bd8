"""The settings of the command: the variables of the function's environment, each of which is an option too.

`sources` finds their values; the innermost option overrides the others: `oss-cdn-refresh --x a backlog --x b` uses b.
The defaults are those of the function. REFRESH_CONFIG is relative to the code root, as for the function;
--refresh-config is relative to the working directory. The account's id is needed for endpoints only, and asked for when
one of them is needed and nothing names it.
"""

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import click

from oss_cdn_refresh.model.errors import ConfigurationError
from oss_cdn_refresh.products import NAMES, endpoint_variable
from oss_cdn_refresh.settings import environment
from oss_cdn_refresh_cli.deployment import packages, regions
from oss_cdn_refresh_cli.deployment.application import NOT_LOOKED_FOR, Application
from oss_cdn_refresh_cli.operation import sources
from oss_cdn_refresh_cli.operation.sources import ACCOUNT_ID, ENVIRONMENT, OPTION, UNSET, Found
from oss_cdn_refresh_cli.shared.errors import Failed, NotSet
from oss_cdn_refresh_cli.shared.waiting import LONGEST, SECONDS

VARIABLES = {
    "REFRESH_CONFIG": "The configuration: oss://bucket/key, or a file: from here, in the variable from functions/.",
    **{endpoint_variable(name): f"Base URL of the {name.upper()} API." for name in NAMES},
    "SMQ_ENDPOINT": "Base URL of SMQ.",
    "OSS_ENDPOINT": "Base URL of OSS.",
    "BACKLOG_QUEUE": "The queue of deferred items.",
    "DEAD_LETTER_QUEUE": "The queue of dead letters.",
    "DELIVERY": "direct: the function refreshes each change at once; batched: through the backlog.",
    "LOG_LEVEL": "The lowest level that is logged: DEBUG, INFO, WARNING or ERROR.",
    "CALLS_PER_SECOND": "Calls to the CDN in a second, at most; DCDN and ESA get fewer.",
    "FUNCTION_COMPUTE_ENDPOINT": "Base URL of Function Compute.",
    ACCOUNT_ID: "The account, for the default endpoints.",
    "ALIBABA_CLOUD_REGION_ID": "The region, for the default endpoints.",
}
REGION = "ALIBABA_CLOUD_REGION_ID"
WITHOUT_OPTION = ("REFRESH_NAME", "RAM_ENDPOINT", "STS_ENDPOINT")  # further settings
NAMES_OF_ALL = (*VARIABLES, *WITHOUT_OPTION)
NO_ENDPOINT = f"neither it nor {REGION} says where to go"
GIVEN = "oss_cdn_refresh_cli.given"  # the given options, in click's `Context.meta`
JSON = "json"
PROFILE = "profile"
TIMEOUT = "timeout"


def _nobody() -> str:
    return ""


class Settings(NamedTuple):
    """All settings. Endpoints are base URLs without a trailing `/`, "" if they are not set. products: by name.

    account: "" if nothing names it. environ: the variables as the function would find them. found: all settings as
    their sources have them. caller: asks for the account of the credentials. seconds: how long a service may be silent.
    no_config: why the path of the configuration is not known, or "". bad_template: a note about a template that cannot
    be read, or "". packed: whether the code folder of the application holds the packages, so that no layer is needed.
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
    found: Found
    caller: Callable[[], str] = _nobody
    seconds: float = SECONDS
    no_config: str = ""
    bad_template: str = ""
    packed: bool = False

    def smq_endpoint(self) -> str:
        """The base URL of SMQ; raises `NotSet` if it is not set."""
        return self._needed(self.smq or self._of_caller().smq, "SMQ_ENDPOINT", NO_ENDPOINT)

    def oss_endpoint(self) -> str:
        """The base URL of OSS; raises `NotSet` if it is not set."""
        return self._needed(self.oss, "OSS_ENDPOINT", NO_ENDPOINT)

    def function_compute_endpoint(self) -> str:
        """The base URL of Function Compute; raises `NotSet` if it is not set."""
        known = self.function_compute or self._of_caller().function_compute
        return self._needed(known, "FUNCTION_COMPUTE_ENDPOINT", NO_ENDPOINT)

    def backlog_queue(self) -> str:
        """The name of the backlog's queue; raises `NotSet` if it is not set."""
        return self._needed(self.backlog, "BACKLOG_QUEUE", "the command needs the name of the backlog's queue")

    def dead_letter_queue(self) -> str:
        """The name of the dead letters' queue; raises `NotSet` if it is not set."""
        what_for = "the command needs the name of the dead letters' queue"
        return self._needed(self.dead_letters, "DEAD_LETTER_QUEUE", what_for)

    def of_account(self, account: str) -> "Settings":
        """These settings with the account, if nothing names one, and with its endpoints."""
        if self.account or not account:
            return self
        own = _of_account(account, self.region)
        return self._replace(
            account=account,
            smq=self.smq or own.smq,
            function_compute=self.function_compute or own.function_compute,
        )

    def _of_caller(self) -> "_OfAccount":
        return _of_account(self.account or self.caller(), self.region) if self.region else _OfAccount("", "")

    def _needed(self, value: str, variable: str, what_for: str) -> str:
        if not value:
            missing = REGION if variable.endswith("_ENDPOINT") else variable
            raise NotSet(variable, what_for, self.found.faults.get(missing, ""))
        return value


class _OfAccount(NamedTuple):
    """The default endpoints that need the account, "" where it or the region is not known."""

    smq: str
    function_compute: str


def _of_account(account: str, region: str) -> _OfAccount:
    # "Endpoints" of Function Compute 3.0: https://{account}.{region}.fc.aliyuncs.com
    function_compute = f"https://{account}.{region}.fc.aliyuncs.com" if account and region else ""
    smq = environment.read(SimpleNamespace(account_id=account, region=region), {}).smq
    return _OfAccount(smq, function_compute)


def settings(
    given: Mapping[str, Any], environ: Mapping[str, str], application: Application = NOT_LOOKED_FOR
) -> Settings:
    """The settings from options, environment, and the .env and the template of the application.

    :raises ConfigurationError: an endpoint is no base URL, CALLS_PER_SECOND no whole number, or the region no region.
    :raises Failed: the working directory, from which the configuration's file counts, is gone.
    """
    found = sources.find(NAMES_OF_ALL, given, environ, application)
    return settings_of(found, environ, application, given.get(TIMEOUT) or SECONDS)


def settings_of(found: Found, environ: Mapping[str, str], application: Application, seconds: float) -> Settings:
    """The settings, checked, with their defaults; raises as `settings` does, and names the source of a wrong value."""
    try:
        return _checked(found, environ, application, seconds)
    except ConfigurationError as error:
        origin = found.settings.get(error.place, UNSET).origin
        if origin in (UNSET.origin, ENVIRONMENT):
            raise
        raise ConfigurationError(origin, error.place, error.what, error.remedy) from error


def _checked(found: Found, environ: Mapping[str, str], application: Application, seconds: float) -> Settings:
    values = {name: found.settings[name].value for name in VARIABLES}
    account, region = values[ACCOUNT_ID], values[REGION]
    if region and region not in regions.REGIONS:
        what = f'"{region}" is no region of Function Compute'
        raise ConfigurationError("environment", REGION, what, regions.remedy(region))
    is_option = found.settings["REFRESH_CONFIG"].origin == OPTION
    config, no_config = _config(values["REFRESH_CONFIG"], application, is_option=is_option)
    values["REFRESH_CONFIG"] = config
    own = _of_account(account, region)
    fc = "FUNCTION_COMPUTE_ENDPOINT"
    values[fc] = environment.base_url(fc, values, own.function_compute)
    # The function's default is the internal endpoint, which answers only inside the region.
    own_oss = f"https://oss-{region}.aliyuncs.com" if region else ""
    values["OSS_ENDPOINT"] = environment.base_url("OSS_ENDPOINT", values, own_oss)
    place = SimpleNamespace(account_id=account, region=region)
    read = environment.read(place, {name: value for name, value in values.items() if name != "DELIVERY"})
    further = {name: found.settings[name].value for name in WITHOUT_OPTION}
    return Settings(
        config=config,
        products={name: read.endpoint(name) for name in NAMES},
        smq=read.smq,
        oss=read.oss,
        function_compute=values[fc],
        backlog=read.backlog,
        dead_letters=read.dead_letters,
        account=account,
        region=region,
        environ={**environ, **{name: value for name, value in {**further, **values}.items() if value}},
        found=found,
        seconds=seconds,
        no_config=no_config,
        bad_template=f"{application.template}: {application.problem}; no setting is taken from this template"
        if application.problem
        else "",
        packed=application.code_root is not None and packages.are_in(application.code_root),
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
    profile = click.Option(
        [f"--{PROFILE}", PROFILE],
        metavar="NAME",
        help="Take the credentials from this profile of `aliyun configure` or credentials.ini.",
        expose_value=False,
        callback=_keep,
    )
    return [*own, profile, timeout, as_json]


def _keep(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    if value:
        context.meta.setdefault(GIVEN, {})[parameter.name] = value


def _config(written: str, application: Application, *, is_option: bool) -> tuple[str, str]:
    """The path of the configuration, and why it is not known, or ""."""
    where = written or "config.yml"
    if where.startswith("oss://") or Path(where).is_absolute():
        return where, ""
    if is_option:
        return _from_here(where), ""
    if application.code_root is None:
        return where, application.why
    return str(application.code_root / where), ""


def _from_here(path: str) -> str:
    try:
        return str(Path(path).absolute())
    except FileNotFoundError as error:
        raise Failed("the working directory is gone: change to one that is there") from error
