"""A queue trigger that ignores `maximumTasks` sends several batches at once; `drain` processes one after the other.

It is not confirmed whether the platform does this. The stand-in does it if `Manner.batches` is more than 1.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest
from burst import PLENTY, accepted, change, configuration, held, keys, lost, refreshes, settle_all
from click.testing import CliRunner
from drain import BATCHED, deployment
from world import NOON, record

from oss_cdn_refresh.model.effects import Effects
from oss_cdn_refresh.transport.credentials import Credentials
from oss_cdn_refresh_box.cdn import Limits, Quota
from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.cloud import OWNER, Cloud
from oss_cdn_refresh_box.fc import Manner
from oss_cdn_refresh_box.fc.stream import PAUSES
from oss_cdn_refresh_cli.cli import main
from oss_cdn_refresh_cli.operation.operation import Surroundings

BATCHES, BATCH = 4, 150  # batches that a stream sends at once, and messages in each
CHANGED, LATER = keys(BATCHES * BATCH), keys(2 * BATCHES * BATCH)[BATCHES * BATCH :]
A_DAY = sum(PAUSES["EXPONENTIAL_DECAY_RETRY"]) + 60
DELETES = pytest.mark.parametrize("deletes", ["before", "after"])


@contextmanager
def side_by_side(
    folder: Path, deletes: Literal["before", "after"] = "after", *, drains: int = 1, **limits: int
) -> Iterator[Cloud]:
    """A cloud whose event stream sends four batches of 150 changes at once."""
    file = deployment(folder, instances=8, drains=drains, batch=BATCH)
    manner = Manner(deletes, batches=BATCHES)
    with Cloud(configuration(**limits), file=file, variables=BATCHED, manner=manner, clock=Clock(NOON)) as cloud:
        yield cloud


def throttled(cloud: Cloud) -> int:
    """How many invocations by the event stream were answered with 429."""
    return cloud.compute.streams["backlog"].throttled


def codes(cloud: Cloud) -> set[str]:
    """The codes of the refresh calls, "" for accepted ones."""
    return {call.code for call in refreshes(cloud)}


@DELETES
def test_simultaneous_batches_are_all_refreshed(tmp_path: Path, deletes: Literal["before", "after"]) -> None:
    with side_by_side(tmp_path, deletes) as cloud:
        change(cloud, CHANGED)
        settle_all(cloud)
        assert throttled(cloud) > 0
        assert (codes(cloud), len(cloud.drain.invocations)) == ({""}, BATCHES)
        assert (accepted(cloud), cloud.dead_letters.messages()) == (set(CHANGED), [])


def notify(cloud: Cloud, changed: Iterable[str]) -> None:
    """Let OSS put a notification of each change directly into the backlog."""
    for key in changed:
        cloud.backlog.send(json.dumps({"events": [record(key)]}))


def change_twice(cloud: Cloud) -> None:
    """Notify 600 changes and, while the quota is cached, 600 others; 1,000 URLs are left of the quota."""
    cloud.cdn.quota = Quota(urls=1_000, directories=0)
    notify(cloud, CHANGED)
    cloud.settle()
    notify(cloud, LATER)
    cloud.settle()


def test_simultaneous_batches_never_exceed_the_daily_quota(tmp_path: Path) -> None:
    with side_by_side(tmp_path) as cloud:
        change_twice(cloud)
        assert throttled(cloud) > 0
        assert (codes(cloud), len(accepted(cloud))) == ({""}, 1_000)
        assert held(cloud.backlog) == {*CHANGED, *LATER} - accepted(cloud)


def test_with_several_instances_the_same_batches_exceed_the_quota(tmp_path: Path) -> None:
    """So `drain` has only one instance: each of several instances knows only its own calls."""
    with side_by_side(tmp_path, drains=BATCHES) as cloud:
        change_twice(cloud)
        assert throttled(cloud) == 0
        assert "QuotaExceeded.Refresh" in codes(cloud)


def test_simultaneous_batches_keep_the_rate_limit_of_a_domain(tmp_path: Path) -> None:
    with side_by_side(tmp_path, urls_per_minute_per_domain=200) as cloud:
        cloud.cdn.limits, cloud.cdn.quota = Limits(urls_per_minute_per_domain=200), PLENTY
        notify(cloud, CHANGED)
        settle_all(cloud)
        assert (codes(cloud), accepted(cloud)) == ({""}, set(CHANGED))


@DELETES
def test_deliveries_that_are_throttled_for_a_day_are_dead_letters(
    tmp_path: Path, deletes: Literal["before", "after"]
) -> None:
    with side_by_side(tmp_path, deletes) as cloud:
        notify(cloud, CHANGED)
        cloud.drain.cap = 0
        cloud.compute.settle(within=A_DAY)
        assert (cloud.drain.invocations, lost(cloud, CHANGED)) == ([], set())
        assert held(cloud.dead_letters) == set(CHANGED)


@DELETES
def test_dead_letters_of_throttled_deliveries_are_redriven(tmp_path: Path, deletes: Literal["before", "after"]) -> None:
    with side_by_side(tmp_path, deletes) as cloud:
        notify(cloud, CHANGED)
        cloud.drain.cap = 0
        cloud.compute.settle(within=A_DAY)
        cloud.drain.cap = 1
        shown = json.loads(command(cloud, "dead-letters", "redrive", "--reason", "NotDelivered", "--json"))
        settle_all(cloud)
        assert shown["redriven"] > 0
        assert (accepted(cloud), cloud.dead_letters.messages()) == (set(CHANGED), [])


def command(cloud: Cloud, *words: str) -> str:
    """The output of the operators' command."""
    clock = cloud.clock
    effects = Effects(clock.now, clock.now, clock.sleep, lambda low, _high: low)
    environ = {
        "SMQ_ENDPOINT": cloud.smq.url,
        "BACKLOG_QUEUE": cloud.backlog.name,
        "DEAD_LETTER_QUEUE": cloud.dead_letters.name,
    }
    done = CliRunner().invoke(main, words, obj=Surroundings(effects, lambda: Credentials(*OWNER)), env=environ)
    return done.stdout
