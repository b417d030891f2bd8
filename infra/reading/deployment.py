"""A deployment as a whole: the template, what its stack makes, and the configuration that the function will read."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from infra.reading import ros, template
from infra.reading.template import Function, OssTrigger, Template
from infra.reading.variables import TemplateError
from oss_cdn_refresh.settings.config import Config, parse

IN_OSS = "oss://"
A_PLACE = re.compile(r"oss://[^/]+/.+", re.DOTALL)
ANY_ACCOUNT = "1234567890123456"  # nothing that is checked depends on whose account it is


class Deployment(NamedTuple):
    """What has to fit together. `config` is None where it lies in OSS and no copy of it was given."""

    template: Template
    infrastructure: ros.Infrastructure
    config: Config | None
    config_file: str

    @property
    def function(self) -> Function:
        """The function that OSS calls; the layer and the environment of all of them are compared with its own."""
        return self.template.function("refresh")

    @property
    def functions(self) -> tuple[Function, ...]:
        """All of them: `refresh`, which OSS calls, and `drain`, which works on the backlog."""
        return self.template.functions

    @property
    def oss_triggers(self) -> tuple[OssTrigger, ...]:
        """What watches the buckets, whichever function it calls."""
        return tuple(trigger for function in self.functions for trigger in function.oss_triggers)

    @property
    def file(self) -> str:
        """What findings call the template."""
        return self.template.file.name


def read(file: Path, environ: Mapping[str, str], config_file: Path | None = None) -> Deployment:
    """Read a template and everything that it names; `config_file` stands in for a configuration in OSS.

    :raises TemplateError: where the template or the stack's template cannot be read, or names no configuration.
    :raises ConfigurationError: where the configuration is wrong.
    """
    read_template = template.load(file, environ=environ, account=ANY_ACCOUNT)
    for name, there in (("refresh", read_template.functions), ("infra", read_template.stacks)):
        if all(name != each.resource for each in there):
            raise TemplateError(
                file.name, f"resources.{name}", "is missing", "write it as the template of the release does"
            )
    function = read_template.function("refresh")
    source = function.environment.get("REFRESH_CONFIG", "config.yml")
    if config_file is None and not source.startswith(IN_OSS):
        config_file = _in_the_code(function.code, source, "environment" if environ.get("REFRESH_CONFIG") else ".env")
    if source.startswith(IN_OSS) and not A_PLACE.fullmatch(source):
        what = f"{source} names no object"
        remedy = "write oss://bucket/key: REFRESH_CONFIG in .env"
        raise TemplateError(read_template.file.name, "refresh.props.environmentVariables.REFRESH_CONFIG", what, remedy)
    config = parse(config_file.read_bytes(), config_file.name) if config_file else None
    return Deployment(
        template=read_template,
        infrastructure=ros.evaluate(read_template.stack("infra"), ANY_ACCOUNT),
        config=config,
        config_file=config_file.name if config_file else source,
    )


def _in_the_code(code: Path, source: str, told_by: str) -> Path:
    """The file that REFRESH_CONFIG names, which the function reads below its code root.

    :raises TemplateError: it is not there, or not below the code root, the only folder that is deployed.
    """
    file, root = Path(os.path.normpath(code / source)), Path(os.path.normpath(code))
    from_here = source.removeprefix("./").removeprefix(f"{code.name}/")
    if Path(source).is_absolute() or root not in file.parents:
        what = f"{source} is not below {code.name}/, the folder that is deployed"
        remedy = f"move it there, and write its path from {code.name}/ on, or oss://bucket/key"
    elif file.is_file():
        return file
    elif (code / from_here).is_file():
        what, remedy = f"{source} counts from {code.name}/, where it does not exist", f"write {from_here}"
    else:
        what = f"{code.name}/{source} does not exist"
        remedy = f"write it, or name another file below {code.name}/, or oss://bucket/key"
    raise TemplateError(told_by, "REFRESH_CONFIG", what, remedy)
