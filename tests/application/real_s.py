"""The real `s` of Serverless Devs, pinned in node/ and installed with npm into build/node, and its applications."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
PINNED = Path(__file__).parent / "node"
INSTALLED = ROOT / "build" / "node"
PACKAGE = ROOT / "build" / "application"
NPM_AT_MOST = 300  # s
S_AT_MOST = 180  # s; without the network `s` can wait for a component without end
# Of the environment; the variables of CI systems are left out, because `s` behaves in another way with them.
KEPT = ("PATH", "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "NODE_EXTRA_CA_CERTS")

REQUIRED = {"region": "cn-hongkong", "bucket": "our-images", "domains": "img.example.com"}
ALL = {
    "region": "cn-shanghai",
    "bucket": "our-site",
    "domains": "www.example.com,static.example.org",
    "name": "our-refresh",
}
GIVEN: Mapping[str, Mapping[str, str]] = {
    "all parameters": ALL,
    "the required ones": REQUIRED,
    "them again": REQUIRED,
}


class NotHere(Exception):
    """The real `s` cannot run here; the message names the missing program or the error."""


class S:
    """The command, with a home folder of its own.

    :raises NotHere: it does not run, for example with a Node.js that is too old.
    """

    def __init__(self, program: Path, home: Path, account: str, at_most: float = S_AT_MOST) -> None:
        self._program = program
        self._at_most = at_most
        self._environ = {"HOME": str(home), **{name: os.environ[name] for name in KEPT if name in os.environ}}
        added = self.run(
            home,
            *("config", "add", "-a", "default", "--AccountID", account),
            *("--AccessKeyID", "LTAItest", "--AccessKeySecret", "none"),
        )
        if added.returncode != 0:
            said = " ".join((added.stdout + added.stderr).split())
            raise NotHere(f"it does not run here: {said}")

    def run(self, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run it in a folder; a call that takes too long ends with exit code 124."""
        command = [str(self._program), *arguments]
        # Into files: in a pipe whose reader is gone, as when the tests are killed, it writes without an end.
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
            process = subprocess.Popen(  # noqa: S603 - the tests' own calls
                command,
                cwd=folder,
                env=self._environ,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )
            try:
                code, late = process.wait(self._at_most), ""
            except subprocess.TimeoutExpired:
                code, late = 124, f"no answer within {self._at_most} s"
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)  # what it started ends with it
                process.wait()
            out.seek(0)
            err.seek(0)
            return subprocess.CompletedProcess(command, code, out.read(), err.read() + late)


class Application:
    """A folder that `s init` made of a copy of the package: `s init --uri` moves the folder that it gets."""

    def __init__(self, s: S, package: Path, folder: Path, parameters: Mapping[str, str]) -> None:
        self.s = s
        self.folder = folder / "out"
        copy = folder / "package"
        shutil.copytree(package, copy)
        given = json.dumps(parameters)
        made = s.run(
            folder, "init", "--uri", str(copy), "-d", str(self.folder), "-a", "default", "-y", "--parameters", given
        )
        assert made.returncode == 0, made.stdout + made.stderr

    @property
    def files(self) -> set[str]:
        """The files, by their paths in the folder."""
        return {file.relative_to(self.folder).as_posix() for file in self.folder.rglob("*") if file.is_file()}

    def text(self, name: str) -> str:
        """The content of a file."""
        return (self.folder / name).read_text(encoding="utf-8")

    @cached_property
    def resolved(self) -> dict[str, Any]:
        """The template as `s preview` resolves it."""
        return self.preview()

    def preview(self) -> dict[str, Any]:
        """The template as `s preview` resolves it now."""
        shown = self.s.run(self.folder, "preview", "-o", "yaml")
        assert shown.returncode == 0, shown.stdout + shown.stderr
        lines = shown.stdout.splitlines()
        start = next(number for number, line in enumerate(lines) if line.startswith("edition:"))
        document: dict[str, Any] = yaml.safe_load("\n".join(lines[start:]))
        return document


def install() -> Path:
    """Install the pinned `s` with npm, unless it is installed; returns the program.

    :raises NotHere: without Node.js, without npm, or npm cannot install it.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise NotHere(f"{'node' if node is None else 'npm'} is not installed")
    program, lock = INSTALLED / "node_modules" / ".bin" / "s", INSTALLED / "package-lock.json"
    wanted = (PINNED / "package-lock.json").read_bytes()
    if program.exists() and lock.exists() and lock.read_bytes() == wanted:
        return program
    shutil.rmtree(INSTALLED, ignore_errors=True)
    shutil.copytree(PINNED, INSTALLED)
    try:
        done = subprocess.run(  # noqa: S603 - found on PATH
            [npm, "ci", "--no-audit", "--no-fund"],
            cwd=INSTALLED,
            capture_output=True,
            text=True,
            check=False,
            timeout=NPM_AT_MOST,
        )
    except subprocess.TimeoutExpired as error:
        shutil.rmtree(INSTALLED)
        raise NotHere(f"npm ci did not end within {NPM_AT_MOST} s") from error
    if done.returncode != 0 or not program.exists():
        shutil.rmtree(INSTALLED)
        said = next(iter(done.stderr.splitlines()), "nothing")
        raise NotHere(f"npm ci could not install it: {said}")
    return program
