"""Reads the settings of the functions in template.yml: where they are deployed, and their variables.

Only these settings are evaluated, each for itself: a mistake elsewhere in the template hides none of them. Endpoints
are left out, because those of a function may be internal ones, which no operator reaches.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from oss_cdn_refresh_cli.deployment.props import EMPTY
from oss_cdn_refresh_cli.deployment.reading import template
from oss_cdn_refresh_cli.deployment.reading.variables import Scope, TemplateError, mapping

RESOURCE = "refresh"  # the function that OSS calls
PROPERTIES = {"ALIBABA_CLOUD_REGION_ID": "region", "REFRESH_NAME": "functionName"}
VARIABLES = ("REFRESH_CONFIG", "BACKLOG_QUEUE", "DEAD_LETTER_QUEUE", "DELIVERY", "LOG_LEVEL", "CALLS_PER_SECOND")


class Written(NamedTuple):
    """A setting. decided_by: the names of the environment that its text asks for, such as REFRESH_REGION."""

    value: str
    decided_by: frozenset[str]


class Described(NamedTuple):
    """The settings that can be read, and for each other one the reason as `<file>: <place>: <what>: <remedy>`.

    Both are by the names of the command's settings. A setting that the template does not name is in neither.
    """

    settings: Mapping[str, Written]
    faults: Mapping[str, str]


NOTHING = Described({}, {})


def read(file: Path, environ: Mapping[str, str], account: str) -> Described:
    """The settings of a template. environ: the environment, and `.env` below it. account: "" if it is not known."""
    try:
        document = template.read(file)
        variables, resources = (mapping(file.name, key, document.get(key) or EMPTY) for key in ("vars", "resources"))
        resource = mapping(file.name, f"resources.{RESOURCE}", resources.get(RESOURCE))
        props = mapping(file.name, f"{RESOURCE}.props", resource.get("props"))
        name = "environmentVariables"
        environment = mapping(file.name, f"{RESOURCE}.props.{name}", props.get(name) or EMPTY)
    except (TemplateError, OSError) as error:
        unread = f"{file.name}: {error.strerror}: let this user read it" if isinstance(error, OSError) else str(error)
        return Described({}, dict.fromkeys((*PROPERTIES, *VARIABLES), unread))
    written = {setting: (prop, props.get(prop)) for setting, prop in PROPERTIES.items()}
    written |= {setting: (f"{name}.{setting}", environment.get(setting)) for setting in VARIABLES}
    scope = Scope(file.name, file.parent, variables, environ, account)
    settings: dict[str, Written] = {}
    faults: dict[str, str] = {}
    for setting, (place, value) in written.items():
        if value is not None:
            try:
                settings[setting] = _evaluated(scope, value, f"{RESOURCE}.props.{place}")
            except TemplateError as error:
                faults[setting] = str(error)
    return Described(settings, faults)


def _evaluated(scope: Scope, value: Any, place: str) -> Written:
    found = scope.resolve(value, place)
    if not isinstance(found, (str, int)) or isinstance(found, bool):
        raise TemplateError(scope.file, place, "is no text", "write a text")
    return Written(str(found), frozenset(scope.asked(value)))
