"""docs/doctor.md and its translation name every check, every right and every option."""

import re
from pathlib import Path

import pytest

from oss_cdn_refresh.products import NAMES, product
from oss_cdn_refresh_cli.commands.setup.doctor import doctor
from oss_cdn_refresh_cli.doctor.checks import CHECKS
from oss_cdn_refresh_cli.doctor.domains import APIS
from oss_cdn_refresh_cli.operation.settings import VARIABLES

ROOT = Path(__file__).parents[2]
PAGES = [(ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("doctor.md", "doctor.zh-CN.md")]
EACH = pytest.mark.parametrize("page", PAGES, ids=["en", "zh"])
ASKED = (ROOT / "oss_cdn_refresh_cli" / "doctor" / "account.py").read_text(encoding="utf-8")
RIGHTS = {
    *re.findall(r'"(\w+:[A-Z]\w+)"', ASKED),
    *(product(name).QUOTA_RIGHT for name in NAMES),
    *(f"{name}:{action}" for name, api in APIS.items() for action in (api.detail, api.settings)),
}
SETTINGS = {"json", *VARIABLES}


@EACH
def test_every_check_has_its_section_in_order(page: str) -> None:
    assert tuple(re.findall(r"^### (\w+)$", page, re.MULTILINE)) == tuple(CHECKS)


@EACH
@pytest.mark.parametrize("action", sorted(RIGHTS))
def test_every_right_is_in_the_table(page: str, action: str) -> None:
    assert any(f"`{action}`" in row for row in page.splitlines() if row.startswith("| `"))


@EACH
@pytest.mark.parametrize(
    "option", [option.opts[0] for option in doctor.params if option.name not in SETTINGS], ids=lambda option: option
)
def test_every_option_of_its_own_is_explained(page: str, option: str) -> None:
    assert f"| `{option}` |" in page
