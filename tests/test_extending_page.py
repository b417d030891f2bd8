"""The product that docs/extending.md shows works: one module and one line, in a copy of the code.

The Chinese page shows the same code (test_languages.py).
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pages import PAGES, ROOT

from oss_cdn_refresh.products.interface import Product, ProductClient

SHOWN = re.findall(r"```python\n(.*?)```", PAGES["docs/extending.md"], re.DOTALL)
(MODULE,) = [block for block in SHOWN if "LIMITS = Limits(" in block]
(LINE,) = [block.strip() for block in SHOWN if block.startswith("NAMES = (")]
WORK = Path(__file__).parent / "fourth_product.py"


def names(protocol: type) -> set[str]:
    """The names that a class of `interface` asks for."""
    return {name for name in (*protocol.__annotations__, *vars(protocol)) if not name.startswith("_")}


@pytest.mark.parametrize("name", sorted(names(Product)))
def test_the_shown_product_has_every_name_of_the_interface(name: str) -> None:
    assert re.search(rf"^(?:.*\b{name}\b.* = |{name}\b.* = |(?:def|class) {name}\()", MODULE, re.MULTILINE)


@pytest.mark.parametrize("page", ["docs/extending.md", "docs/extending.zh-CN.md"])
@pytest.mark.parametrize("name", sorted(names(ProductClient)))
def test_every_call_of_a_product_is_explained(name: str, page: str) -> None:
    assert f"`{name}`" in PAGES[page]


def test_the_shown_line_adds_one_name() -> None:
    products = (ROOT / "functions" / "oss_cdn_refresh" / "products" / "__init__.py").read_text(encoding="utf-8")
    (line,) = re.findall(r"^NAMES = .*$", products, re.MULTILINE)
    assert line.replace(")", ', "xcdn")') == LINE


def test_the_shown_product_refreshes_confirms_and_preloads(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "functions", tmp_path / "functions", ignore=shutil.ignore_patterns("__pycache__"))
    products = tmp_path / "functions" / "oss_cdn_refresh" / "products"
    (products / "xcdn.py").write_text(MODULE, encoding="utf-8")
    package = products / "__init__.py"
    package.write_text(re.sub(r"^NAMES = .*$", LINE, package.read_text(encoding="utf-8"), flags=re.MULTILINE))
    path = os.pathsep.join(map(str, (tmp_path / "functions", ROOT / "tests", ROOT)))
    done = subprocess.run(  # noqa: S603 - our own script
        (sys.executable, WORK, tmp_path),
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
