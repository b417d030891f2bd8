"""Finds the Pythons of this machine, and installs the package into new environments of each."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from packed import Packed, module, run, succeed

VERSIONS = ("3.10", "3.11", "3.12", "3.13")  # as the classifiers in pyproject.toml


class Installed(NamedTuple):
    """An environment that holds the package, what it needs, and nothing else. extras: whether with all extras."""

    folder: Path
    extras: bool

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"

    @property
    def command(self) -> Path:
        """The installed command."""
        return self.folder / "bin" / "oss-cdn-refresh"


def candidates(version: str) -> Iterator[Path]:
    """The possible places of a Python: this one, on PATH, of pyenv."""
    if sys.version_info[:2] == tuple(map(int, version.split("."))):
        yield Path(sys.executable)
    if found := shutil.which(f"python{version}"):
        yield Path(found)
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from sorted(pyenv.glob(f"versions/{version}.*/bin/python"))


def find(version: str) -> Path | None:
    """A Python of this version that runs; a shim of pyenv can be on PATH and fail."""
    asked = "import sys; print('%d.%d' % sys.version_info[:2])"
    return next((python for python in candidates(version) if run(python, "-c", asked).stdout.strip() == version), None)


def install_wheel(packed: Packed, python: Path, folder: Path) -> Installed:
    """Install as most users do: the wheel, with the pip of this Python."""
    succeed(python, "-m", "venv", folder)
    installed = Installed(folder, extras=False)
    succeed(installed.python, "-m", "pip", "install", "--quiet", packed.wheel)
    return installed


def install_sdist(packed: Packed, python: Path, folder: Path) -> Installed:
    """Install the archive of the sources, with all its extras, by uv."""
    succeed(*module("uv", "venv", "--quiet", "--no-python-downloads", "--python", python, folder))
    installed = Installed(folder, extras=True)
    extras = ",".join(
        line.partition(": ")[2] for line in packed.metadata.splitlines() if line.startswith("Provides-Extra")
    )
    wanted = f"oss-cdn-refresh[{extras}] @ {packed.sdist.as_uri()}"
    succeed(*module("uv", "pip", "install", "--quiet", "--python", installed.python, wanted))
    return installed


INSTALLERS = {"wheel": install_wheel, "sdist": install_sdist}
