"""Bytecode of the functions' own code."""

import importlib.util
import sys
from pathlib import Path

from infra.deploy import compile_checked

CHECKED_HASH = 3  # PEP 552: hash-based, and checked against the source


def test_the_bytecode_survives_a_zip_because_it_is_checked_by_hash(tmp_path: Path) -> None:
    source = tmp_path / "package" / "module.py"
    source.parent.mkdir()
    source.write_text("x = 1\n", encoding="utf-8")
    compile_checked(tmp_path, Path(sys.executable))
    bytecode = Path(importlib.util.cache_from_source(str(source))).read_bytes()
    assert int.from_bytes(bytecode[4:8], "little") == CHECKED_HASH


def test_the_same_source_gives_the_same_bytecode(tmp_path: Path) -> None:
    source = tmp_path / "module.py"
    source.write_text(f"x in {{{', '.join(repr(str(number)) for number in range(20))}}}\n", encoding="utf-8")
    found = set()
    for _ in range(3):
        compile_checked(tmp_path, Path(sys.executable))
        found.add(Path(importlib.util.cache_from_source(str(source))).read_bytes())
    assert len(found) == 1


def test_bytecode_by_time_is_replaced(tmp_path: Path) -> None:
    """A local run of the code leaves bytecode that is newer than the source."""
    source = tmp_path / "module.py"
    source.write_text("x = 1\n", encoding="utf-8")
    bytecode = Path(importlib.util.cache_from_source(str(source)))
    for _ in range(2):
        compile_checked(tmp_path, Path(sys.executable))
        assert int.from_bytes(bytecode.read_bytes()[4:8], "little") == CHECKED_HASH
        bytecode.write_bytes(importlib.util.MAGIC_NUMBER + bytes(12))
