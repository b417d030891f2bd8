"""`--watch` looks again and again until Ctrl-C."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import Result
from command import run
from given_up import url
from world import World, backlog_record

from oss_cdn_refresh_box.cdn.ledger import QUOTA
from oss_cdn_refresh_box.smq import Queue
from oss_cdn_refresh_box.wire.faults import Faults, Refusal

Watch = Callable[..., Result]


@pytest.fixture
def watch(world: World, monkeypatch: pytest.MonkeyPatch) -> Watch:
    """Runs the command, with what happens after each look; Ctrl-C comes after the last one."""
    slept: list[float] = []

    def call(*words: str, between: tuple[Callable[[], Any], ...] = ()) -> Result:
        changes = iter(between)

        def sleep(seconds: float) -> None:
            slept.append(seconds)
            world.clock.advance(seconds)
            change = next(changes, None)
            if change is None:
                raise KeyboardInterrupt
            change()

        monkeypatch.setattr(world.clock, "sleep", sleep)
        result = run(*words, environ=world.environ, clock=world.clock)
        result.slept = slept  # type: ignore[attr-defined]
        return result

    return call


def send(queue: Queue) -> None:
    """Put a message into the backlog."""
    queue.send(json.dumps(backlog_record(url(1))), 0)


def test_with_json_each_look_is_a_document_in_one_line(world: World, watch: Watch) -> None:
    result = watch("backlog", "--watch", "--json", between=(lambda: send(world.smq.queue("backlog")),))
    assert [json.loads(line)["active"] for line in result.stdout.splitlines()] == [0, 1]


@pytest.mark.parametrize(("words", "seconds"), [(("--watch",), 10), (("--watch", "3"), 3), (("--watch=2.5",), 2.5)])
def test_the_time_between_two_looks_can_be_chosen(watch: Watch, words: tuple[str, ...], seconds: float) -> None:
    result = watch("backlog", *words, between=(lambda: None,))
    assert result.slept == [seconds, seconds]  # type: ignore[attr-defined]


def test_the_exit_code_is_that_of_the_last_look(world: World, watch: Watch) -> None:
    queue = world.smq.queue("backlog")
    send(queue)
    assert watch("backlog", "--watch").exit_code == 1
    assert watch("backlog", "--watch", between=(lambda: queue.delete(queue.receive(1)[0].receipt),)).exit_code == 0


def test_without_a_terminal_each_look_is_a_block_with_its_time(watch: Watch) -> None:
    result = watch("backlog", "--watch", between=(lambda: None,))
    headings = [line for line in result.stdout.splitlines() if "until Ctrl-C" in line]
    assert headings == [f"22 Nov 12:00:{second}, every 10 s, until Ctrl-C" for second in ("00", "10")]
    assert "\x1b" not in result.stdout


def test_the_quota_is_watched(world: World, watch: Watch) -> None:
    def use_up() -> None:
        world.cdn.quota = QUOTA._replace(urls=0)

    result = watch("quota", "--watch", between=(use_up,))
    assert (result.stdout.count("of a day"), "Used up: URLs." in result.stdout, result.exit_code) == (2, True, 1)


def test_a_look_that_fails_is_reported_and_the_next_one_follows(world: World, watch: Watch) -> None:
    def refuse() -> None:
        world.smq.faults = Faults(rule=lambda _request: Refusal(403, "AccessDenied"))

    def answer() -> None:
        world.smq.faults = Faults()

    result = watch("backlog", "--watch", "--json", between=(refuse, answer))
    documents = [json.loads(line) for line in result.stdout.splitlines()]
    assert [("error" in document) for document in documents] == [False, True, False]
    assert (result.stderr.count("AccessDenied"), result.exit_code) == (1, 0)


def test_a_first_look_that_fails_ends_the_command(world: World, watch: Watch) -> None:
    world.environ["BACKLOG_QUEUE"] = ""
    result = watch("backlog", "--watch", between=(lambda: None,))
    assert (result.exit_code, "BACKLOG_QUEUE" in result.stderr, result.slept) == (2, True, [])  # type: ignore[attr-defined]


@pytest.mark.parametrize("value", ["0", "nan", "often"])
def test_a_wrong_time_is_refused(world: World, value: str) -> None:
    result = run("backlog", f"--watch={value}", environ=world.environ, clock=world.clock)
    assert (result.exit_code, "--watch" in result.stderr) == (2, True)
