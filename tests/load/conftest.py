"""Fixtures of the tests with many changes."""

from pathlib import Path

import pytest
from drain import deployment


@pytest.fixture
def drained(tmp_path: Path) -> Path:
    """A variant of the template with enough instances of `refresh` for a burst."""
    return deployment(tmp_path, instances=8)


@pytest.fixture
def unwatched(tmp_path: Path) -> Path:
    """A variant of the template without an OSS trigger."""
    return deployment(tmp_path, oss_triggers=False)
