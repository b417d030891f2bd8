"""20,000 changes are followed to their end while tasks fail, hang or show up late and the function is killed.

What became of each change is read from the records of the stand-ins: the CDN's tasks, the dead letters, the log.
"""

import json
import sys
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest
from burst import held, keys, named, raise_limits, settle_all
from drain import BATCHED, deployment
from test_faults import Killer
from world import SITE, World, from_the_queue, record, url

from oss_cdn_refresh.delivery.confirmation.look_ups import SECONDS
from oss_cdn_refresh.model.effects import timestamp
from oss_cdn_refresh_box.cdn import Script
from oss_cdn_refresh_box.cdn.tasks import BY_ID
from oss_cdn_refresh_box.cloud import Cloud
from oss_cdn_refresh_box.oss.notifications import Notifications
from oss_cdn_refresh_box.wire.faults import Faults, Lost

COUNT = 20_000
FULL_BATCH = 10_000  # messages, the most that the queue trigger brings
IDS_PER_CALL = 10  # DescribeRefreshTaskById
PER_SECOND = 30  # the same, of an account
DRAIN_TIMEOUT = 120  # seconds, as in template.yml
BATCH = 2_000  # messages of a call of the drain, so that a kill repeats some of the changes and not all of them
FAILING, HANGING, LATEST = 0.1, 0.05, 10  # shares of the tasks; looks until a row shows up
FAILURES = ("Failed", "Timeout", "Canceled")
KILLS = 10
RESUBMISSIONS = 2  # `confirm.resubmit`
UNBOUND = {"sites": [SITE], "limits": {"urls_per_minute_per_domain": 1_000_000}}
CONFIRMATION = '"oss-cdn-refresh/confirmation"'


def course(_type: str, where: str, times: int) -> Script | None:
    """The script of a task, which depends on nothing but its URL and how often this was submitted."""
    chance = Random(f"{where} {times}")  # noqa: S311 - a seed repeats it
    share = chance.random()
    if share < FAILING:
        return Script(chance.choice(FAILURES), description="Origin Timeout")
    if share < FAILING + HANGING:
        return Script(seconds=9e9, at_once=True)
    return Script(hidden_looks=chance.choice([0] * 15 + [*range(1, LATEST + 1)]), at_once=True)


def given_up(cloud: Cloud) -> set[str]:
    """The keys whose URLs a line `unconfirmed` names."""
    return named(line for call in cloud.drain.invocations for line in call.log if '"unconfirmed"' in line)


def most(shown: list[str], again: int) -> int:
    """How many tasks a URL may have had, by what became of them and by how often its messages were delivered again."""
    failures = sum(status in FAILURES for status in shown)
    return 1 + failures + again if again else 1 + min(failures, RESUBMISSIONS)


def repeated(cloud: Cloud) -> Counter[str]:
    """How many calls of the drain that brought a key ended with its process: their messages were delivered again."""
    died = (call for call in cloud.drain.invocations if "Process exited" in call.answer.payload)
    return Counter(key for call in died for key in named([call.event.decode()]))


@pytest.mark.parametrize("kills", [0, KILLS])
def test_every_change_ends_confirmed_given_up_or_in_the_dead_letters(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kills: int
) -> None:
    random = Random(4)  # noqa: S311 - a seed repeats it
    file = deployment(tmp_path, oss_triggers=False, batch=BATCH)
    with Cloud(UNBOUND, file=file, variables=BATCHED) as cloud:
        raise_limits(cloud)
        cloud.cdn.tasks.script = course
        killer = Killer(cloud.drain, kills, 0.1, random)
        strike = Faults(rule=killer.after_kill(lambda _request: Lost() if random.random() < 0.01 else None))
        if kills:
            cloud.cdn.faults = cloud.smq.faults = strike
        notify = Notifications(cloud.backlog, ["oss:ObjectCreated:PutObject"])
        for key in keys(COUNT):
            notify(record(key))
        settle_all(cloud, most=300)
        assert killer.kills == kills
        tasks: dict[str, list[str]] = {}
        for task in cloud.cdn.tasks.submitted:
            tasks.setdefault(task.url.rpartition("/")[2], []).append(task.shown)
        confirmed = {key for key, shown in tasks.items() if "Complete" in shown}
        dead = held(cloud.dead_letters)
        assert confirmed | dead | given_up(cloud) == set(keys(COUNT))
        assert 0 < len(dead) < COUNT * FAILING**RESUBMISSIONS
        again = repeated(cloud)
        assert {key: shown for key, shown in tasks.items() if len(shown) > most(shown, again[key])} == {}
        assert {call.code for call in cloud.cdn.calls if call.action == BY_ID} == {""}
        report(cloud, capsys)


def report(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    """Print what confirmation and submitting again added: calls, and messages that the drain was brought."""
    calls = Counter(call.action for call in cloud.cdn.calls)
    bodies = {
        message["data"]["messageId"]: message["data"]["messageBody"]
        for call in cloud.drain.invocations
        for message in json.loads(call.event)
    }
    confirmations = sum(CONFIRMATION in body for body in bodies.values())
    resubmissions = sum('"RefreshFailed"' in body for body in bodies.values())
    with capsys.disabled():
        sys.stdout.write(
            f"\n{COUNT:,} changes: {dict(calls)}, {confirmations} messages of confirmations, "
            f"{resubmissions} of items submitted again\n"
        )


def uploaded(world: World, count: int) -> list[str]:
    """The messages of so many direct uploads that were accepted one by one, each with a task of its own."""
    bodies = []
    for key in keys(count):
        (task_id,) = world.cdn.tasks.submit("File", [url(key)])
        world.clock.advance(1)
        bodies.append(
            json.dumps(
                {
                    "kind": "oss-cdn-refresh/confirmation",
                    "version": 1,
                    "product": "cdn",
                    "object_type": "File",
                    "urls": [url(key)],
                    "task_ids": [task_id],
                    "submitted_at": timestamp(world.clock.now()),
                }
            )
        )
    return bodies


def test_20_000_direct_uploads_bring_at_most_2_000_look_ups_to_one_drain(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """They are looked up in the time that the drain has, below the rate of the account, and after fresh changes."""
    world.configure(SITE, confirm={})
    world.context.function.timeout = DRAIN_TIMEOUT
    bodies = uploaded(world, COUNT)
    queue = world.smq.queue("backlog")
    for body in bodies:
        queue.send(body)
    world.clock.advance(world.cdn.tasks.seconds)
    seen: Counter[str] = Counter()
    longest, invocations, messages = 0.0, 0, 0
    while received := queue.receive(FULL_BATCH):
        for message in received:
            queue.delete(message.receipt)
        began = world.clock.now()
        fresh = f"fresh{invocations}.jpg"
        batch: list[dict[str, Any]] = [{"messageBody": message.body} for message in received]
        summary = world.invoke([*batch, *from_the_queue(record(fresh))])
        assert summary["refreshed"] == 1
        seen += Counter(summary["confirmations"])
        longest = max(longest, world.clock.now() - began)
        invocations += 1
        messages += len(received)
        if seen["complete"] < COUNT:
            world.clock.advance(60)
    looks = [call for call in world.cdn.calls if call.action == BY_ID]
    assert seen["complete"] >= COUNT
    assert (seen["failed"], seen["given_up"]) == (0, 0)
    assert {call.code for call in world.cdn.calls} == {""}
    assert len(looks) <= COUNT // IDS_PER_CALL + invocations
    assert most_in_a_second([call.at for call in looks]) <= PER_SECOND
    assert longest <= SECONDS + 1
    assert not any(call.action == BY_ID for call in world.cdn.calls[:1])
    with capsys.disabled():
        sys.stdout.write(
            f"\n{COUNT:,} direct uploads: {len(looks):,} look-ups in {invocations} invocations of the drain, "
            f"which brought {messages:,} messages; the longest took {longest:.0f} s\n"
        )


def most_in_a_second(moments: list[float]) -> int:
    """The most calls within any second."""
    most_so_far, first = 0, 0
    for last, moment in enumerate(moments):
        while moments[first] <= moment - 1:
            first += 1
        most_so_far = max(most_so_far, last - first + 1)
    return most_so_far
