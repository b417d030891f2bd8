"""Fixtures of the tests of the operators' command."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from audited import Audited, a_site
from world import World


@pytest.fixture
def site(world: World, tmp_path: Path) -> Iterator[Audited]:
    """A bucket and an edge in front of it."""
    with a_site(world, tmp_path) as site:
        yield site
