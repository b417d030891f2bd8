"""After the death of any process at any moment, each change is refreshed, in the backlog or in the dead letters.

Calls may be made twice, but no change may be lost. The records of the stand-ins show the result of each change.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import pytest
from burst import accepted, change, configuration, held, keys, lost, refreshes, settle_all
from drain import BATCHED

from oss_cdn_refresh_box.cloud import Cloud
from oss_cdn_refresh_box.fc import Deployed, Manner
from oss_cdn_refresh_box.wire.faults import Fault, Faults, Lost, Refusal
from oss_cdn_refresh_box.wire.serving import Request, Reset

CHANGED = keys(3)
LAST_TRY = 4  # attempts of an asynchronous invocation: the first one and three retries
DIRECT: dict[str, str] = {}
ON_THE_WAY = pytest.mark.parametrize("fault", [Reset(), Lost()], ids=["not taken", "taken"])
DELETES = pytest.mark.parametrize("deletes", ["before", "after"])


@contextmanager
def cloud_of(
    delivery: dict[str, str],
    manner: Manner = Manner(),  # noqa: B008 - immutable
    **limits: int,
) -> Iterator[Cloud]:
    """A cloud with the template of the repository."""
    with Cloud(configuration(**limits), variables=delivery, manner=manner) as cloud:
        yield cloud


def killing(deployed: Deployed, fault: Fault, times: int = 1) -> Faults:
    """Kills the function during its request to a service, `times` times; with `Lost`, the service has processed it."""
    left = [fault] * times

    def rule(_request: Request) -> Fault:
        if not (left and deployed.busy):
            return None
        for instance in deployed.busy:
            instance.kill()
        return left.pop()

    return Faults(rule=rule)


def killed(deployed: Deployed) -> int:
    """How many invocations ended because the process died."""
    return sum("Process exited" in invocation.answer.payload for invocation in deployed.invocations)


def calls_by_key(cloud: Cloud) -> set[int]:
    """How often each change was accepted."""
    return set(Counter(url for call in refreshes(cloud) if call.accepted for url in call.urls).values())


@ON_THE_WAY
def test_a_function_that_dies_in_a_call_to_the_cdn_is_called_again(fault: Fault) -> None:
    with cloud_of(DIRECT) as cloud:
        cloud.cdn.faults = killing(cloud.function, fault)
        change(cloud, CHANGED)
        settle_all(cloud)
        assert killed(cloud.function) > 0
        assert (accepted(cloud), held(cloud.dead_letters)) == (set(CHANGED), set())


@ON_THE_WAY
@DELETES
def test_a_drain_that_dies_in_a_call_to_the_cdn_gets_its_batch_again(
    fault: Fault, deletes: Literal["before", "after"]
) -> None:
    with cloud_of(BATCHED, Manner(deletes)) as cloud:
        drain = cloud.drain
        cloud.cdn.faults = killing(drain, fault)
        change(cloud, CHANGED)
        settle_all(cloud)
        assert killed(drain) == 1
        assert (accepted(cloud), held(cloud.dead_letters)) == (set(CHANGED), set())


def test_a_drain_that_died_after_the_cdn_had_accepted_refreshes_twice() -> None:
    """An accepted call without an answer is made again."""
    with cloud_of(BATCHED) as cloud:
        cloud.cdn.faults = killing(cloud.drain, Lost())
        change(cloud, CHANGED)
        settle_all(cloud)
        assert calls_by_key(cloud) == {2}


@ON_THE_WAY
def test_a_function_that_dies_while_it_batches_is_called_again(fault: Fault) -> None:
    with cloud_of(BATCHED) as cloud:
        cloud.smq.faults = killing(cloud.function, fault)
        change(cloud, CHANGED)
        settle_all(cloud)
        assert killed(cloud.function) > 0
        assert (accepted(cloud), held(cloud.dead_letters)) == (set(CHANGED), set())


@ON_THE_WAY
def test_a_drain_that_dies_while_it_defers_items_loses_nothing(fault: Fault) -> None:
    """One URL fits into the minute and is accepted, two are being deferred."""
    with cloud_of(BATCHED, urls_per_minute_per_domain=1) as cloud:
        drain = cloud.drain
        change(cloud, CHANGED)
        cloud.smq.faults = killing(drain, fault)
        settle_all(cloud)
        assert killed(drain) == 1
        assert (accepted(cloud), held(cloud.dead_letters)) == (set(CHANGED), set())


@pytest.mark.parametrize("delivery", [DIRECT, BATCHED], ids=["direct", "batched"])
def test_a_function_that_dies_at_every_attempt_leaves_its_event_in_the_dead_letters(delivery: dict[str, str]) -> None:
    with cloud_of(delivery) as cloud:
        deadly = killing(cloud.function, Reset(), times=LAST_TRY)
        cloud.cdn.faults, cloud.smq.faults = (Faults(), deadly) if delivery else (deadly, Faults())
        change(cloud, CHANGED[:1])
        settle_all(cloud)
        assert killed(cloud.function) == LAST_TRY
        assert (held(cloud.dead_letters), lost(cloud, CHANGED[:1])) == (set(CHANGED[:1]), set())


def test_messages_whose_answer_is_lost_are_sent_again_and_refreshed_once() -> None:
    """Both copies come in one batch."""
    with cloud_of(BATCHED) as cloud:
        cloud.smq.faults = Faults(Lost(), Lost())
        change(cloud, CHANGED)
        settle_all(cloud)
        assert sum(call.accepted for call in cloud.smq.calls) == len(CHANGED) + 2
        assert (accepted(cloud), calls_by_key(cloud)) == (set(CHANGED), {1})


def test_a_queue_that_stores_messages_but_never_answers_loses_nothing() -> None:
    with cloud_of(BATCHED) as cloud:
        cloud.smq.faults = Faults(rule=lambda _request: Lost())
        change(cloud, CHANGED)
        settle_all(cloud)
        assert not any(call.answered for call in cloud.smq.calls)
        assert accepted(cloud) == held(cloud.dead_letters) == set(CHANGED)


@pytest.mark.parametrize("fault", [Refusal(503, "ServiceUnavailable"), Reset()], ids=["refused", "cut"])
def test_a_queue_that_takes_nothing_leaves_the_events_in_the_dead_letters(fault: Fault) -> None:
    """Function Compute puts them there itself after its last attempt."""
    with cloud_of(BATCHED) as cloud:
        cloud.smq.faults = Faults(rule=lambda _request: fault)
        change(cloud, CHANGED)
        settle_all(cloud)
        assert (refreshes(cloud), held(cloud.dead_letters)) == ([], set(CHANGED))


@pytest.mark.parametrize("crash", ["received", "answered"])
def test_a_runner_that_dies_before_it_deletes_delivers_all_messages_again(
    crash: Literal["received", "answered"],
) -> None:
    """A runner that deletes messages before its call, and then dies, would lose them without any fault of ours."""
    with cloud_of(BATCHED) as cloud:
        cloud.compute.streams["backlog"].crashes.append(crash)
        change(cloud, CHANGED)
        cloud.settle()
        assert held(cloud.backlog) == set(CHANGED)
        settle_all(cloud)
        assert (accepted(cloud), held(cloud.dead_letters)) == (set(CHANGED), set())
        assert calls_by_key(cloud) == {1 if crash == "received" else 2}


def test_a_runner_that_deletes_first_and_dies_after_the_answer_has_refreshed_all_items() -> None:
    with cloud_of(BATCHED, Manner("before")) as cloud:
        cloud.compute.streams["backlog"].crashes.append("answered")
        change(cloud, CHANGED)
        settle_all(cloud)
        assert accepted(cloud) == set(CHANGED)


def test_a_runner_that_dies_while_changes_are_deferred_delivers_them_again() -> None:
    """They are in the backlog twice then, and are refreshed."""
    with cloud_of(BATCHED, urls_per_minute_per_domain=1) as cloud:
        cloud.compute.streams["backlog"].crashes.append("answered")
        change(cloud, CHANGED)
        settle_all(cloud)
        assert (accepted(cloud), held(cloud.dead_letters)) == (set(CHANGED), set())
