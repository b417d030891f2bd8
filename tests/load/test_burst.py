"""20,000 changes at once become a few dozen calls, even if each change arrives several times."""

from collections import Counter
from pathlib import Path
from random import Random

import pytest
from burst import (
    accepted,
    change,
    configuration,
    keys,
    raise_limits,
    refreshes,
    rounds,
    settle_all,
)
from drain import BATCHED
from world import record

from oss_cdn_refresh_box.cloud import Cloud
from oss_cdn_refresh_box.demo import clients
from oss_cdn_refresh_box.oss.notifications import Notifications

COUNT = 20_000
BATCH = 10_000  # messages, the largest batch of a queue trigger
UNBOUND = configuration(urls_per_minute_per_domain=1_000_000)


def test_a_burst_of_20_000_invocations_makes_only_the_calls_that_its_items_need(drained: Path) -> None:
    """The runner of the queue trigger dies twice before it deletes messages, so each change comes three times."""
    with Cloud(UNBOUND, file=drained, variables=BATCHED) as cloud:
        raise_limits(cloud)
        cloud.compute.streams["backlog"].crashes.extend(["answered"] * 2 * (COUNT // BATCH))
        change(cloud, keys(COUNT))
        for _ in range(3):
            cloud.settle()
            cloud.clock.advance(cloud.backlog.attributes.visibility_timeout)
        brought = list(rounds(cloud))
        assert len(cloud.function.invocations) == COUNT
        assert [(one.messages, one.keys) for one in brought] == [(BATCH, BATCH)] * 6
        assert [one for one in brought if one.calls > one.needed + 1] == []
        assert {(call.code, call.accepted) for call in refreshes(cloud)} == {("", True)}
        assert Counter(Counter(url for call in refreshes(cloud) for url in call.urls).values()) == {3: COUNT}
        assert accepted(cloud) == set(keys(COUNT))
        assert (cloud.backlog.messages(), cloud.dead_letters.messages()) == ([], [])


@pytest.mark.parametrize("base64", [False, True], ids=["plain", "base64"])
def test_duplicate_changes_in_a_batch_make_no_call(drained: Path, *, base64: bool) -> None:
    """OSS has notified the queue of each of 20,000 changes three times, in random order."""
    copies = 3 * keys(COUNT)
    Random(1).shuffle(copies)  # noqa: S311 - a seed repeats it
    with Cloud(UNBOUND, file=drained, variables=BATCHED) as cloud:
        raise_limits(cloud)
        notify = Notifications(cloud.backlog, ["oss:ObjectCreated:PutObject"], base64=base64)
        for key in copies:
            notify(record(key))
        settle_all(cloud)
        brought = list(rounds(cloud))
        assert [one.messages for one in brought] == [BATCH] * 6
        assert [one for one in brought if one.calls > one.needed + 1] == []
        assert {(call.code, call.accepted) for call in refreshes(cloud)} == {("", True)}
        assert accepted(cloud) == set(keys(COUNT))


def test_uploads_notified_to_the_queue_invoke_only_the_drain(unwatched: Path) -> None:
    uploaded = keys(2_000)
    with Cloud(UNBOUND, file=unwatched, variables=BATCHED) as cloud, clients.bucket(cloud, "my-site") as bucket:
        raise_limits(cloud)
        cloud.notify()
        for key in uploaded:
            bucket.put_object(key, "new")
        cloud.settle()
        assert cloud.function.invocations == []
        assert [(one.messages, one.calls) for one in rounds(cloud)] == [(2_000, 2)]
        assert accepted(cloud) == set(uploaded)
        assert (cloud.backlog.messages(), cloud.dead_letters.messages()) == ([], [])
