"""Fixtures of all tests, and the settings of hypothesis, coverage and garbage collection."""

import gc
import sys
import threading
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, settings
from world import World, a_world

from oss_cdn_refresh.planner import rationing  # noqa: F401 - the handler imports it late, perhaps where nothing is traced
from oss_cdn_refresh_box.clock import Clock

# A machine that is busy with other work is no fault of a test, and one commit always tries the same examples.
# `make test-load` tries more of them: a test that needs another number says a multiple of its profile's.
settings.register_profile(
    "long",
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
settings.register_profile("short", settings.get_profile("long"), max_examples=30)
settings.load_profile("short")

# `yaml.safe_dump` and `yaml.safe_load` of the tests, ten times as fast where libyaml is there.
yaml.SafeDumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
yaml.SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


# Coverage is that of the library by its own tests. Python's tracer makes whatever runs take half as long again, so it
# sees the imports, and the tests with their fixtures: no thread of a stand-in, and no test in these folders.
UNTRACED = {"cli", "probing", "infra", "box"}
TRACER = pytest.StashKey[Any]()


def pytest_sessionstart() -> None:
    """Trace no thread: the library starts no threads, but each stand-in starts several."""
    threading.settrace(None)  # type: ignore[arg-type]


def pytest_collection_finish(session: pytest.Session) -> None:
    """Suspend the tracer, and spare what was imported the garbage collector's visits: it stays until the end."""
    session.config.stash[TRACER] = sys.gettrace()
    sys.settrace(None)
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, object, object]:
    """Trace the fixtures of the library's tests: one imports the entry point."""
    return (yield from _traced(item))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Trace the tests of the library."""
    return (yield from _traced(item))


def _traced(item: pytest.Item) -> Generator[None, object, object]:
    if item.path.parent.name not in UNTRACED:
        sys.settrace(item.config.stash[TRACER])
    try:
        return (yield)
    finally:
        sys.settrace(None)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Give the tracer back to coverage."""
    sys.settrace(session.config.stash.get(TRACER, None))


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
