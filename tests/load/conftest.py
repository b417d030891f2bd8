"""Fixtures of the tests with many changes."""

from pathlib import Path

import pytest
from drain import deployment


@pytest.fixture
def drained(tmp_path: Path) -> Path:
    """The template, with as many instances of `refresh` as a burst needs."""
    return deployment(tmp_path, instances=8)


@pytest.fixture
def unwatched(tmp_path: Path) -> Path:
    """The template without an OSS trigger."""
    return deployment(tmp_path, oss_triggers=False)
