"""20,000 changes of one domain at the default limits: spread over minutes, none refused, none given up."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from burst import PLENTY, accepted, change, configuration, keys, named, refreshes, settle_all
from drain import BATCHED
from world import NOON, World, backlog_record, record, url

from oss_cdn_refresh_box.cdn import Limits
from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.cloud import Cloud
from oss_cdn_refresh_box.smq import QueueAttributes
from oss_cdn_refresh_box.wire.faults import Fault, Faults, Refusal
from oss_cdn_refresh_box.wire.serving import Request, Reset

COUNT = 20_000
A_MINUTE = 1_000  # URLs of one domain: the function's default limit, and here also the CDN's limit
STRICT = Limits(urls_per_minute_per_domain=A_MINUTE)
BATCH, WINDOW = 10_000, 15.0  # messages, seconds: one batch of the queue trigger
OUTAGE = 600.0  # seconds


def in_any_minute(cloud: Cloud) -> int:
    """The largest number of URLs that arrived within 60 s."""
    called = refreshes(cloud)
    return max(sum(len(call.urls) for call in called if 0 <= call.at - first.at < 60) for first in called)


def test_20_000_urls_of_one_domain_drain_at_1_000_a_minute(unwatched: Path) -> None:
    """The account has a higher daily quota here: the default quota is used up after half of the URLs."""
    with Cloud(configuration(), file=unwatched, variables=BATCHED) as cloud:
        cloud.cdn.limits, cloud.cdn.quota = STRICT, PLENTY
        for key in keys(COUNT):
            cloud.backlog.send(json.dumps({"events": [record(key)]}))
        settle_all(cloud)
        called = refreshes(cloud)
        assert {(call.code, call.accepted) for call in called} == {("", True)}
        assert (accepted(cloud), cloud.dead_letters.messages()) == (set(keys(COUNT)), [])
        assert len(called) == COUNT // A_MINUTE
        assert in_any_minute(cloud) == A_MINUTE
        assert called[-1].at - called[0].at < 60 * (COUNT / A_MINUTE + 1)


def test_fresh_changes_go_before_yesterdays_backlog(drained: Path) -> None:
    """3,000 URLs are deferred since yesterday when 500 objects change: only the first old ones go before these."""
    yesterday = [url(f"old/{number}.jpg") for number in range(5 * A_MINUTE)]
    with Cloud(configuration(), file=drained, variables=BATCHED, clock=Clock(NOON)) as cloud:
        cloud.cdn.limits = STRICT
        for start in range(0, len(yesterday), 500):
            waiting = backlog_record(*yesterday[start : start + 500], first_seen="2026-11-21T04:00:00Z")
            cloud.backlog.send(json.dumps(waiting))
        cloud.settle()
        assert len(cloud.cdn.accepted) == A_MINUTE
        change(cloud, keys(500))
        settle_all(cloud)
        before_the_last = [call for call in refreshes(cloud) if named(call.urls)][-1]
        older = {
            one for call in refreshes(cloud) if call.at <= before_the_last.at for one in call.urls if not named([one])
        }
        assert {(call.code, call.accepted) for call in refreshes(cloud)} == {("", True)}
        assert accepted(cloud) == set(keys(500))
        assert len(cloud.cdn.accepted) == len(yesterday) + 500
        assert len(older) <= 2 * A_MINUTE


# An outage, in one process in which sleeping moves the clock: in the stand-in cloud, each attempt would really wait.


@pytest.fixture
def patient(world: World) -> World:
    """The world with the visibility timeout of the backlog in the stack, and the function's timeout."""
    world.smq.queue("backlog").attributes = QueueAttributes(300, message_retention_period=604_800)
    world.context.function.timeout = 120
    world.cdn.limits, world.cdn.quota = STRICT, PLENTY
    world.jitter = lambda _low, high: high
    return world


def batches(world: World) -> Iterator[list[str]]:
    """The batches of the queue trigger until the backlog is empty; the clock moves to the delayed messages."""
    queue = world.smq.queue("backlog")
    while waiting := queue.messages():
        first = min(message.visible_at for message in waiting)
        world.clock.advance(max(0.0, first - world.clock.now()) + WINDOW)
        received = queue.receive(BATCH)
        yield [message.body for message in received]
        for message in received:
            queue.delete(message.receipt)


@pytest.mark.parametrize("fault", [Refusal(503, "ServiceUnavailable"), Reset()], ids=["refused", "cut"])
def test_an_outage_of_ten_minutes_costs_no_dead_letter(patient: World, fault: Fault) -> None:
    def down(_request: Request) -> Fault:
        return fault if patient.clock.now() < NOON + OUTAGE else None

    patient.cdn.faults = Faults(rule=down)
    for key in keys(COUNT):
        patient.smq.queue("backlog").send(json.dumps({"events": [record(key)]}))
    for bodies in batches(patient):
        patient.invoke([{"messageId": "1", "messageBody": body} for body in bodies])
    after = [call for call in patient.refreshes if call.at >= NOON + OUTAGE]
    assert len(patient.refreshes) > len(after)
    assert patient.dead_letters == []
    assert {(call.code, call.accepted) for call in after} == {("", True)}
    assert named(one for _, one in patient.cdn.accepted) == set(keys(COUNT))
