"""Fixtures of all tests, and how hypothesis works in them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from world import World, a_world

from local.clock import Clock

# A machine that is busy with other work is no fault of a test, and one commit always tries the same examples.
settings.register_profile(
    "steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("steady")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what stands in tests/load."""
    for item in items:
        if item.path.parent.name == "load":
            item.add_marker(pytest.mark.load)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as world:
        yield world


@pytest.fixture
def clock(world: World) -> Clock:
    return world.clock
