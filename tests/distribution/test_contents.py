"""The content of the package: the packages with their types, the licence, a page for PyPI, and nothing else."""

import re
from email import message_from_string
from fnmatch import fnmatch
from html.parser import HTMLParser

import pytest
from packed import ROOT, VERSION, Packed, module, succeed
from pythons import VERSIONS
from readme_renderer import markdown
from trove_classifiers import classifiers

OURS = "oss_cdn_refresh"  # the beginning of every name in a user's environment
DEMO = ROOT / "oss_cdn_refresh_box" / "demo"  # it shows the template of a clone
SOURCES = (  # of the archive of the sources, beside the packages
    *("LICENSE", "README.md", "CHANGELOG.md", "MANIFEST.in", "pyproject.toml", "docs/pypi.md"),
    *("PKG-INFO", "setup.cfg", "oss_cdn_refresh.egg-info/*"),  # what setuptools writes
)


class Targets(HTMLParser):
    """Collects the targets of links and pictures."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect href and src of a tag."""
        self.found += [value or "" for name, value in attrs if name in {"href", "src"} and tag in {"a", "img"}]


def modules(package: str) -> set[str]:
    """The files of a package in the clone that belong into the package for PyPI."""
    base = ROOT / "functions" if (ROOT / "functions" / package).is_dir() else ROOT
    files = [*(base / package).rglob("*.py"), base / package / "py.typed"]
    return {file.relative_to(base).as_posix() for file in files if file.parent != DEMO}


def test_twine_accepts_both_files(packed: Packed) -> None:
    succeed(*module("twine", "check", "--strict", packed.wheel, packed.sdist))


def test_every_name_in_a_users_environment_is_ours(packed: Packed) -> None:
    tops = {name.partition("/")[0] for name in packed.in_wheel}
    assert {top for top in tops if not top.startswith(OURS)} == set()


def test_the_wheel_holds_every_module_of_its_packages_and_nothing_else(packed: Packed) -> None:
    inside = {name for name in packed.in_wheel if ".dist-info/" not in name}
    assert inside == {name for package in packed.packages for name in modules(package)}


def test_the_wheel_holds_the_library_and_the_command(packed: Packed) -> None:
    assert {"oss_cdn_refresh", "oss_cdn_refresh_cli"} <= set(packed.packages)


def test_the_wheel_holds_the_licence(packed: Packed) -> None:
    assert [name for name in packed.in_wheel if name.endswith("licenses/LICENSE")]


def test_the_sources_hold_what_a_build_needs_and_nothing_else(packed: Packed) -> None:
    names = packed.in_sdist
    own = {name for name in names if not any(fnmatch(name, pattern) for pattern in SOURCES)}
    assert {name.removeprefix("functions/") for name in own} == {
        name for package in packed.packages for name in modules(package)
    }
    assert [pattern for pattern in SOURCES if not any(fnmatch(name, pattern) for name in names)] == []


@pytest.mark.parametrize("name", ["oss_cdn_refresh", "oss_cdn_refresh_cli", "oss_cdn_refresh_box"])
def test_every_package_says_that_it_is_typed(packed: Packed, name: str) -> None:
    assert f"{name}/py.typed" in packed.in_wheel or name not in packed.packages


def test_the_version_is_the_one_of_pyproject(packed: Packed) -> None:
    assert message_from_string(packed.metadata)["Version"] == VERSION


def test_pypi_knows_every_classifier(packed: Packed) -> None:
    assert set(message_from_string(packed.metadata).get_all("Classifier", [])) - classifiers == set()


def test_the_classifiers_name_the_pythons_on_which_the_package_is_installed(packed: Packed) -> None:
    assert re.findall(r"^Classifier: Programming Language :: Python :: (3\.\d+)$", packed.metadata, re.MULTILINE) == [
        *VERSIONS
    ]


@pytest.fixture(scope="module")
def page(packed: Packed) -> str:
    """The page of the project as PyPI shows it, in HTML."""
    message = message_from_string(packed.metadata)
    assert message["Description-Content-Type"] == "text/markdown"
    html = markdown.render(message.get_payload())
    assert html
    return html


def test_every_link_of_the_page_works_on_pypi(page: str) -> None:
    """PyPI does not have the files of the repository."""
    assert [target for target in Targets(page).found if not target.startswith(("https://", "#"))] == []


def test_the_page_on_pypi_has_no_markup_left_in_its_text(page: str) -> None:
    text = re.sub(r"<pre.*?</pre>|<[^>]+>", "", page, flags=re.DOTALL)
    assert re.findall(r"```|\*\*|^#+ |\]\(|`", text, re.MULTILINE) == []
