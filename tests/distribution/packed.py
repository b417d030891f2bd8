"""Builds the package for PyPI from a copy of the clone, and lists what is inside both of its files."""

import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from layers import pip

ROOT = Path(__file__).parents[2]
DIST = ROOT / "dist"
VERSION = re.findall(r'^version = "(.*)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)[0]
# Not copied: folders of a clone in use. Any other file that is not of the project must not get into the package either.
LEFT_OUT = (
    ".git",
    ".venv",
    "dist",
    "build",
    "*.egg-info",
    ".hypothesis",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
)


class Packed(NamedTuple):
    """The wheel, the archive of the sources (sdist), and the copy of the clone from which both were built."""

    wheel: Path
    sdist: Path
    clone: Path

    @property
    def in_wheel(self) -> list[str]:
        """The files of the wheel."""
        with zipfile.ZipFile(self.wheel) as archive:
            return [name for name in archive.namelist() if not name.endswith("/")]

    @property
    def in_sdist(self) -> list[str]:
        """The files of the archive of the sources, below its one folder."""
        with tarfile.open(self.sdist) as archive:
            return [member.name.partition("/")[2] for member in archive if member.isfile()]

    @property
    def packages(self) -> list[str]:
        """The packages at the top of the wheel."""
        return sorted({name.partition("/")[0] for name in self.in_wheel if name.endswith(".py") and "/" in name})

    @property
    def metadata(self) -> str:
        """The wheel's file METADATA."""
        with zipfile.ZipFile(self.wheel) as archive:
            (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
            return archive.read(name).decode()


@cache
def environment() -> Mapping[str, str]:
    """The machine's settings of package sources, without other settings of pip, Python or mypy."""
    named = pip.environment(os.environ)
    own = {name: value for name, value in named.items() if not name.startswith(("PYTHON", "MYPY"))}
    if index := own.get("PIP_INDEX_URL"):
        own.setdefault("UV_DEFAULT_INDEX", index)  # uv reads no settings of pip
    return own


def run(*command: str | Path, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a program in a folder."""
    words = [str(word) for word in command]
    return subprocess.run(words, cwd=folder, env=environment(), capture_output=True, text=True, check=False)  # noqa: S603 - ours


def succeed(*command: str | Path, folder: Path | None = None) -> str:
    """What a program prints; a failure is an error with the whole output."""
    done = run(*command, folder=folder)
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}"
    return done.stdout


def module(*words: str | Path) -> Sequence[str | Path]:
    """The command that runs a module of the tests' own Python."""
    return (sys.executable, "-m", *words)


def pack(folder: Path) -> Packed:
    """Build both files into `dist/`, from a copy of the clone in this folder."""
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*LEFT_OUT))
    shutil.rmtree(DIST, ignore_errors=True)
    succeed(*module("build", "--outdir", DIST, folder))
    (wheel,), (sdist,) = DIST.glob("*.whl"), DIST.glob("*.tar.gz")
    return Packed(wheel, sdist, folder)
