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


SITE = """```yaml
sites:
  - bucket: my-site
    domains: [www.example.com]
```

```text
my-site/a.jpg
  File          https://www.example.com/a.jpg
```
"""
WRONG = {
    "an unknown command": ("```sh\nrm -r oss://my-site\n```\n", "no test knows this command"),
    "a command that fails": ("```sh\noss-cdn-refresh validate --key no-bucket\n```\n", "validate --key no-bucket"),
    "another output": ("```text\n$ oss-cdn-refresh validate --key my-site/a.jpg\nFile\n```\n", "my-site/a.jpg"),
    "a line that no log has": ('```text\n$ s drain logs --tail\n{"event": "preloaded"}\n```\n', "is not in"),
    "an unknown kind of YAML": ("```yaml\na: b\n```\n", "no test knows this kind of block"),
    "an action without a version": (
        "```yaml\nname: x\njobs: {a: {steps: [{uses: actions/checkout}]}}\n```\n",
        "actions/checkout",
    ),
    "variables that do not fit the sites": (
        "```sh\nREFRESH_DOMAINS=img.example.com\n```\n\n```sh\nmake check-template\n```\n",
        "www.example.com",
    ),
}


@pytest.mark.parametrize(("block", "said"), WRONG.values(), ids=WRONG)
def test_a_mistake_on_a_page_is_found(block: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(AssertionError, match=said):
        Recipe(f"{SITE}\n{block}", tmp_path).run()
