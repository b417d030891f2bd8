"""Fixtures of all tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from world import DOMAINS, EVENTS, NOON, SITE, World, a_world, backlog_record, event, payload, record

from local.clock import Clock

__all__ = ["DOMAINS", "EVENTS", "NOON", "SITE", "World", "backlog_record", "event", "payload", "record"]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as world:
        yield world


@pytest.fixture
def clock(world: World) -> Clock:
    return world.clock
