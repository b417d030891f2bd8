"""Reads a deployment from its files: the template, the resources of its stack, and the configuration."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from oss_cdn_refresh.settings.config import Config
from oss_cdn_refresh.settings.config_file import parse
from oss_cdn_refresh_cli.deployment import packages
from oss_cdn_refresh_cli.deployment.model import BACKLOG, DEAD_LETTERS, Deployment, Function
from oss_cdn_refresh_cli.deployment.reading import ros, template
from oss_cdn_refresh_cli.deployment.reading.template import Template
from oss_cdn_refresh_cli.deployment.reading.variables import TemplateError
from oss_cdn_refresh_cli.deployment.roles import Role

IN_OSS = "oss://"
A_PLACE = re.compile(r"oss://[^/]+/.+", re.DOTALL)
ANY_ACCOUNT = "1234567890123456"  # no check depends on the account
SPACE_BEFORE_A_NAME = re.compile(r"(?<=:domain/)\s+|(?<=:site/)\s+")


class Written(NamedTuple):
    """The files and their deployment; its `config` is None if it lies in OSS and no copy is given."""

    template: Template
    infrastructure: ros.Infrastructure
    deployment: Deployment


def read(file: Path, environ: Mapping[str, str], config_file: Path | None = None) -> Written:
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
    infrastructure = ros.evaluate(read_template.stack("infra"), ANY_ACCOUNT)
    config_name = config_file.name if config_file else source
    return Written(
        read_template, infrastructure, _deployment(read_template, function, infrastructure, config, config_name)
    )


def _deployment(
    read_template: Template,
    function: Function,
    infrastructure: ros.Infrastructure,
    config: Config | None,
    config_name: str,
) -> Deployment:
    return Deployment(
        region=function.region,
        account=read_template.account,
        functions=(function, *(other for other in read_template.functions if other is not function)),
        queues=infrastructure.queues,
        backlog=function.environment.get(BACKLOG, ""),
        dead_letters=function.environment.get(DEAD_LETTERS, ""),
        role=_without_spaces(infrastructure.role),
        role_arn=infrastructure.role.name,
        config=config,
        config_file=config_name,
        stack_file=infrastructure.file,
        packed=packages.are_in(function.code),
    )


def _without_spaces(role: Role) -> Role:
    """The role without spaces before and after a domain or a site's id, which another rule reports."""
    statements = (
        each._replace(resources=tuple(SPACE_BEFORE_A_NAME.sub("", text).rstrip() for text in each.resources))
        for each in role.statements
    )
    return role._replace(statements=tuple(statements))


def _in_the_code(code: Path, source: str, variable_of: str) -> Path:
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
    raise TemplateError(variable_of, "REFRESH_CONFIG", what, remedy)
