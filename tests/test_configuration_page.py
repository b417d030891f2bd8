"""docs/configuration.md and its translation explain everything that can be configured."""

import json
import re
from pathlib import Path

import pytest
from pages import PAGES, ROOT, configurations

from oss_cdn_refresh.model.item import URL_LENGTH
from oss_cdn_refresh.products import NAMES, endpoint_variable, product
from oss_cdn_refresh.settings import bounds, yaml_text
from oss_cdn_refresh.settings.config import Also, Collapse, Confirm, Site
from oss_cdn_refresh.settings.config_file import CONFIGURABLE, KEYS, LONGEST_CONFIRMATION, MOST_RESUBMISSIONS, parse
from oss_cdn_refresh.settings.glob_rules import MOST_ALTERNATIVES, a_glob
from oss_cdn_refresh.settings.globs import matcher
from oss_cdn_refresh.settings.path_rules import MOST_PLACEHOLDERS

EACH = pytest.mark.parametrize(
    "text", [PAGES[f"docs/configuration{language}.md"] for language in ("", ".zh-CN")], ids=["en", "zh"]
)
LIBRARY = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "functions").rglob("*.py"))
TEMPLATE = (ROOT / "template.yml").read_text(encoding="utf-8")


@EACH
def test_every_configuration_is_valid(text: str) -> None:
    sites = [len(parse(example, "docs/configuration.md").sites) for example in configurations(text)]
    assert sites == [1, 1, 1, 2, 3, 3, 1, 1]


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_every_configuration_of_the_readme_is_valid(name: str) -> None:
    assert [len(parse(example, name).sites) for example in configurations(PAGES[name])] == [1, 1]


FILES = sorted(file for file in (ROOT / "docs" / "examples").iterdir() if "\nsites:" in file.read_text("utf-8"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_example_file_is_valid(file: Path) -> None:
    config = parse(file.read_bytes(), file.name)
    assert {target.product for target in config.targets} == {file.stem}


@EACH
def test_every_example_file_is_linked(text: str) -> None:
    assert [file.name for file in FILES if f"(examples/{file.name})" not in text] == []


@EACH
def test_the_example_of_all_products_has_the_limits_that_the_page_names(text: str) -> None:
    config = parse(next(each for each in configurations(text) if "product: esa" in each), "docs/configuration.md")
    minute = {name: config.limits[name].urls_per_minute_per_domain for name in ("cdn", "dcdn")}
    assert (minute, config.limits["esa"].urls_per_call) == ({"cdn": 2_000, "dcdn": 2_500}, 50)


@EACH
@pytest.mark.parametrize("name", NAMES)
def test_the_endpoint_of_every_product_is_on_the_page(text: str, name: str) -> None:
    (row,) = re.findall(rf"^\| `{endpoint_variable(name)}` \|.*$", text, re.MULTILINE)
    endpoints = {product(name).endpoint(region) for region in ("cn-hangzhou", "ap-southeast-1")}
    assert [endpoint for endpoint in endpoints if f"`{endpoint}`" not in row] == []


@EACH
def test_the_calls_a_second_of_every_product_are_on_the_page(text: str) -> None:
    (row,) = re.findall(r"^\| `CALLS_PER_SECOND` \|.*$", text, re.MULTILINE)
    of_a_product = [f"{product(name).LIMITS.calls_per_second}" for name in NAMES]
    of_an_instance = [f"{product(name).LIMITS.own_calls_per_second(10)}" for name in NAMES[1:]]
    assert [figure for figure in (*of_a_product, *of_an_instance) if not re.search(rf"\b{figure}\b", row)] == []


CODE = re.compile("`([^`]+)`")


@EACH
def test_each_glob_in_the_table_of_refused_globs_gets_its_remedy(text: str) -> None:
    section = re.split(r"\n## ", text[text.index("`drafts/`") - 3 :])[0]
    rows = [row.split(" | ") for row in section.splitlines() if row.startswith("| ") and "`" in row]
    assert len(rows) == 7
    for refused, _, meant in rows:
        prefix = "www/" if "prefix:" in refused else ""
        written = [glob for glob in CODE.findall(refused) if "prefix:" not in glob]
        for glob, remedy in zip(written, CODE.findall(meant), strict=True):
            complaint = a_glob(prefix)(glob)
            assert complaint
            assert f'"{remedy}"' in complaint[1]


@EACH
@pytest.mark.parametrize("pattern", ["**/index.html", "page-?.html", "*.{map,txt}", "img/*", "posts/[id].html"])
def test_each_example_glob_matches_its_keys_as_the_page_says(text: str, pattern: str) -> None:
    row = next(line for line in text.splitlines() if line.startswith("| ") and f"| `{pattern}` " in line)
    first, *others = CODE.findall(re.split("not|不匹配", row.rsplit(" | ", 1)[1])[0])
    assert [matcher([first])(key) for key in others] == [True] * len(others)


@EACH
@pytest.mark.parametrize(
    "bound",
    [
        bounds.MOST_GLOBS,
        MOST_ALTERNATIVES,
        bounds.MOST_PATTERNS,
        bounds.MOST_STEPS,
        bounds.MOST_SITES,
        bounds.MOST_SITES_OF_A_KEY,
        bounds.MOST_URLS,
        bounds.MOST_PATHS,
        URL_LENGTH,
        MOST_PLACEHOLDERS,
        yaml_text.MOST_CHARACTERS,
        yaml_text.MOST_VALUES,
    ],
)
def test_each_bound_is_on_the_page(text: str, bound: int) -> None:
    section = re.split(r"\n## (?:Bounds|上限)\n", text)[1].partition("\n## ")[0]
    assert re.search(rf"(?<![\d,]){bound:,}(?![\d,])", section)


@EACH
@pytest.mark.parametrize("key", [*KEYS, *Site._fields, *Collapse._fields, *Confirm._fields])
def test_every_key_has_its_row(text: str, key: str) -> None:
    assert f"\n| `{key}` |" in text


@EACH
@pytest.mark.parametrize("key", [*Also._fields, *CONFIGURABLE])
def test_every_nested_key_is_explained(text: str, key: str) -> None:
    assert f"`{key}`" in text


@EACH
@pytest.mark.parametrize(
    ("key", "default"), [(key, value) for key, value in Collapse()._asdict().items() if value != ""]
)
def test_every_default_of_the_planner_is_on_the_page(text: str, key: str, default: object) -> None:
    table = text[text.index("\n| `mode` |") :].partition("\n## ")[0]
    (row,) = re.findall(rf"\n\| `{key}` \|.*\| `(.*)` \|\n", table)
    assert row == (default if isinstance(default, str) else json.dumps(default))


@EACH
@pytest.mark.parametrize(("key", "default"), Confirm()._asdict().items())
def test_every_default_of_the_confirmation_is_on_the_page(text: str, key: str, default: object) -> None:
    table = text[text.index("\n| `after` |") - 200 :]
    assert re.search(rf"\n\| `{key}` \|.*\| `{default}` \|\n", table)


@EACH
def test_the_bounds_of_the_confirmation_are_on_the_page(text: str) -> None:
    assert text.count(f"{LONGEST_CONFIRMATION:,}") == 3
    assert re.search(rf"\n\| `resubmit` \|.*\b{MOST_RESUBMISSIONS}\b", text)


@EACH
@pytest.mark.parametrize("variable", sorted(set(re.findall(r'environ\.get\("(\w+)"\)', LIBRARY))))
def test_every_variable_is_explained(text: str, variable: str) -> None:
    assert f"`{variable}`" in text


@EACH
@pytest.mark.parametrize(("variable", "default"), sorted(set(re.findall(r"env\('(\w+)', '([^']*)'\)", TEMPLATE))))
def test_every_variable_of_the_deployment_is_explained_with_its_default(text: str, variable: str, default: str) -> None:
    shown = f"`{re.escape(default)}`" if default else "(?:none|无)"
    assert re.search(rf"^\| `[^|]*{variable}`[^|]* \|.*\|[^|]*{shown}[^|]*\|$", text, re.MULTILINE)
