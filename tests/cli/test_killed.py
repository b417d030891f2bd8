"""The command is killed during work on 5,000 dead letters, and run again: no message is lost at any time."""

import json
import signal
from collections.abc import Callable, Sequence
from functools import cache

import pytest
from command import start
from given_up import dead_letter, give_up, url
from world import World

from oss_cdn_refresh_box.wire.faults import Fault, Faults, Lost
from oss_cdn_refresh_box.wire.serving import Request, Reset

pytestmark = pytest.mark.load

MANY = 5_000
HIDDEN = 31.0  # seconds: longer than what a killed run has received stays hidden


@cache
def urls(body: str) -> frozenset[str]:
    """The URLs of a message."""
    return frozenset(json.loads(body)["urls"])


def everything(world: World) -> set[str]:
    """The URLs in either queue, read from SMQ itself."""
    queues = (world.smq.queue("dead-letters"), world.smq.queue("backlog"))
    return {each for queue in queues for message in queue.messages() for each in urls(message.body)}


def sends(request: Request) -> bool:
    """Whether a request to SMQ sends messages."""
    return request.method == "POST"


def deletes(request: Request) -> bool:
    """Whether a request to SMQ deletes messages."""
    return request.method == "DELETE"


def receives(request: Request) -> bool:
    """Whether a request to SMQ receives messages."""
    return "numOfMessages" in request.query


def killed(world: World, kind: Callable[[Request], bool], number: int, fate: Fault) -> None:
    """Run the command, and kill it at the request of a kind with this number, which then gets this fault.

    Before each request all must be there.
    """
    requests: list[Request] = []
    complete: list[bool] = []
    with start("dead-letters", "redrive", environ=world.environ) as process:

        def strike(request: Request) -> Fault:
            complete.append(len(everything(world)) == MANY)
            requests.extend([request] if kind(request) else [])
            if len(requests) == number and kind(request):
                process.kill()
                process.wait()
                return fate
            return None

        world.smq.faults = Faults(rule=strike)
        process.communicate()
    assert process.returncode == -9
    assert all(complete)
    assert len(everything(world)) == MANY


DEATHS: Sequence[tuple[Callable[[Request], bool], int, Fault]] = (
    (receives, 1, None),  # hidden, and nobody knows the handles
    (sends, 1, Reset()),  # never sent
    (sends, 50, None),  # taken, and never deleted
    (deletes, 50, Reset()),  # the same
    (deletes, 50, None),  # deleted, and nobody knows
    (receives, 40, Lost()),
)


@pytest.fixture
def many(world: World) -> World:
    """5,000 dead letters."""
    give_up(world, *(dead_letter(url(number)) for number in range(MANY)))
    return world


def test_a_redrive_that_is_killed_repeatedly_loses_nothing(many: World) -> None:
    for kind, number, fate in DEATHS:
        killed(many, kind, number, fate)
    many.smq.faults = Faults()
    many.clock.advance(HIDDEN)
    with start("dead-letters", "redrive", "--json", environ=many.environ) as process:
        document, _ = process.communicate()
    assert (process.returncode, json.loads(document)["hidden"]) == (0, 0)
    assert many.smq.queue("dead-letters").messages() == []
    assert everything(many) == {url(number) for number in range(MANY)}


def test_an_interrupted_redrive_leaves_nothing_twice(world: World) -> None:
    """Ctrl-C comes during a send; the command deletes the sent messages before it ends."""
    give_up(world, *(dead_letter(url(number)) for number in range(100)))
    with start("dead-letters", "redrive", environ=world.environ) as process:

        def interrupt(_request: Request) -> None:
            process.send_signal(signal.SIGINT)

        world.smq.faults = Faults(rule=interrupt, where=sends)
        process.communicate()
    assert process.returncode == 2
    assert (world.smq.queue("backlog").counts().active, world.smq.queue("dead-letters").counts().active) == (16, 84)


def test_a_killed_redrive_leaves_at_most_a_batch_twice(many: World) -> None:
    killed(many, sends, 10, None)
    many.smq.faults = Faults()
    many.clock.advance(HIDDEN)
    with start("dead-letters", "redrive", environ=many.environ) as process:
        process.communicate()
    assert len(many.smq.queue("backlog").messages()) - MANY <= 16


def test_the_run_after_a_killed_one_reports_its_hidden_messages(many: World) -> None:
    killed(many, sends, 10, Reset())
    many.smq.faults = Faults()
    with start("dead-letters", "redrive", environ=many.environ) as process:
        _, errors = process.communicate()
    assert (process.returncode, errors.count("\n")) == (2, 1)
    assert "16 dead letters hidden" in errors
