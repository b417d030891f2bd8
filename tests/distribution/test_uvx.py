"""The command runs by uv without an installation, as the README says."""

import re
import shlex
import sys
from pathlib import Path

import pytest
from packed import ROOT, VERSION, Packed, succeed

UVX = Path(sys.executable).with_name("uvx")
RECIPES = re.findall(r"`uvx (--from '?\.[^`]*)`", (ROOT / "README.md").read_text(encoding="utf-8"))


def test_the_wheel_runs_without_an_installation(packed: Packed, tmp_path: Path) -> None:
    said = succeed(
        UVX, "--no-python-downloads", "--from", packed.wheel, "oss-cdn-refresh", "--version", folder=tmp_path
    )
    assert said == f"oss-cdn-refresh, version {VERSION}\n"


def test_the_readme_has_a_recipe_with_the_extra_and_one_without() -> None:
    assert sorted(shlex.split(recipe)[1] for recipe in RECIPES) == [".", ".[report]"]


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_of_the_readme_runs_in_a_clone(packed: Packed, recipe: str) -> None:
    assert succeed(UVX, "--no-python-downloads", *shlex.split(recipe), folder=packed.clone)
