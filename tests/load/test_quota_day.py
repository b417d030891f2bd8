"""A day of bursts at the real quotas: nothing is stale at its end, no call is refused, the collateral is small."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest
from world import SITE, World, record

from oss_cdn_refresh.planner.inventory import written
from oss_cdn_refresh.planner.optimizer.tree import directory_of, parent_of
from oss_cdn_refresh_box.smq import QueueAttributes

MIDNIGHT = 1_795_363_200.0  # 2026-11-22T16:00:00Z, the reset at 00:00 UTC+8
DAY = 86_400.0
URLS, DIRECTORIES = 10_000, 100  # of a day: the default quotas of the stand-in
WINDOW = 15.0  # seconds that the queue trigger collects
WWW = "https://www.example.com/"
BURSTS = 60


class Burst(NamedTuple):
    """URLs that change at a moment, in seconds since midnight."""

    at: float
    urls: list[str]


class Site:
    """A site of some ten thousand objects in directories of three levels; the directories of pages are small."""

    def __init__(self, random: Random) -> None:
        self.directories = {
            f"{WWW}{top}/{middle}/{low}/": min(400, int(6 * random.paretovariate(1.0)))
            for top in "abcdefgh"
            for middle in range(random.randrange(3, 12))
            for low in range(random.randrange(3, 14))
        }

    @property
    def live(self) -> list[str]:
        """The URLs of all objects of the site."""
        return [f"{name}{number}.jpg" for name, count in self.directories.items() for number in range(count)]

    def inventory(self) -> bytes:
        """The inventory of the site, as the command `inventory` writes it."""
        counts = {name.removeprefix(WWW): count for name, count in self.directories.items()}
        return written({"my-site": counts}, "2026-11-22T16:00:00Z")

    def bursts(self, random: Random) -> Iterator[Burst]:
        """A re-encoded directory, a new release, some pages: at random moments until shortly before midnight."""
        live = self.live
        for at in sorted(random.uniform(0, DAY - 3_600) for _ in range(BURSTS)):
            some = random.choice(live)
            within = random.choice(
                (directory_of(some), parent_of(directory_of(some)), parent_of(parent_of(directory_of(some))))
            )
            share = random.random()
            urls = [url for url in live if url.startswith(within) and random.random() < share]
            yield Burst(at, urls or [some])


@pytest.fixture(params=[1, 2, 3])
def random(request: pytest.FixtureRequest) -> Random:
    return Random(request.param)  # noqa: S311 - a seed repeats it


@pytest.fixture
def today(world: World, tmp_path: Path, random: Random) -> tuple[World, Site]:
    """The world at the reset, with an inventory of its site."""
    world.clock.advance(MIDNIGHT - world.clock.now())
    site = Site(random)
    inventory = tmp_path / "inventory.json"
    inventory.write_bytes(site.inventory())
    world.configure(SITE, collapse={"inventory": str(inventory)}, limits={"urls_per_minute_per_domain": URLS})
    world.smq.queue("backlog").attributes = QueueAttributes(300, message_retention_period=604_800)
    world.context.function.timeout = 120
    world.jitter = lambda _low, high: high
    return world, site


def live_through(world: World, bursts: Iterable[Burst]) -> None:
    """Process all bursts through the queue trigger, until midnight."""
    queue = world.smq.queue("backlog")
    coming = list(bursts)
    while True:
        waiting = [message.visible_at for message in queue.messages()]
        due = min([*waiting, *(MIDNIGHT + burst.at for burst in coming[:1])], default=MIDNIGHT + DAY)
        if due >= MIDNIGHT + DAY - WINDOW:
            return
        world.clock.advance(max(0.0, due - world.clock.now()))
        while coming and MIDNIGHT + coming[0].at <= world.clock.now():
            for url in coming.pop(0).urls:
                queue.send(json.dumps({"events": [record(url.removeprefix(WWW))]}))
        world.clock.advance(WINDOW)
        received = queue.receive(10_000)
        world.invoke([{"messageId": "1", "messageBody": message.body} for message in received])
        for message in received:
            queue.delete(message.receipt)


def stale(world: World, bursts: Iterable[Burst]) -> set[str]:
    """The URLs that no call has covered since their last change."""
    changed = {url: MIDNIGHT + burst.at for burst in bursts for url in burst.urls}
    for call in world.refreshes:
        if call.accepted and call.object_type == "Directory":
            covered = [url for url in changed if url.startswith(tuple(call.urls)) and changed[url] <= call.at]
        else:
            covered = [url for url in call.urls if call.accepted and changed.get(url, call.at + 1) <= call.at]
        for url in covered:
            del changed[url]
    return set(changed)


def expired_besides(world: World, site: Site, bursts: list[Burst]) -> int:
    """The collateral: objects that a directory has expired although they had not changed since the last call."""
    pending: set[str] = set()
    coming = list(bursts)
    expired = 0
    live = site.live
    for call in world.refreshes:
        while coming and MIDNIGHT + coming[0].at <= call.at:
            pending.update(coming.pop(0).urls)
        if call.object_type == "Directory":
            inside = {url for url in live if url.startswith(tuple(call.urls))}
            expired += len(inside - pending)
            pending -= inside
        else:
            pending -= set(call.urls)
    return expired


def unchanged_below(site: Site, directories: Iterable[str], burst: Burst) -> int:
    """How many objects in these directories a burst did not change."""
    below = tuple(directories)
    return len({url for url in site.live if url.startswith(below)}.difference(burst.urls))


def tops(burst: Burst) -> set[str]:
    """The top directories with changes of a burst."""
    return {url[: len(WWW) + 2] for url in burst.urls}


def to_the_top(site: Site, bursts: Iterable[Burst]) -> int:
    """The collateral of a simple policy: each burst refreshes the top directories of its changes."""
    return sum(unchanged_below(site, tops(burst), burst) for burst in bursts)


def deepest_first(site: Site, bursts: Iterable[Burst]) -> int:
    """The collateral of another policy: first the deepest directories with changes, at the end the top ones."""
    left, expired = DIRECTORIES, 0
    for burst in bursts:
        shared = {directory_of(url) for url in burst.urls}
        taken = shared if len(shared) <= left else tops(burst)
        left -= len(taken)
        expired += unchanged_below(site, taken, burst)
    return expired


def test_a_day_of_bursts_leaves_nothing_stale_and_costs_little(today: tuple[World, Site], random: Random) -> None:
    world, site = today
    bursts = list(site.bursts(random))
    live_through(world, bursts)
    ours, top, deepest = expired_besides(world, site, bursts), to_the_top(site, bursts), deepest_first(site, bursts)
    assert {(call.code, call.accepted) for call in world.refreshes} == {("", True)}
    assert stale(world, bursts) == set()
    assert world.dead_letters == []
    assert ours < min(top, deepest)
