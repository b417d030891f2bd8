"""The recipes in docs/recipes run from their first block to their last, in both languages."""

from pathlib import Path

import pytest
from pages import PAGES
from recipe import BLOCK, NOT_RUN, Recipe, shown

pytestmark = pytest.mark.filterwarnings(
    "ignore:datetime.datetime.utcnow:DeprecationWarning"
)  # the SDKs, on Python 3.12
RECIPES = sorted(name for name in PAGES if name.startswith("docs/recipes/"))


@pytest.mark.parametrize("name", RECIPES)
def test_everything_that_a_recipe_shows_works(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Recipe(PAGES[name], tmp_path).run()


@pytest.mark.parametrize("name", RECIPES)
def test_no_block_of_a_recipe_is_overlooked(name: str) -> None:
    assert len(BLOCK.findall(PAGES[name])) * 2 == PAGES[name].count("```")
    assert {block.language for block in shown(PAGES[name])} <= {"yaml", "text", "sh"}


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_is_read_in_some_minutes(name: str) -> None:
    """A translation has its paragraphs on one line each."""
    assert 40 <= len(PAGES[name].splitlines()) <= 165


@pytest.mark.parametrize("start", NOT_RUN)
def test_each_command_that_is_not_run_is_needed_by_a_recipe(start: str) -> None:
    lines = [line.strip() for name in RECIPES for block in shown(PAGES[name]) for line in block.text.splitlines()]
    assert any(start in line for line in lines)
