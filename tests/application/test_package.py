"""The files of the application package, and the parts that come from the files of the repository."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from built import PLACEHOLDER, RELEASE, ROOT, asked, make, rendered, without_network

from infra.application import build, publishing
from infra.application.__main__ import main
from infra.application.edits import Edited, OutOfDate
from oss_cdn_refresh_cli.deployment.regions import HEADER_CHANGES

EXPECTED = (
    "publish.yaml",
    "publish_en.yaml",
    "readme.md",
    "readme_en.md",
    "version.md",
    "LICENSE",
    "src/s.yaml",
    "src/template.yml",
    "src/.env.stpl",
    "src/readme.md",
    "src/readme_en.md",
    "src/LICENSE",
    "src/infra/ros.yml",
    "src/infra/monitoring.yml",
    "src/infra/sls/alarms.yml",
    "src/layers/requirements.txt",
    "src/functions/config.yml.stpl",
    "src/functions/refresh.py",
    "src/functions/oss_cdn_refresh/handler.py",
    "src/functions/certifi/__init__.py",
)
DERIVED = {"template.yml": "template.yml", "functions/config.yml": "functions/config.yml.stpl"}


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("application") / "package")


def written(file: Path) -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return document


@pytest.mark.parametrize("name", EXPECTED)
def test_the_package_has_each_file_that_a_user_needs(package: Path, name: str) -> None:
    assert (package / name).is_file()


def test_every_module_of_the_functions_is_in_the_package(package: Path) -> None:
    ours, theirs = ROOT / "functions", package / "src" / "functions"
    modules = {file.relative_to(ours) for file in ours.rglob("*.py")}
    assert modules <= {file.relative_to(theirs) for file in theirs.rglob("*.py")}


def test_the_package_has_no_example_configuration_beside_the_configuration_of_the_user(package: Path) -> None:
    assert not (package / "src" / "functions" / "config.yml").exists()


def test_the_earlier_content_of_the_folder_is_deleted(tmp_path: Path) -> None:
    (tmp_path / "package" / "src").mkdir(parents=True)
    (tmp_path / "package" / "src" / "old.py").write_text("", encoding="utf-8")
    assert not (make(tmp_path / "package") / "src" / "old.py").exists()


def test_each_used_parameter_is_declared_and_each_declared_one_used(package: Path) -> None:
    declared = written(package / "publish.yaml")["Parameters"]["properties"].keys()
    assert set().union(*map(asked, rendered(package))) == {*declared, "access"}


def test_no_rendered_file_has_a_template_tag_beyond_the_placeholders(package: Path) -> None:
    texts = [file.read_text(encoding="utf-8") for file in rendered(package)]
    left = [PLACEHOLDER.sub("", text) for text in texts]
    assert [text for text in left if re.search(r"\{\{|\}\}|<%|%>", text)] == []


@pytest.mark.parametrize("name", ["s.yaml", "template.yml"])
def test_a_file_of_s_is_yaml_before_it_is_rendered(package: Path, name: str) -> None:
    """Whether the console renders the extended file was not tried."""
    assert written(package / "src" / name)["edition"] == "3.0.0"


def test_the_template_differs_from_the_repositorys_by_the_layer_alone(package: Path) -> None:
    expected = written(ROOT / "template.yml")
    del expected["vars"]["layer_version"], expected["actions"]
    for function in ("refresh", "drain"):
        del expected["resources"][function]["props"]["layers"]
    assert written(package / "src" / "template.yml") == expected


def test_the_template_no_longer_asks_for_the_version_of_a_layer(package: Path) -> None:
    text = (package / "src" / "template.yml").read_text(encoding="utf-8")
    assert [word for word in ("make deploy", "layer_version", "LAYER") if word in text] == []


@pytest.mark.parametrize("name", ["src/template.yml", "src/functions/config.yml.stpl"])
def test_a_file_for_the_user_names_no_page_and_no_tool_that_the_package_lacks(package: Path, name: str) -> None:
    text = (package / name).read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if re.search(r"docs/|`make ", line)] == []


def test_the_event_of_headers_depends_on_the_regions_that_have_it(package: Path) -> None:
    text = (package / "src" / "template.yml").read_text(encoding="utf-8")
    lines = r"(?:.*#.*\n)*.*- oss:ObjectModified:UpdateObjectMeta\n"
    (condition,) = re.findall(rf"# {{{{if (.*)}}}}\n{lines}.*{{{{/if}}}}", text)
    assert set(condition.split(" || ")) == {f"region == '{region}'" for region in HEADER_CHANGES}


def test_s_yaml_overrides_variables_by_the_names_that_the_template_asks_for(package: Path) -> None:
    ours, theirs = (written(package / "src" / name)["vars"] for name in ("template.yml", "s.yaml"))
    name = re.compile(r"env\('(\w+)'")
    assert [name.findall(value) for value in theirs.values()] == [name.findall(ours[key]) for key in theirs]


def test_the_env_file_has_each_variable_of_s_yaml_with_the_same_value(package: Path) -> None:
    ours = dict(re.findall(r"\$\{env\('(\w+)', '(.*)'\)\}", (package / "src" / "s.yaml").read_text(encoding="utf-8")))
    lines = (package / "src" / ".env.stpl").read_text(encoding="utf-8").splitlines()
    assert ours == dict(line.split("=", 1) for line in lines if not line.startswith("#"))


@pytest.mark.parametrize("name", ["readme.md", "readme_en.md"])
def test_the_user_gets_the_readme_of_the_package(package: Path, name: str) -> None:
    assert (package / name).read_bytes() == (package / "src" / name).read_bytes()


def test_the_readme_has_the_same_blocks_in_both_languages(package: Path) -> None:
    chinese, english = ((package / name).read_text(encoding="utf-8") for name in ("readme.md", "readme_en.md"))
    block = re.compile(r"^<(\w+)>$", re.MULTILINE)
    assert block.findall(chinese) == block.findall(english)


@pytest.mark.parametrize("name", ["readme.md", "readme_en.md"])
def test_the_readme_names_each_parameter_and_each_right(package: Path, name: str) -> None:
    document, text = written(package / "publish.yaml"), (package / name).read_text(encoding="utf-8")
    rights = [right for service in document["Service"].values() for right in service["Authorities"]]
    words = [*(f"| {parameter} |" for parameter in document["Parameters"]["properties"]), *rights]
    assert [word for word in words if word not in text] == []


def test_the_version_is_that_of_the_project() -> None:
    assert f'version = "{publishing.version(ROOT)}"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_version_md_has_no_link_to_a_file_outside_of_the_package(package: Path) -> None:
    text = (package / "version.md").read_text(encoding="utf-8")
    assert (text.startswith(f"# {RELEASE}\n"), re.findall(r"\]\((?!https?:)", text)) == (True, [])


PRIVATE = (
    ".env",
    "functions/.env",
    "functions/config.private.yml",
    "functions/notes.py",
    "functions/.venv/lib/other.py",
    "functions/oss_cdn_refresh/.ipynb_checkpoints/handler.py",
    "functions/oss_cdn_refresh/__pycache__/handler.cpython-310.pyc",
    "infra/sls/.DS_Store",
    "infra/sls/alarms.yml~",
    "infra/sls/queries/__pycache__/old.pyc",
)


def test_no_file_of_this_machine_gets_into_the_package(tmp_path: Path, package: Path) -> None:
    root = copied(tmp_path)
    for name in PRIVATE:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("REFRESH_RUNTIME=python3.12\n", encoding="utf-8")
    assert contents(make(tmp_path / "package", root)) == contents(package)


def test_the_package_is_the_same_wherever_and_by_whomever_it_is_built(tmp_path: Path, package: Path) -> None:
    root = copied(tmp_path)
    (root / "infra" / "ros.yml").chmod(0o755)
    before = os.umask(0o077)
    try:
        built = make(tmp_path / "package", root)
    finally:
        os.umask(before)
    modes = {path.stat().st_mode & 0o777 for path in built.rglob("*")}
    assert (contents(built) == contents(package), modes) == (True, {0o755, 0o644})


def test_a_build_that_fails_leaves_nothing_that_could_be_published(tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        build.build(ROOT, tmp_path / "package", RELEASE, {}, broken_pip)
    assert not (tmp_path / "package").exists()


def contents(package: Path) -> dict[str, bytes]:
    """Each file of a package with its content."""
    return {file.relative_to(package).as_posix(): file.read_bytes() for file in package.rglob("*") if file.is_file()}


@pytest.mark.parametrize("name", DERIVED)
def test_a_changed_file_of_the_repository_is_in_the_package(tmp_path: Path, name: str) -> None:
    root = copied(tmp_path)
    with (root / name).open("a", encoding="utf-8") as file:
        file.write("# ours\n")
    assert (make(tmp_path / "package", root) / "src" / DERIVED[name]).read_text(encoding="utf-8").endswith("# ours\n")


@pytest.mark.parametrize(
    ("name", "old"),
    [
        ("template.yml", "      layers:\n"),
        ("template.yml", "actions:\n"),
        ("template.yml", "  layer_version:"),
        ("template.yml", "- oss:ObjectModified:UpdateObjectMeta"),
        ("functions/config.yml", "bucket: my-site"),
    ],
)
def test_a_file_without_a_text_that_the_package_changes_is_reported(tmp_path: Path, name: str, old: str) -> None:
    root = copied(tmp_path)
    text = (root / name).read_text(encoding="utf-8")
    (root / name).write_text(text.replace(old, old.replace(old.strip()[0], "#", 1)), encoding="utf-8")
    with pytest.raises(OutOfDate, match=re.escape(Path(name).name)):
        make(tmp_path / "package", root)


def test_a_project_without_a_version_is_reported(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    with pytest.raises(OutOfDate, match=r"pyproject\.toml: version is missing: write"):
        publishing.version(tmp_path)


def test_a_text_that_a_file_has_twice_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a: 1\na: 1\n", encoding="utf-8")
    with pytest.raises(OutOfDate, match=r"^file: 'a: 1' is in the file 2 times, not once: change infra/"):
        Edited.of(tmp_path / "file").replaced("a: 1", "b: 2")


def test_the_command_names_the_built_version_and_the_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    exit_code = main(["--release", "dev"], {}, target=tmp_path / "package", install=without_network)
    printed = capsys.readouterr().out
    assert (exit_code, printed.startswith("package: oss-cdn-refresh dev, ")) == (0, True)


def broken_pip(_target: Path, _runtime: str, _environ: Mapping[str, str]) -> None:
    raise subprocess.CalledProcessError(1, ["pip"])


def test_a_failure_of_pip_is_reported_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    exit_code = main([], {}, target=tmp_path / "package", install=broken_pip)
    printed = capsys.readouterr().err
    assert (exit_code, printed) == (1, "pip ended with 1, so the package is not built: its messages are above\n")


def test_a_module_that_cannot_be_compiled_ends_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = copied(tmp_path)
    (root / "functions" / "refresh.py").write_text("def\n", encoding="utf-8")
    python = Path(sys.executable)
    exit_code = main([], {}, root=root, target=tmp_path / "package", install=lambda *_: python)
    assert (exit_code, capsys.readouterr().err.startswith("functions/ could not be compiled: ")) == (1, True)


def test_a_file_that_is_out_of_date_ends_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = copied(tmp_path)
    (root / "CHANGELOG.md").write_text("# Changelog\n", encoding="utf-8")
    exit_code = main([], {}, root=root, target=tmp_path / "package", install=without_network)
    printed = capsys.readouterr().err
    assert (exit_code, printed) == (1, "CHANGELOG.md: no version has a heading: write ## [Unreleased]\n")


def copied(folder: Path) -> Path:
    """A copy of the files of the repository from which the package is built."""
    root = folder / "root"
    for name in ("functions", "infra", "layers"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__", "build"))
    for name in ("template.yml", "pyproject.toml", "CHANGELOG.md", "LICENSE"):
        shutil.copy(ROOT / name, root / name)
    return root
