"""The package, built once, and installed once for each Python and file; a summary at the end lists the built files."""

import shutil
from collections import Counter
from collections.abc import Iterator

import pytest
from packed import DIST, Packed, pack
from pythons import INSTALLERS, VERSIONS, Installed, find


@pytest.fixture(scope="session")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Packed:
    """The files in `dist/`."""
    return pack(tmp_path_factory.mktemp("clone") / "clone")


@pytest.fixture(
    scope="session",
    params=[(version, file) for version in VERSIONS for file in INSTALLERS],
    ids=lambda each: f"{each[0]}-{each[1]}",
)
def installed(
    request: pytest.FixtureRequest, packed: Packed, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installed]:
    """The package in an environment of one Python, from one of its files; removed after use, as it has 100 MB."""
    version, file = request.param
    python = find(version)
    if python is None:
        pytest.skip(f"Python {version} is not on this machine")
    folder = tmp_path_factory.mktemp(f"{version}-{file}") / "environment"
    yield INSTALLERS[file](packed, python, folder)
    shutil.rmtree(folder)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List both files, and the Pythons that were not found."""
    terminalreporter.section("the package")
    for file in sorted(DIST.glob("*")):
        packed = Packed(wheel=file, sdist=file, clone=file.parent)
        names = packed.in_wheel if file.suffix == ".whl" else packed.in_sdist
        terminalreporter.line(f"dist/{file.name}: {file.stat().st_size:,} bytes, {len(names)} files")
        folders = Counter(name.rpartition("/")[0].removeprefix("functions/").partition("/")[0] for name in names)
        for folder, count in sorted(folders.items()):
            own = ", ".join(sorted(name for name in names if "/" not in name)) if not folder else f"{count} files"
            terminalreporter.line(f"  {folder or '.'}/: {own}")
    missing = [version for version in VERSIONS if find(version) is None]
    terminalreporter.line(f"Pythons that are not on this machine: {', '.join(missing) or 'none'}")
