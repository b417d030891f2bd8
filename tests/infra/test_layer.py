"""The layer: pinned completely, and built byte for byte the same."""

import os
import re
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from seeding import ROOT, Copy

from layers import build
from layers.__main__ import main as make_layer

PIN = re.compile(r"^([A-Za-z0-9_.-]+)==([^\s;\\]+)", re.MULTILINE)


def pins(file: str) -> dict[str, str]:
    found = PIN.findall((ROOT / file).read_text(encoding="utf-8"))
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in found}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "python" / "package").mkdir(parents=True)
    (tmp_path / "python" / "package" / "__init__.py").write_text("KINDS = {'a', 'b'}\n", encoding="utf-8")
    (tmp_path / "python" / "certificates.pem").write_text("x", encoding="utf-8")
    return tmp_path


def test_the_layer_holds_the_functions_packages_and_their_dependencies() -> None:
    expected = {"msgspec", "requests", "pyyaml", "certifi", "charset-normalizer", "idna", "urllib3"}
    assert set(pins("layers/requirements.txt")) == expected


def test_every_package_of_the_layer_has_hashes() -> None:
    text = (ROOT / "layers" / "requirements.txt").read_text(encoding="utf-8")
    requirements = re.split(r"^(?=[A-Za-z])", text, flags=re.MULTILINE)[1:]
    assert all("--hash=sha256:" in requirement for requirement in requirements)


OTHERS = [f"requirements-{name}.txt" for name in ("demo", "test", "oracles", "distribution")]


@pytest.mark.parametrize("file", OTHERS)
def test_no_other_list_pins_a_package_of_the_layer(file: str) -> None:
    """The tests use the packages of the layer."""
    assert not set(pins(file)) & set(pins("layers/requirements.txt"))


@pytest.mark.parametrize("file", ["layers/requirements.txt", *OTHERS])
def test_no_list_names_a_host_or_a_path(file: str) -> None:
    assert "//" not in (ROOT / file).read_text(encoding="utf-8")


def test_the_same_files_make_the_same_archive(tree: Path) -> None:
    """The times of the files and their order do not matter."""
    build.archive(tree, tree / "one.zip")
    for file in (tree / "python").rglob("*"):
        os.utime(file, (1, 1))
    build.archive(tree, tree / "two.zip")
    assert (tree / "one.zip").read_bytes() == (tree / "two.zip").read_bytes()


def test_the_archive_becomes_opt_python(tree: Path) -> None:
    build.archive(tree, tree / "layer.zip")
    assert zipfile.ZipFile(tree / "layer.zip").namelist() == ["python/certificates.pem", "python/package/__init__.py"]


def test_every_file_of_the_archive_is_readable_by_all(tree: Path) -> None:
    build.archive(tree, tree / "layer.zip")
    modes = {entry.external_attr >> 16 for entry in zipfile.ZipFile(tree / "layer.zip").infolist()}
    assert modes == {0o100644}


def test_bytecode_is_never_checked_against_its_source(tree: Path) -> None:
    """The second word of a .pyc: bit 0 says by hash, bit 1 that the hash is checked (PEP 552)."""
    build.compile_unchecked(tree / "python", Path(sys.executable), build.MOUNTED_AT)
    (bytecode,) = tree.rglob("*.pyc")
    assert int.from_bytes(bytecode.read_bytes()[4:8], "little") == 0b01


def test_tracebacks_name_the_deployed_paths(tree: Path) -> None:
    build.compile_unchecked(tree / "python", Path(sys.executable), build.MOUNTED_AT)
    (bytecode,) = tree.rglob("*.pyc")
    assert b"/opt/python/package/__init__.py" in bytecode.read_bytes()


def test_a_shim_that_fails_is_not_used_as_python(tmp_path: Path) -> None:
    """A shim of pyenv is on PATH as python3.10, and it fails unless that version is chosen."""
    shim = tmp_path / "python3.99"
    shim.write_text("#!/bin/sh\nexit 127\n", encoding="utf-8")
    shim.chmod(0o755)
    assert build.python_of_the_runtime((3, 99), {"PATH": str(tmp_path), "HOME": str(tmp_path)}) is None


def test_a_python_of_pyenv_is_found_though_it_is_not_on_path(tmp_path: Path) -> None:
    python = tmp_path / "versions" / "3.99.1" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\necho 3 99\n", encoding="utf-8")
    python.chmod(0o755)
    assert build.python_of_the_runtime((3, 99), {"PATH": "", "PYENV_ROOT": str(tmp_path)}) == python


@pytest.mark.parametrize(("runtime", "version"), [("python3.10", "310"), ("python3.12", "312")])
def test_wheels_are_taken_for_the_runtime_and_an_old_glibc(tmp_path: Path, runtime: str, version: str) -> None:
    command = build.install_command(tmp_path, build.RUNTIMES[runtime])
    start = command.index("--python-version")
    platforms = ["--platform", "manylinux2014_x86_64", "--platform", "manylinux_2_28_x86_64"]
    assert command[start : start + 6] == ["--python-version", version, *platforms]


@pytest.mark.parametrize("runtime", ["python3.10", "python3.12"])
def test_make_layer_builds_for_the_template_s_runtime(
    copy: Copy, monkeypatch: pytest.MonkeyPatch, runtime: str
) -> None:
    built: list[str] = []

    def note(runtime: str, _environ: Mapping[str, str]) -> Path:
        built.append(runtime)
        return copy.folder

    copy.replace("template.yml", "runtime: python3.10", f"runtime: {runtime}")
    monkeypatch.chdir(copy.folder)
    assert (make_layer({}, note), built) == (0, [runtime])


@pytest.mark.parametrize("runtime", ["python3.11", "python3.9", "python3", "python3.13", "custom", "nodejs20"])
@pytest.mark.parametrize("make", ["layer", "check-template"])
def test_a_runtime_for_which_no_layer_is_built_is_refused(
    copy: Copy, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], runtime: str, make: str
) -> None:
    copy.replace("template.yml", "runtime: python3.10", f"runtime: {runtime}")
    monkeypatch.chdir(copy.folder)
    code = copy.check() if make == "check-template" else make_layer({}, lambda _runtime, _environ: copy.folder)
    told = f'template.yml: refresh.props.runtime: "{runtime}" is '
    assert (code, told in capsys.readouterr().err) == (1, True)
