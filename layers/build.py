"""`make layer`: the functions' third-party packages as a layer of Function Compute, without docker.

The zip holds `python/…`, which becomes `/opt/python` and is on `sys.path`; beside the bundle of `certifi` lie its
certificates in a folder that OpenSSL need not load as a whole. The zip is built for the runtime that the
template names. Function Compute's python3.10 is a Debian 10 (glibc 2.28) on x86_64, so wheels are taken for that
platform, whatever this machine is. Bytecode is compiled when a Python of the runtime's version is at hand, unchecked by
hash: a zip does not keep times, which makes the ordinary kind stale on each cold start. The same requirements make the
same bytes, so that publishing them again makes no new version.
"""

# ruff: noqa: T201, S603 - a command speaks to people; what it runs is listed here and takes no input from elsewhere

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from layers import certificates, pip
from oss_cdn_refresh.transport.tls import HASHED

HERE = Path(__file__).parent
BUILD = HERE / "build"
ARCHIVE = BUILD / "layer.zip"
REQUIREMENTS = HERE / "requirements.txt"

Version = tuple[int, int]  # of Python

RUNTIMES: Mapping[str, Version] = {"python3.10": (3, 10), "python3.12": (3, 12)}  # those that the functions run on
PLATFORMS = ("manylinux2014_x86_64", "manylinux_2_28_x86_64")  # glibc 2.17 and 2.28; Debian 10 has 2.28
MOUNTED_AT = "/opt/python"  # where Function Compute has the packages of a layer
ALL_ALIKE = (1980, 1, 1, 0, 0, 0)  # the first date that a zip knows
INSTALLERS_NOTES = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json")  # differ from one pip to the next


def build(runtime: str, environ: Mapping[str, str]) -> Path:
    """Build the layer of a runtime anew, such as python3.10; returns the archive.

    :raises subprocess.CalledProcessError: where pip cannot fetch a package, or its hash is not the pinned one.
    :raises UnreadableSettings: where pip cannot read the settings of this machine.
    """
    version = RUNTIMES[runtime]
    shutil.rmtree(BUILD, ignore_errors=True)
    install(BUILD / "python", version, environ)
    compiler = python_of_the_runtime(version, environ)
    if compiler:
        compile_unchecked(BUILD / "python", compiler, MOUNTED_AT)
    archive(BUILD, ARCHIVE)
    bytecode = f"bytecode by {compiler}" if compiler else f"no bytecode, as no {runtime} runs here: a slower start"
    print(f"{ARCHIVE.relative_to(HERE.parent)}: {runtime}, {ARCHIVE.stat().st_size / 1024:,.0f} KB, {bytecode}")
    return ARCHIVE


def install(target: Path, version: Version, environ: Mapping[str, str]) -> None:
    """Install the packages for Function Compute into a folder, with the certificates that OpenSSL finds one by one.

    :raises subprocess.CalledProcessError: where pip cannot fetch a package, or its hash is not the pinned one.
    """
    subprocess.run(install_command(target, version), check=True, env=pip.environment(environ))
    shutil.rmtree(target / "bin", ignore_errors=True)
    for note in INSTALLERS_NOTES:
        for file in target.glob(f"*.dist-info/{note}"):
            file.unlink()
    certificates.write(target / "certifi" / "cacert.pem", target / "certifi" / HASHED)


def install_command(target: Path, version: Version) -> list[str]:
    """The call of pip that puts the wheels for Function Compute into a folder."""
    platforms = [argument for platform in PLATFORMS for argument in ("--platform", platform)]
    isolated = [
        sys.executable,
        "-I",
        "-m",
        "pip",
    ]  # else pip reports conflicts with what was installed from here
    command = [*isolated, "install", "-qq", "--no-compile", "--require-hashes", "--only-binary=:all:"]
    command += ["--python-version", "".join(map(str, version)), *platforms]
    return [*command, "--target", str(target), "--requirement", str(REQUIREMENTS)]


def python_of_the_runtime(version: Version, environ: Mapping[str, str]) -> Path | None:
    """A Python of that version that really runs: this one, one on PATH, or one of pyenv's.

    A shim of pyenv may be on PATH and fail, so each is asked for its version.
    """
    return next((python for python in _candidates(version, environ) if _version(python, environ) == version), None)


def _candidates(version: Version, environ: Mapping[str, str]) -> Iterator[Path]:
    yield Path(sys.executable)
    name = "python{}.{}".format(*version)
    for folder in environ.get("PATH", "").split(os.pathsep):
        if folder and (Path(folder) / name).is_file():
            yield Path(folder) / name
    pyenv = Path(environ.get("PYENV_ROOT") or Path(environ.get("HOME", "")) / ".pyenv")
    yield from sorted(pyenv.glob("versions/{}.{}.*/bin/python".format(*version)), reverse=True)


def _version(python: Path, environ: Mapping[str, str]) -> tuple[int, ...]:
    ask = "import sys; print(*sys.version_info[:2])"
    try:
        answer = subprocess.run([str(python), "-c", ask], capture_output=True, check=True, text=True, env=dict(environ))
    except (OSError, subprocess.CalledProcessError):
        return ()
    return tuple(map(int, answer.stdout.split()))


def compile_unchecked(packages: Path, python: Path, mounted_at: str) -> None:
    """Compile a folder of packages, so that nothing checks the bytecode against its source at run time.

    mounted_at: where Function Compute has the folder; tracebacks name it.
    """
    command = [str(python), "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]
    command += ["-s", str(packages), "-p", mounted_at, str(packages)]
    fixed = {**os.environ, "PYTHONHASHSEED": "0"}  # else sets of constants come in a random order
    subprocess.run(command, check=True, env=fixed)


def archive(root: Path, target: Path) -> None:
    """Zip `root`'s `python/`, byte for byte the same for the same files."""
    files = sorted(path for path in (root / "python").rglob("*") if path.is_file())
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as layer:
        for file in files:
            entry = zipfile.ZipInfo(file.relative_to(root).as_posix(), ALL_ALIKE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, whatever this machine is
            entry.external_attr = 0o100644 << 16
            layer.writestr(entry, file.read_bytes())
