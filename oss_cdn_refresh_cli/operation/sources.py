"""Finds the value of each setting, and where it comes from.

An option wins over the environment, the environment over the .env beside the template, .env over the template. Where
the template takes a value from a variable of the deployment, such as REFRESH_BACKLOG_QUEUE, the source that sets this
variable counts. In the same source the function's name, BACKLOG_QUEUE, wins over the name of the deployment.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from oss_cdn_refresh_cli.deployment.application import Application

if TYPE_CHECKING:  # the reader of templates is imported when there is one
    from oss_cdn_refresh_cli.deployment.reading.settings import Written

OPTION, ENVIRONMENT, DOTENV, TEMPLATE = "option", "environment", ".env", "template"
ACCOUNT, DEFAULT = "account", "default"  # the account that STS names, and the default where no source has a value
ACCOUNT_ID = "ALIBABA_CLOUD_ACCOUNT_ID"


class Setting(NamedTuple):
    """A value, "" where no source has one, and its source."""

    value: str
    origin: str


UNSET = Setting("", DEFAULT)


class Found(NamedTuple):
    """The settings by their names, and why the template does not give some of those that are missing."""

    settings: Mapping[str, Setting]
    faults: Mapping[str, str]

    def without(self, names: Iterable[str]) -> "Found":
        """These settings, some of them not set."""
        return Found({**self.settings, **dict.fromkeys(names, UNSET)}, self.faults)


def find(names: Iterable[str], given: Mapping[str, Any], environ: Mapping[str, str], application: Application) -> Found:
    """The settings of these names. given: the options by the names of their variables."""
    variables = ((ENVIRONMENT, environ), (DOTENV, application.variables))
    account = _found(ACCOUNT_ID, given, variables, None)
    written: Mapping[str, Written] = {}
    unread: Mapping[str, str] = {}
    if application.template:
        from oss_cdn_refresh_cli.deployment.reading import settings  # noqa: PLC0415 - `--help` reads no template

        set_here = {name: value for name, value in environ.items() if value}
        written, unread = settings.read(application.template, {**application.variables, **set_here}, account.value)
    found = {name: _found(name, given, variables, written.get(name)) for name in names}
    missing = [name for name, setting in found.items() if not setting.value]
    return Found(found, {name: unread.get(name, "") or application.why_no_template for name in missing})


def _found(
    name: str, given: Mapping[str, Any], variables: Iterable[tuple[str, Mapping[str, str]]], written: "Written | None"
) -> Setting:
    if given.get(name):
        return Setting(given[name], OPTION)
    in_template, decided_by = written or ("", frozenset[str]())
    for origin, source in variables:
        if source.get(name) and name not in decided_by:
            return Setting(source[name], origin)
        if in_template and any(source.get(other) for other in decided_by):
            return Setting(in_template, origin)
    return Setting(in_template, TEMPLATE) if in_template else UNSET
