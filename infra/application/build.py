"""Builds the application package from the repository, into a new folder."""

import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from infra.application import derived, publishing
from infra.application.publishing import HERE
from infra.deploy import MOUNTED_AT, compile_checked
from infra.deployment import ANY_ACCOUNT
from layers import build as layer
from oss_cdn_refresh_cli.deployment.reading import template

AS_THEY_ARE = ("LICENSE", "infra/ros.yml", "infra/monitoring.yml", "layers/requirements.txt")  # copied unchanged
QUERIES = "infra/sls"  # from which infra/monitoring.yml is made; `make check-template` compares them
TEXTS = ("readme.md", "readme_en.md")  # of `package/`, for the registry's page and for the user
USERS_VALUES = ("s.yaml", ".env.stpl")  # of `package/src/`; `s init` writes the user's values into them

Install = Callable[[Path, str, Mapping[str, str]], Path | None]


def install(target: Path, runtime: str, environ: Mapping[str, str]) -> Path | None:
    """Install the packages for a runtime, such as python3.10, into a folder; returns the Python that compiled them.

    Returns None without a Python of the runtime's version; then the package has no bytecode.
    :raises subprocess.CalledProcessError: pip cannot fetch a package, or its hash is not the pinned one.
    :raises UnreadableSettings: pip cannot read the settings of this machine.
    """
    of_runtime = layer.RUNTIMES[runtime]
    layer.install(target, of_runtime, environ)
    python = layer.python_of_the_runtime(of_runtime, environ)
    if python:
        layer.compile_unchecked(target, python, MOUNTED_AT)
    return python


def build(root: Path, target: Path, release: str, environ: Mapping[str, str], install: Install = install) -> None:
    """Build the package of the repository at `root`.

    release: the version in the registry; `dev` is found only by name.
    :raises OutOfDate: a file no longer has the text that the package changes.
    :raises TemplateError: template.yml cannot be read.
    """
    shutil.rmtree(target, ignore_errors=True)
    source = target / "src"
    source.mkdir(parents=True)
    chinese, english = publishing.publish(release)
    _write(target / "publish.yaml", chinese)
    _write(target / "publish_en.yaml", english)
    _write(target / "version.md", publishing.changes(root, release))
    shutil.copy(root / "LICENSE", target / "LICENSE")
    for name in AS_THEY_ARE:
        (source / name).parent.mkdir(exist_ok=True)
        shutil.copy(root / name, source / name)
    shutil.copytree(root / QUERIES, source / QUERIES)
    for name in TEXTS:
        shutil.copy(HERE / name, target / name)
        shutil.copy(HERE / name, source / name)
    for name in USERS_VALUES:
        shutil.copy(HERE / "src" / name, source / name)
    _write(source / "template.yml", derived.template(root))
    _code(root, source / "functions", environ, install)
    _write(source / "functions" / "config.yml.stpl", derived.configuration(root))


def _code(root: Path, functions: Path, environ: Mapping[str, str], install: Install) -> None:
    """The functions' code and, beside it, the packages that it imports."""
    for file in sorted((root / "functions").rglob("*.py")):
        copy = functions / file.relative_to(root / "functions")
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, copy)
    runtime = template.load(root / "template.yml", environ={}, account=ANY_ACCOUNT).function("refresh").runtime
    with tempfile.TemporaryDirectory(prefix="oss-cdn-refresh-") as folder:
        python = install(Path(folder), runtime, environ)
        if python:
            compile_checked(functions, python)
        shutil.copytree(folder, functions, dirs_exist_ok=True)


def _write(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
