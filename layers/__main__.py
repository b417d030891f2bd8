"""`make layer`: build the layer for the runtime of template.yml."""

# ruff: noqa: T201 - a command speaks to people

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from infra.deployment import ANY_ACCOUNT
from layers.build import RUNTIMES, build
from layers.pip import UnreadableSettings
from oss_cdn_refresh_cli.deployment.dotenv import UnreadableDotenv
from oss_cdn_refresh_cli.deployment.reading import template
from oss_cdn_refresh_cli.deployment.reading.variables import TemplateError

Build = Callable[[str, Mapping[str, str]], Path]


def main(environ: Mapping[str, str], build: Build = build) -> int:
    """Build the layer of the template in the working directory; returns the exit code."""
    try:
        build(_runtime(Path("template.yml"), environ), environ)
    except (TemplateError, UnreadableDotenv, UnreadableSettings, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        print(f"pip ended with {error.returncode}: the layer is not built: see what it said", file=sys.stderr)
        return 1
    return 0


def _runtime(file: Path, environ: Mapping[str, str]) -> str:
    runtime = template.load(file, environ=environ, account=ANY_ACCOUNT).function("refresh").runtime
    if runtime not in RUNTIMES:
        what = f'"{runtime}" is a runtime for which no layer is built'
        raise TemplateError(file.name, "refresh.props.runtime", what, f"write {' or '.join(RUNTIMES)}")
    return runtime


if __name__ == "__main__":
    sys.exit(main(os.environ))
