"""The example files, and the example of all products on both configuration pages, deploy with their `.env`."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
from pages import PAGES, ROOT, blocks, configurations
from seeding import Copy

VARIABLE = re.compile(r"^(?:#   )?(REFRESH_\w+)=(\S+)$", re.MULTILINE)
CONFIGURATION = ("docs/configuration.md", "docs/configuration.zh-CN.md")


class Shown(NamedTuple):
    """A configuration, and the lines of `.env` that are shown with it."""

    configuration: str
    environ: Mapping[str, str]


def of_file(file: Path) -> Shown:
    """An example file: its comments have the lines of `.env`."""
    text = file.read_text(encoding="utf-8")
    return Shown(text, dict(VARIABLE.findall(text)))


FILES = [file for file in sorted((ROOT / "docs" / "examples").iterdir()) if "\nsites:" in file.read_text("utf-8")]
EXAMPLES = {file.name: of_file(file) for file in FILES} | {
    name: Shown(
        next(each for each in configurations(PAGES[name]) if "product: esa" in each),
        dict(VARIABLE.findall(next(each for each in blocks(PAGES[name]) if "REFRESH_ESA_SITES=" in each))),
    )
    for name in CONFIGURATION
}


@pytest.mark.parametrize("shown", EXAMPLES.values(), ids=EXAMPLES)
def test_an_example_deploys_with_the_variables_that_are_shown_with_it(
    copy: Copy, capsys: pytest.CaptureFixture[str], shown: Shown
) -> None:
    (copy.folder / "functions" / "config.yml").write_text(shown.configuration, encoding="utf-8")
    copy.check(shown.environ)
    assert capsys.readouterr().err == ""
