"""Builds the application package from the repository, into a new folder."""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

from infra.application import derived, publishing
from infra.application.publishing import HERE
from infra.deploy import MOUNTED_AT, compile_checked
from infra.deployment import ANY_ACCOUNT
from layers import build as layer
from oss_cdn_refresh_cli.deployment.reading import template

AS_THEY_ARE = ("LICENSE", "infra/ros.yml", "infra/monitoring.yml", "layers/requirements.txt")  # copied unchanged
QUERIES = "infra/sls"  # from which infra/monitoring.yml is made; `make check-template` compares them
OF_QUERIES = ("*.yml", "*.sql")  # not what an editor or the system left there
LIBRARY = "oss_cdn_refresh"
FOLDER, FILE = 0o755, 0o644  # whatever the umask here: Function Compute runs the code as another user
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
    Beside the packages, it gets files of the repository only, none of this machine. A failed build leaves no folder.

    :raises OutOfDate: a file no longer has the text that the package changes.
    :raises TemplateError: template.yml cannot be read.
    :raises DeploymentFailed: a module cannot be compiled.
    :raises OSError: a file cannot be read, or the folder cannot be made anew.
    """
    if target.exists():
        shutil.rmtree(target)
    with ExitStack() as unfinished:
        unfinished.callback(shutil.rmtree, target, ignore_errors=True)
        _fill(root, target, release, environ, install)
        unfinished.pop_all()


def _fill(root: Path, target: Path, release: str, environ: Mapping[str, str], install: Install) -> None:
    source = target / "src"
    source.mkdir(parents=True)
    chinese, english = publishing.publish(release)
    _write(target / "publish.yaml", chinese)
    _write(target / "publish_en.yaml", english)
    _write(target / "version.md", publishing.changes(root, release))
    _copy(root / "LICENSE", target / "LICENSE")
    for name in AS_THEY_ARE:
        _copy(root / name, source / name)
    for file in sorted(file for pattern in OF_QUERIES for file in (root / QUERIES).rglob(pattern)):
        _copy(file, source / file.relative_to(root))
    for name in TEXTS:
        _copy(HERE / name, target / name)
        _copy(HERE / name, source / name)
    for name in USERS_VALUES:
        _copy(HERE / "src" / name, source / name)
    _write(source / "template.yml", derived.template(root))
    _code(root, source, environ, install)
    _write(source / "functions" / "config.yml.stpl", derived.configuration(root))
    for path in target.rglob("*"):
        path.chmod(FOLDER if path.is_dir() else FILE)


def _code(root: Path, source: Path, environ: Mapping[str, str], install: Install) -> None:
    """The functions' code and, beside it, the packages that it imports."""
    functions = source / "functions"
    for file in _modules(root):
        _copy(file, source / file.relative_to(root))
    # Of the package's template: the one of the repository has an `.env` of this machine beside it.
    runtime = template.load(source / "template.yml", environ={}, account=ANY_ACCOUNT).function("refresh").runtime
    with tempfile.TemporaryDirectory(prefix="oss-cdn-refresh-") as folder:
        python = install(Path(folder), runtime, environ)
        if python:
            compile_checked(functions, python)
        shutil.copytree(folder, functions, dirs_exist_ok=True)


def _modules(root: Path) -> Iterator[Path]:
    """The library's modules, and those that the template's handlers name."""
    functions = root / "functions"
    resources = template.read(root / "template.yml")["resources"].values()
    handlers = {one["props"]["handler"] for one in resources if one["component"] == "fc3"}
    yield from sorted(functions / f"{handler.partition('.')[0]}.py" for handler in handlers)
    for file in sorted((functions / LIBRARY).rglob("*.py")):
        if not any(part.startswith(".") for part in file.relative_to(functions).parts):
            yield file


def _copy(file: Path, copy: Path) -> None:
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, copy)


def _write(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
