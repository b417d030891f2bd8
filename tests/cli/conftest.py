"""Fixtures of the tests of the operators' command."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from audited import Audited, a_site
from command import MACHINE
from world import World

from oss_cdn_refresh_box.wire.certificate import Authority


@pytest.fixture(scope="session", autouse=True)
def bundle_of_one_certificate(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The SDKs load all of `certifi` for each command, which takes longer than most commands."""
    bundle = Authority().bundle(tmp_path_factory.mktemp("trusted") / "one.pem")
    MACHINE["SSL_CERT_FILE"] = str(bundle)


@pytest.fixture(autouse=True)
def outside_of_a_clone(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """The project's own template would give the settings that a test leaves out."""
    monkeypatch.chdir(tmp_path_factory.mktemp("nowhere"))


@pytest.fixture(scope="session", autouse=True)
def local_time() -> None:
    """The time zone of the pages and the screens: that of the operators for whom they are written."""
    os.environ["TZ"] = MACHINE["TZ"] = "CST-8"
    time.tzset()


@pytest.fixture
def site(world: World, tmp_path: Path) -> Iterator[Audited]:
    """A bucket and an edge in front of it."""
    with a_site(world, tmp_path) as site:
        yield site
