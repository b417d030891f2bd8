"""`make application`: build the application package into build/application."""

# ruff: noqa: T201 - a command speaks to people

import argparse
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from infra.application import build, publishing
from infra.application.build import Install
from infra.application.edits import OutOfDate
from infra.deploy import DeploymentFailed
from layers.pip import UnreadableSettings
from oss_cdn_refresh_cli.deployment.reading.variables import TemplateError

ROOT = Path(__file__).parents[2]
TARGET = ROOT / "build" / "application"


def main(
    arguments: Sequence[str],
    environ: Mapping[str, str],
    *,
    root: Path = ROOT,
    target: Path = TARGET,
    install: Install = build.install,
) -> int:
    """Build the package of the repository at `root` into `target`; returns the exit code."""
    options = argparse.ArgumentParser(prog="make application", description="Build the application package.")
    options.add_argument("--release", help="the version, such as dev; by default that of pyproject.toml")
    release = options.parse_args(arguments).release
    try:
        release = release or publishing.version(root)
        build.build(root, target, release, environ, install)
    except (OutOfDate, DeploymentFailed, TemplateError, UnreadableSettings, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        print(
            f"{error.cmd[0]} ended with {error.returncode}, so the package is not built: its messages are above",
            file=sys.stderr,
        )
        return 1
    files = [file for file in target.rglob("*") if file.is_file()]
    size = sum(file.stat().st_size for file in files)
    print(f"{os.path.relpath(target)}: oss-cdn-refresh {release}, {len(files)} files, {size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
