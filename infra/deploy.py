"""`make deploy`: check, build and publish the layer, note its version, compile, then `s deploy`: stack and function.

It needs no terminal and no state of an earlier run: a fresh checkout in a pipeline builds the layer, publishing the
same content gives the existing version, and `s` gets the version in its environment. The note in `.env` is for a later
plain `s deploy` on this machine. Every call of `s` gets the arguments, such as `-a other-account`.
"""

# ruff: noqa: T201, S603 - a command speaks to people; what it runs is listed here, with its user's own arguments

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from infra import check_template, serverless
from infra.deployment import ANY_ACCOUNT
from layers import build as layer
from layers.pip import UnreadableSettings
from oss_cdn_refresh_cli.deployment import dotenv
from oss_cdn_refresh_cli.deployment.dotenv import UnreadableDotenv
from oss_cdn_refresh_cli.deployment.reading import template
from oss_cdn_refresh_cli.deployment.reading.template import Template

LAYER = re.compile(r"layers/([\w-]+)/versions/")
PUBLISHED = re.compile(r"acs:fc:[\w-]+:\d+:layers/[\w-]+/versions/(\d+)")
VERSION = "REFRESH_LAYER_VERSION"
CONSOLE = "https://ros.console.aliyun.com/{region}/stacks"  # as the ros component prints it
INSTALL = "s is not installed; Serverless Devs: npm install -g @serverless-devs/s, then s config add"

MOUNTED_AT = "/code"  # where Function Compute unpacks the code; tracebacks name it
ASSUME_YES = ("-y", "--assume-yes")  # without a terminal, `s` could not ask whether to change a trigger that differs
Build = Callable[[str, Mapping[str, str]], Path]


class DeploymentFailed(Exception):
    """A step failed, and later steps were not done; the message has the step and the remedy."""


def main(
    arguments: Sequence[str],
    environ: Mapping[str, str],
    build: Build,
    *,
    terminal: bool,
) -> int:
    """Deploy the template of the working directory; returns the exit code. `terminal`: a person can answer."""
    if check_template.main([], environ) != 0:
        return 1
    try:
        deploy(Path("template.yml"), arguments, environ, build, terminal=terminal)
    except (DeploymentFailed, UnreadableDotenv, UnreadableSettings) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def deploy(
    file: Path,
    arguments: Sequence[str],
    environ: Mapping[str, str],
    build: Build,
    *,
    terminal: bool,
) -> None:
    """Build and publish the layer, note its version, deploy the stack and then the function.

    :raises DeploymentFailed: where `s` is missing or a step of it fails.
    """
    s = shutil.which("s", path=environ.get("PATH"))
    if s is None:
        raise DeploymentFailed(INSTALL)
    read = template.load(file, environ=environ, account=ANY_ACCOUNT)
    function = read.function("refresh")
    settled = dict(environ)
    if function.layers:  # without a layer, the code folder holds the packages
        version = publish(s, read, arguments, environ, _built(build, function.runtime, environ))
        _note(file.parent / ".env", version)
        # In the environment too: a variable of the same name there would win over .env and deploy another version.
        settled[VERSION] = version
    python = layer.python_of_the_runtime(layer.RUNTIMES[function.runtime], environ)
    if python:
        compile_checked(function.code, python)
    command = [s, "deploy", "-t", str(file), *arguments]
    if not terminal and not set(arguments) & set(ASSUME_YES):
        command.append(ASSUME_YES[0])
    if serverless.call(command, settled)[0] != 0:
        names, region = " and ".join(stack.name for stack in read.stacks), function.region
        raise DeploymentFailed(
            f"s deploy failed: fix the error above (of the stacks {names}: their events, "
            f"{CONSOLE.format(region=region)}); the layer is published, so then `s deploy` is enough"
        )


def _note(file: Path, version: str) -> None:
    """Write the version into `.env` for a later plain `s deploy`; this run has it in the environment."""
    try:
        dotenv.write(file, VERSION, version)
    except OSError as error:
        what = f"cannot be written ({error.strerror})"
        print(f"{file.name}: {what}: set {VERSION}={version} for plain s deploy", file=sys.stderr)
    else:
        print(f"{file.name}: {VERSION}={version}")


def compile_checked(code: Path, python: Path) -> None:
    """Compile all modules below a function's code root, so that a cold start does not: some 30 ms of 180.

    Python checks this bytecode by the hash of its source, so it compiles an edited module again. It checks ordinary
    bytecode by the time of the source, which an upload does not keep.

    python: of the version that the function runs on.
    :raises DeploymentFailed: a module cannot be compiled, or the folder is not writable.
    """
    command = [str(python), "-m", "compileall", "-q", "-f", "--invalidation-mode", "checked-hash"]
    try:
        fixed = {**os.environ, "PYTHONHASHSEED": "0"}  # else sets of constants come in a random order
        subprocess.run([*command, "-s", str(code), "-p", MOUNTED_AT, str(code)], check=True, env=fixed)
    except (OSError, subprocess.CalledProcessError) as error:
        what = f"{code.name}/ could not be compiled: see what compileall said above"
        raise DeploymentFailed(f"{what}, correct it or let this user write there, and run it again") from error


def _built(build: Build, runtime: str, environ: Mapping[str, str]) -> Path:
    try:
        return build(runtime, environ)
    except subprocess.CalledProcessError as error:
        what = f"the layer could not be built: {error.cmd[0]} ended with {error.returncode}"
        raise DeploymentFailed(f"{what}: see what it said above, and the index and certificates of pip") from error
    except OSError as error:
        what = f"the layer could not be built: {error.filename}: {error.strerror}"
        raise DeploymentFailed(f"{what}: let this user write there") from error


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
    code, said = serverless.call(command, environ, capture=True)
    version = PUBLISHED.search(said)
    if code != 0 or version is None:
        raise DeploymentFailed(f"the layer could not be published: s said: {said.strip() or 'nothing'}")
    return version[1]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ, layer.build, terminal=bool(sys.stdin and sys.stdin.isatty())))
