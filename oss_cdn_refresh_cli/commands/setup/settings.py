"""`settings`: shows each setting and where it comes from, without secrets."""

from collections.abc import Mapping
from typing import NamedTuple

import click

from oss_cdn_refresh.model.errors import ConfigurationError
from oss_cdn_refresh.products import NAMES, endpoint_variable
from oss_cdn_refresh.settings.environment import DIRECT
from oss_cdn_refresh_cli.deployment.expectations import NAME
from oss_cdn_refresh_cli.doctor.places import RAM
from oss_cdn_refresh_cli.operation.account import STS
from oss_cdn_refresh_cli.operation.credentials import ORIGINS, origin_of
from oss_cdn_refresh_cli.operation.operation import Command, Operation
from oss_cdn_refresh_cli.operation.settings import GIVEN, NAMES_OF_ALL, PROFILE, Settings
from oss_cdn_refresh_cli.operation.sources import ACCOUNT, ACCOUNT_ID, DEFAULT, ENVIRONMENT, OPTION
from oss_cdn_refresh_cli.shared.errors import Exit, Failed
from oss_cdn_refresh_cli.shared.output import Column, Kind, Output

NO_LIMIT = "0"  # of CALLS_PER_SECOND
DEFAULTS = {  # of the function, and of the services
    "DELIVERY": DIRECT,
    "LOG_LEVEL": "INFO",
    "CALLS_PER_SECOND": NO_LIMIT,
    "REFRESH_NAME": NAME,
    "RAM_ENDPOINT": RAM,
    "STS_ENDPOINT": STS,
}


class Shown(NamedTuple):
    """A setting; its value is None if it is not known."""

    value: str | None
    origin: str


@click.command(cls=Command)
@click.pass_obj
def settings(operation: Operation) -> Exit:
    """Show each setting, and where it comes from."""
    output, found = operation.output, operation.settings.found
    credentials = _credentials(operation)
    asked = _account(operation) if credentials.value else ""
    values = _values(operation.settings.of_account(asked))
    shown = {name.lower(): Shown(values[name] or None, found.settings[name].origin) for name in NAMES_OF_ALL}
    if asked:
        shown[ACCOUNT_ID.lower()] = Shown(asked, ACCOUNT)
    shown["credentials"] = credentials
    columns = Column("setting", kind=Kind.ID), Column("value", kind=Kind.URL), Column("from", kind=Kind.ID)
    output.table(columns, [(name, *_cells(name, each)) for name, each in shown.items()])
    _say_faults(output, found.faults, shown)
    output.document({name: {"value": each.value, "from": each.origin} for name, each in shown.items()})
    return Exit.DONE


def _cells(name: str, shown: Shown) -> tuple[str, str]:
    if shown.value is None:
        return "not known", ""
    unlimited = name == "calls_per_second" and shown.value == NO_LIMIT
    return f"{shown.value} (no limit)" if unlimited else shown.value, shown.origin


def _values(read: Settings) -> dict[str, str]:
    """The values of all settings, defaults included; "" for one that is not known."""
    own = {
        "REFRESH_CONFIG": read.config,
        **{endpoint_variable(name): read.products[name] for name in NAMES},
        "SMQ_ENDPOINT": read.smq,
        "FUNCTION_COMPUTE_ENDPOINT": read.function_compute,
        ACCOUNT_ID: read.account,
    }
    return {name: own.get(name) or read.environ.get(name) or DEFAULTS.get(name, "") for name in NAMES_OF_ALL}


def _credentials(operation: Operation) -> Shown:
    """The origin of the credentials, never their values."""
    try:
        operation.credentials()
    except Failed as failed:
        operation.output.warn(str(failed))
        return Shown(None, DEFAULT)
    origin = origin_of(operation.credentials)
    if click.get_current_context().meta.get(GIVEN, {}).get(PROFILE):
        return Shown(origin, OPTION)
    return Shown(origin, ENVIRONMENT if origin == ORIGINS["env"] else DEFAULT)


def _account(operation: Operation) -> str:
    """The account of the credentials, if nothing names one; "" with a note where it is not told."""
    if operation.settings.account:
        return ""
    try:
        return operation.settings.caller()
    except (Failed, ConfigurationError) as error:
        operation.output.warn(str(error))
        return ""


def _say_faults(output: Output, faults: Mapping[str, str], shown: Mapping[str, Shown]) -> None:
    """Say once for each reason why the template does not give settings that are not known."""
    for fault in dict.fromkeys(fault for name, fault in faults.items() if fault and shown[name.lower()].value is None):
        output.warn(fault)
