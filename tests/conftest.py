"""Fixtures of all tests, and the settings of hypothesis, coverage and garbage collection."""

import gc
import sys
import threading
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from world import World, a_world

from local.clock import Clock

# No deadline: a busy machine must not fail a test. Derandomised: the same commit always tries the same examples.
settings.register_profile(
    "steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("steady")


# Coverage measures the library in its own tests. Python's tracer adds half of the run time of all code. So the
# tests in these folders, which do not test the library, and the threads of the stand-ins run without the tracer.
UNTRACED = {"cli", "infra", "local"}


def pytest_sessionstart() -> None:
    """Trace no thread: the library starts no threads, but each stand-in starts several."""
    threading.settrace(None)  # type: ignore[arg-type]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Suspend the tracer in tests for which no coverage is measured."""
    tracer = sys.gettrace()
    if tracer is None or item.path.parent.name not in UNTRACED:
        return (yield)
    sys.settrace(None)
    try:
        return (yield)
    finally:
        sys.settrace(tracer)


def pytest_collection_finish() -> None:
    """Exclude imported objects from garbage collection: they stay until the end."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests in tests/load."""
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
