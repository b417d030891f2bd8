"""The Makefile names the remedy if it cannot continue."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from seeding import ROOT

MAKE = shutil.which("make")

TARGETS = ("demo", "test", "bench", "layer", "deploy", "distribution", "check-template", "lint", "clean")
pytestmark = pytest.mark.skipif(MAKE is None, reason="make is not installed")


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    own = {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MFLAGS", "PYTHON"}}
    command = ["make", "-C", str(ROOT), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=own)  # noqa: S603 - targets of ours


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A Python that is too old: it reports 3.8 and refuses code for 3.10."""
    python = tmp_path / "python3"
    python.write_text('#!/bin/sh\ncase "$2" in *print*) echo 3.8;; *) exit 1;; esac\n', encoding="utf-8")
    python.chmod(0o755)
    return python


def test_a_python_that_is_too_old_is_reported_with_a_remedy(old: Path, tmp_path: Path) -> None:
    done = make("check-template", f"PYTHON={old}", f"VENV={tmp_path / 'venv'}")
    assert "is Python 3.8, 3.10 or newer is needed: make … PYTHON=python3.12" in done.stdout


def test_no_environment_is_made_with_a_python_that_is_too_old(old: Path, tmp_path: Path) -> None:
    done = make("check-template", f"PYTHON={old}", f"VENV={tmp_path / 'venv'}")
    assert (done.returncode == 0, (tmp_path / "venv").exists()) == (False, False)


def test_a_machine_without_python_is_reported(tmp_path: Path) -> None:
    done = make("check-template", "PYTHON=", f"VENV={tmp_path / 'venv'}")
    assert "Python 3.10 or newer is needed and none is on PATH" in done.stdout


@pytest.fixture(scope="module")
def told() -> str:
    return make("help").stdout


@pytest.mark.parametrize("target", TARGETS)
def test_help_names_every_command(told: str, target: str) -> None:
    assert f"make {target} " in told
