"""An unknown reason is refused with the existing reasons, before any change."""

import json
from pathlib import Path

import pytest
from click.testing import Result
from command import run
from given_up import dead_letter, give_up, url
from world import World

COMMANDS = (("list",), ("redrive",), ("redrive", "--dry-run"), ("drop",), ("drop", "--yes"))
each_command = pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
TYPOS = ("typo", "throttling.user", "Throttling", "Throttling.User ", "InvalidItem,Throttling.User", "*", "")


def call(world: World, *words: str) -> Result:
    """`dead-letters …` in this process, of a queue with two reasons."""
    give_up(world, dead_letter(url(1)), dead_letter(url(2)), dead_letter(url(3), reason="InvalidItem"))
    return run("dead-letters", *words, environ=world.environ, clock=world.clock)


@each_command
@pytest.mark.parametrize("typo", TYPOS)
def test_an_unknown_reason_of_dead_letters_is_refused_with_the_known_reasons(
    world: World, words: tuple[str, ...], typo: str
) -> None:
    result = call(world, *words, "--reason", typo)
    assert result.exit_code == 2
    assert "Throttling.User (2), InvalidItem (1)" in result.stderr
    assert (len(world.dead_letters), world.backlog) == (3, [])


@each_command
def test_the_known_reasons_are_in_the_json_document(world: World, words: tuple[str, ...]) -> None:
    found = json.loads(call(world, *words, "--reason", "typo", "--json").stdout)
    assert "Throttling.User (2)" in str(found.get("error") or found.get("errors"))


@each_command
def test_any_reason_is_accepted_for_an_empty_queue(world: World, words: tuple[str, ...]) -> None:
    result = run("dead-letters", *words, "--reason", "Throttling.User", environ=world.environ, clock=world.clock)
    assert (result.exit_code, result.stderr) == (0, "")


def test_an_unknown_reason_of_log_lines_is_refused_with_the_known_reasons(world: World, tmp_path: Path) -> None:
    line = {"event": "unaccounted", "reason": "QueueNotExist", "url": url(1), "object_type": "File"}
    file = tmp_path / "log"
    file.write_text(json.dumps(line) + "\n")
    words = ("dead-letters", "redrive", "--from-logs", str(file), "--reason", "typo")
    result = run(*words, environ=world.environ, clock=world.clock)
    assert (result.exit_code, world.backlog) == (2, [])
    assert "QueueNotExist (1)" in result.stderr
