"""Whatever becomes of tasks, calls and deliveries: every confirmation ends, and everything is accounted for."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from world import SITE, World, a_world, event, record, url

from oss_cdn_refresh.model.errors import Unaccounted
from oss_cdn_refresh_box.cdn import Row, Script
from oss_cdn_refresh_box.cdn.tasks import BY_ID
from oss_cdn_refresh_box.wire.faults import Fault, Faults, Lost, Refusal
from oss_cdn_refresh_box.wire.serving import Request, Reset

RETRY = 15  # seconds until the queue trigger delivers a batch again
PER_SECOND = 30  # DescribeRefreshTaskById, of an account
MESSAGE_BYTES = 65_536  # of a message as sent, XML escaping included
FAILURES = ("Failed", "Timeout", "Canceled")
RESUBMISSIONS = 2  # `confirm.resubmit`
ROUNDS = 200  # far more than any case needs

scripts = st.builds(
    Script,
    status=st.sampled_from(["Complete", "Complete", *FAILURES, "Halted"]),
    seconds=st.sampled_from([None, None, 0.0, 900.0, 9e9]),
    meanwhile=st.sampled_from(["Refreshing", "Pending", "Unheard"]),
    description=st.sampled_from(["", "Internal Error"]),
    hidden_looks=st.sampled_from([0, 0, 1, 4, 99]),
    stale_looks=st.sampled_from([0, 0, 1]),
    older=st.sampled_from(["", "", "Complete", "Failed"]),
    is_refused=st.booleans(),
    at_once=st.just(value=True),
    foreign=st.sampled_from([(), (Row(url("0.jpg"), "Failed", "directory"), Row(url("other.jpg"), "Failed"))]),
    row=st.sampled_from([{}, {"Description": None}, {"CreationTime": None}, {"ObjectType": "FILE"}]),
).filter(lambda script: not script.older or "CreationTime" not in script.row)  # which row is newer would be open
looking = st.sampled_from(
    [
        *[None] * 5,
        Refusal(503, "Throttling.User"),
        Refusal(503, "ServiceUnavailable"),
        Refusal(400, "InvalidTaskId.Malformed"),
        Refusal(404, "Something.New"),
        Refusal(403, "Forbidden.RAM"),
        Reset(),
        Lost(),
    ]
)
refreshing = st.sampled_from(
    [*[None] * 6, Refusal(503, "Throttling"), Refusal(400, "TooMany.Refresh"), Refusal(400, "Wrong"), Reset(), Lost()]
)
storing = st.sampled_from([*[None] * 8, Refusal(503, "ServiceUnavailable"), Reset(), Lost()])
rounds = st.lists(st.tuples(st.booleans(), st.booleans()), max_size=12)  # delivered again; a new instance


class Records:
    """What a world's stand-ins saw: the size of each message that was sent to a queue, as sent."""

    def __init__(self) -> None:
        self.sizes: list[int] = []

    def beside(self, faults: list[Fault]) -> Callable[[Request], Fault]:
        """A rule that takes note of each request to SMQ, and answers the first ones with the faults."""
        left = list(faults)

        def rule(request: Request) -> Fault:
            self.sizes += map(len, request.body.split(b"<MessageBody>")[1:])
            return left.pop(0) if left else None

        return rule


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the examples share."""
    return tmp_path_factory.mktemp("confirmation")


def of_action(name: str, faults: list[Fault]) -> Callable[[Request], Fault]:
    """A rule for the calls of one action: each fault in turn, then none."""
    left = list(faults)
    return lambda request: left.pop(0) if left and request.headers["x-acs-action"] == name else None


def delivered(world: World, batch: Any) -> bool:
    """Whether the function took a batch; what it returned has to add up."""
    try:
        summary = world.invoke(batch)
    except Unaccounted:
        return False
    assert summary["urls"] == summary["refreshed"] + summary["deferred"] + summary["dead_lettered"]
    return True


def drain(world: World, script: list[tuple[bool, bool]]) -> Counter[str]:
    """Bring the backlog to the function until it is empty; returns how often each URL was delivered again."""
    queue, left = world.smq.queue("backlog"), list(script)
    again: Counter[str] = Counter()
    for _ in range(ROUNDS):
        if not queue.messages():
            return again
        due = min(message.visible_at for message in queue.messages())
        world.clock.advance(max(0.0, due - world.clock.now()))
        received = queue.receive(1_000)
        batch = [{"messageBody": message.body} for message in received]
        repeat, deploy = left.pop(0) if left else (False, False)
        while not delivered(world, batch) or repeat:
            again.update({where for message in received for where in json.loads(message.body)["urls"]})
            repeat = False
            world.clock.advance(RETRY)
            if deploy:
                world.deploy()
        for message in received:
            queue.delete(message.receipt)
    raise AssertionError(f"{len(queue.messages())} messages still wait")


@settings(deadline=None, derandomize=True, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(
    courses=st.lists(st.lists(scripts, min_size=1, max_size=4), min_size=1, max_size=6),
    pause=st.sampled_from([0, 1]),
    looks=st.lists(looking, max_size=8),
    refreshes=st.lists(refreshing, max_size=6),
    stores=st.lists(storing, max_size=8),
    script=rounds,
)
def test_every_confirmation_ends_and_everything_is_accounted_for(
    folder: Path,
    courses: list[list[Script]],
    pause: int,
    looks: list[Fault],
    refreshes: list[Fault],
    stores: list[Fault],
    script: list[tuple[bool, bool]],
) -> None:
    names = {url(f"{number}.jpg"): course for number, course in enumerate(courses)}
    records = Records()
    with a_world(folder) as world:
        world.configure(SITE, confirm={})
        world.cdn.tasks.script = lambda _type, where, times: names[where][min(times, len(names[where])) - 1]
        by_look, by_refresh = of_action(BY_ID, looks), of_action("RefreshObjectCaches", refreshes)
        world.cdn.faults = Faults(rule=lambda request: by_look(request) or by_refresh(request))
        for number in range(len(courses)):
            assert delivered(world, event(record(f"{number}.jpg")))
            world.clock.advance(pause)
        world.smq.faults = Faults(rule=records.beside(stores))
        drain(world, script)

        shown: dict[str, list[str]] = {where: [] for where in names}
        for task in world.cdn.tasks.submitted:
            shown[task.url].append(task.shown)
        confirmed = {where for where, statuses in shown.items() if "Complete" in statuses}
        given_up = {where for line in world.lines if line["event"] == "unconfirmed" for where in line["urls"]}
        dead = {where for letter in world.dead_letters for where in letter["urls"]}
        assert confirmed | given_up | dead >= set(names)
        assert max(records.sizes, default=0) <= MESSAGE_BYTES
        assert most_in_a_second([call.at for call in world.cdn.calls if call.action == BY_ID]) <= PER_SECOND


@settings(deadline=None, derandomize=True, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(courses=st.lists(st.lists(scripts, min_size=1, max_size=4), min_size=1, max_size=6), script=rounds)
def test_no_url_is_submitted_more_often_than_its_failures_and_its_deliveries_allow(
    folder: Path, courses: list[list[Script]], script: list[tuple[bool, bool]]
) -> None:
    names = {url(f"{number}.jpg"): course for number, course in enumerate(courses)}
    with a_world(folder) as world:
        world.configure(SITE, confirm={})
        world.cdn.tasks.script = lambda _type, where, times: names[where][min(times, len(names[where])) - 1]
        assert delivered(world, event(*(record(f"{number}.jpg") for number in range(len(courses)))))
        again = drain(world, script)
        for where in names:
            statuses = [task.shown for task in world.cdn.tasks.submitted if task.url == where]
            failures = sum(status in FAILURES for status in statuses)
            assert len(statuses) <= 1 + (failures + again[where] if again[where] else min(failures, RESUBMISSIONS))


@settings(deadline=None, derandomize=True, max_examples=10, suppress_health_check=[HealthCheck.too_slow])
@given(count=st.integers(1, 150), refused=st.sets(st.integers(0, 149)), script=rounds)
def test_no_look_up_is_refused_for_its_rate(
    folder: Path, count: int, refused: set[int], script: list[tuple[bool, bool]]
) -> None:
    """Where an id is refused each one is asked for alone."""
    with a_world(folder) as world:
        world.configure(SITE, confirm={})
        bad = {url(f"{number}.jpg") for number in refused}
        world.cdn.tasks.script = lambda _type, where, _times: Script(is_refused=where in bad)
        for number in range(count):
            (task_id,) = world.cdn.tasks.submit("File", [url(f"{number}.jpg")])
            world.smq.queue("backlog").send(json.dumps(confirmation(url(f"{number}.jpg"), task_id)))
            world.clock.advance(1)
        drain(world, script)
        looks = [call for call in world.cdn.calls if call.action == BY_ID]
        assert {call.code for call in looks} <= {"", "InvalidTaskId.Malformed"}
        assert most_in_a_second([call.at for call in looks]) <= PER_SECOND


def confirmation(where: str, task_id: str) -> dict[str, Any]:
    """A message of one URL that was accepted."""
    return {
        "kind": "oss-cdn-refresh/confirmation",
        "version": 1,
        "product": "cdn",
        "object_type": "File",
        "urls": [where],
        "task_ids": [task_id],
        "submitted_at": "2026-11-22T04:00:00Z",
    }


def most_in_a_second(moments: list[float]) -> int:
    """The most calls within any second."""
    return max((sum(first <= moment < first + 1 for moment in moments) for first in moments), default=0)
