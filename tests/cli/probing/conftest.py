"""Fixtures of the tests of `probe`."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from probed import Probed, a_cloud


@pytest.fixture
def probed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Probed]:
    """A cloud whose answers a test can choose, outside of a clone."""
    monkeypatch.chdir(tmp_path)
    with a_cloud(tmp_path) as cloud:
        yield cloud
