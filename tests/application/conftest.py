"""The applications that the real `s` makes of the built package, and a summary of the tests that did not run."""

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest
from real_s import GIVEN, PACKAGE, Application, NotHere, S, install

from oss_cdn_refresh_box.cloud import ACCOUNT


@pytest.fixture(scope="session")
def package() -> Path:
    """The package as `make application` built it."""
    assert (PACKAGE / "publish.yaml").is_file(), "the package is not built: make application-test"
    return PACKAGE


@pytest.fixture(scope="session")
def s(tmp_path_factory: pytest.TempPathFactory) -> S:
    """The real `s`; tests that need it are skipped, with the reason, if it cannot be installed."""
    try:
        return S(install(), tmp_path_factory.mktemp("home"), ACCOUNT)
    except NotHere as reason:
        pytest.skip(f"s of Serverless Devs: {reason}")


@pytest.fixture(scope="session")
def initialised(package: Path, s: S, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Application]:
    """Makes the application of a set of parameters, once."""
    made: dict[str, Application] = {}

    def application(name: str) -> Application:
        if name not in made:
            made[name] = Application(s, package, tmp_path_factory.mktemp("application"), GIVEN[name])
        return made[name]

    return application


@pytest.fixture(params=["all parameters", "the required ones"])
def application(initialised: Callable[[str], Application], request: pytest.FixtureRequest) -> Application:
    """Each application."""
    return initialised(request.param)


@pytest.fixture
def named(initialised: Callable[[str], Application]) -> Application:
    """The application with all parameters given."""
    return initialised("all parameters")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how many tests with the real `s` ran, and for each other test the reason."""
    ours = {
        outcome: [report for report in terminalreporter.getreports(outcome) if "node" in report.keywords]
        for outcome in ("passed", "failed", "skipped")
    }
    if not any(ours.values()):
        return
    terminalreporter.section("the real s")
    terminalreporter.line(f"ran: {len(ours['passed']) + len(ours['failed'])} tests")
    by_reason: dict[str, list[str]] = defaultdict(list)
    for report in ours["skipped"]:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        by_reason[reason.removeprefix("Skipped: ")].append(report.nodeid.partition("::")[2])
    for reason, names in by_reason.items():
        terminalreporter.line(f"DID NOT RUN: {len(names)} tests: {reason}")
        for name in names:
            terminalreporter.line(f"  {name}")
