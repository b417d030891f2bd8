"""The layer: pinned completely, and built byte for byte the same."""

import os
import re
import sys
import zipfile
from pathlib import Path

import pytest
from seeding import ROOT

from layers import build

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


def test_the_layer_holds_what_the_functions_import_and_what_that_needs() -> None:
    expected = {"msgspec", "requests", "pyyaml", "certifi", "charset-normalizer", "idna", "urllib3"}
    assert set(pins("layers/requirements.txt")) == expected


def test_every_package_of_the_layer_has_hashes() -> None:
    text = (ROOT / "layers" / "requirements.txt").read_text(encoding="utf-8")
    requirements = re.split(r"^(?=[A-Za-z])", text, flags=re.MULTILINE)[1:]
    assert all("--hash=sha256:" in requirement for requirement in requirements)


@pytest.mark.parametrize("file", ["requirements-demo.txt", "requirements-test.txt"])
def test_no_other_list_pins_a_package_of_the_layer(file: str) -> None:
    """What is tested is what is deployed."""
    assert not set(pins(file)) & set(pins("layers/requirements.txt"))


@pytest.mark.parametrize("file", ["layers/requirements.txt", "requirements-demo.txt", "requirements-test.txt"])
def test_no_list_names_a_host_or_a_path(file: str) -> None:
    assert "//" not in (ROOT / file).read_text(encoding="utf-8")


def test_the_same_files_make_the_same_archive(tree: Path) -> None:
    """Whenever they were written, and in whatever order."""
    build.archive(tree, tree / "one.zip")
    for file in (tree / "python").rglob("*"):
        os.utime(file, (1, 1))
    build.archive(tree, tree / "two.zip")
    assert (tree / "one.zip").read_bytes() == (tree / "two.zip").read_bytes()


def test_the_archive_becomes_opt_python(tree: Path) -> None:
    build.archive(tree, tree / "layer.zip")
    assert zipfile.ZipFile(tree / "layer.zip").namelist() == ["python/certificates.pem", "python/package/__init__.py"]


def test_everyone_may_read_what_is_in_the_archive(tree: Path) -> None:
    build.archive(tree, tree / "layer.zip")
    modes = {entry.external_attr >> 16 for entry in zipfile.ZipFile(tree / "layer.zip").infolist()}
    assert modes == {0o100644}


def test_bytecode_is_never_checked_against_its_source(tree: Path) -> None:
    """The second word of a .pyc: bit 0 says by hash, bit 1 that the hash is checked (PEP 552)."""
    build.compile_unchecked(tree, Path(sys.executable))
    (bytecode,) = tree.rglob("*.pyc")
    assert int.from_bytes(bytecode.read_bytes()[4:8], "little") == 0b01


def test_tracebacks_name_the_files_where_they_will_be(tree: Path) -> None:
    build.compile_unchecked(tree, Path(sys.executable))
    (bytecode,) = tree.rglob("*.pyc")
    assert b"/opt/python/package/__init__.py" in bytecode.read_bytes()


def test_a_shim_that_fails_is_no_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shim of pyenv is on PATH as python3.10, and it fails unless that version is chosen."""
    monkeypatch.setattr(build, "RUNTIME", (3, 99))
    shim = tmp_path / "python3.99"
    shim.write_text("#!/bin/sh\nexit 127\n", encoding="utf-8")
    shim.chmod(0o755)
    assert build.python_of_the_runtime({"PATH": str(tmp_path), "HOME": str(tmp_path)}) is None


def test_a_python_of_pyenv_is_found_though_it_is_not_on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "RUNTIME", (3, 99))
    python = tmp_path / "versions" / "3.99.1" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\necho 3 99\n", encoding="utf-8")
    python.chmod(0o755)
    assert build.python_of_the_runtime({"PATH": "", "PYENV_ROOT": str(tmp_path)}) == python
