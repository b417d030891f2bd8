"""`make deploy`: check, build and publish the layer, note its version, compile, then `s deploy`: stack and function.

After that plain `s deploy` works, until the layer's requirements change. Arguments go on to every call of `s`, such
as `-a other-account`.
"""

# ruff: noqa: T201, S603 - a command speaks to people; what it runs is listed here, with its user's own arguments

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from infra import check_template, template
from infra.bytecode import compile_checked
from infra.deployment import ANY_ACCOUNT
from infra.template import Template
from layers import build as layer
from ops import dotenv
from ops.dotenv import UnreadableDotenv

LAYER = re.compile(r"layers/([\w-]+)/versions/")
PUBLISHED = re.compile(r"acs:fc:[\w-]+:\d+:layers/[\w-]+/versions/(\d+)")
VERSION = "REFRESH_LAYER_VERSION"
CONSOLE = "https://ros.console.aliyun.com/{region}/stacks"  # as the ros component prints it
INSTALL = "s is not installed; Serverless Devs: npm install -g @serverless-devs/s, then s config add"


class DeploymentFailed(Exception):
    """A step failed, and so nothing after it was done; the message says which and what to do."""


def main(
    arguments: Sequence[str],
    environ: Mapping[str, str],
    build: Callable[[Mapping[str, str]], Path],
) -> int:
    """Deploy the template of the working directory; returns the exit code."""
    if check_template.main([], environ) != 0:
        return 1
    try:
        deploy(Path("template.yml"), arguments, environ, build)
    except (DeploymentFailed, UnreadableDotenv) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def deploy(
    file: Path,
    arguments: Sequence[str],
    environ: Mapping[str, str],
    build: Callable[[Mapping[str, str]], Path],
) -> None:
    """Build and publish the layer, note its version, deploy the stack and then the function.

    :raises DeploymentFailed: where `s` is missing or a step of it fails.
    """
    s = shutil.which("s", path=environ.get("PATH"))
    if s is None:
        raise DeploymentFailed(INSTALL)
    read = template.load(file, environ=environ, account=ANY_ACCOUNT)
    version = publish(s, read, arguments, environ, build(environ))
    dotenv.write(file.parent / ".env", VERSION, version)
    print(f".env: {VERSION}={version}")
    # The note decides: a variable of the same name in the environment would win over .env and deploy another version.
    settled = {name: value for name, value in environ.items() if name != VERSION}
    python = layer.python_of_the_runtime(environ)
    if python:
        compile_checked(read.function("refresh").code, python)
    command = [s, "deploy", "-t", str(file), *arguments]
    if subprocess.run(command, env=settled, check=False).returncode != 0:
        names, region = " and ".join(stack.name for stack in read.stacks), read.function("refresh").region
        raise DeploymentFailed(
            f"s deploy failed: mend what it said (of the stacks {names}: their events, "
            f"{CONSOLE.format(region=region)}); the layer is published, so then `s deploy` is enough"
        )


def publish(s: str, read: Template, arguments: Sequence[str], environ: Mapping[str, str], archive: Path) -> str:
    """Publish a layer under the name that the template gives it; returns its version, such as `3`.

    The same content gives the latest version again (fc3, "layer publish").

    :raises DeploymentFailed: where `s` fails or tells no version.
    """
    function = read.function("refresh")
    name = LAYER.search(function.layers[0])
    if name is None:
        raise DeploymentFailed(f"{read.file.name}: refresh.props.layers[0]: names no layer: write acs:fc:…:layers/…")
    command = [s, "cli", "fc3", "layer", "publish", "--region", function.region, "--layer-name", name[1]]
    command += ["--code", str(archive.resolve()), "--compatible-runtime", function.runtime, *arguments]
    published = subprocess.run(command, env=dict(environ), stdout=subprocess.PIPE, text=True, check=False)
    version = PUBLISHED.search(published.stdout)
    if published.returncode != 0 or version is None:
        raise DeploymentFailed(f"the layer could not be published: s said: {published.stdout.strip() or 'nothing'}")
    return version[1]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ, layer.main))
