"""What a shell completes: commands, options, and the reasons and ids of dead letters."""

import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import Result
from command import MACHINE, ROOT, run
from given_up import dead_letter, give_up, url
from world import World

from oss_cdn_refresh_box.wire.faults import Faults, Refusal
from oss_cdn_refresh_cli.cli import main
from oss_cdn_refresh_cli.operation import completing
from oss_cdn_refresh_cli.operation.operation import Operation

ENTRY = "import sys; sys.argv[0] = 'oss-cdn-refresh'; from oss_cdn_refresh_cli.cli import main; main()"


def completed(world: World, line: str, shell: str = "bash") -> Result:
    """What a shell gets for a line; the last word is completed."""
    last = line.rpartition(" ")[2] if shell == "fish" else str(len(line.split(" ")) - 1)
    words = {"COMP_WORDS": line, "COMP_CWORD": last}
    environ = {**world.environ, **words, "_OSS_CDN_REFRESH_COMPLETE": f"{shell}_complete"}
    return run(environ=environ, clock=world.clock)


def values(world: World, line: str) -> list[str]:
    """The completions of a line."""
    return [value.removeprefix("plain,") for value in completed(world, line).stdout.split()]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("oss-cdn-refresh do", ["doctor"]),
        ("oss-cdn-refresh dead-letters re", ["redrive"]),
        ("oss-cdn-refresh dead-letters list --reas", ["--reason"]),
        ("oss-cdn-refresh backlog --backlog", ["--backlog-queue"]),
        ("oss-cdn-refresh --smq-e", ["--smq-endpoint"]),
    ],
)
def test_commands_and_options_are_completed(world: World, line: str, expected: list[str]) -> None:
    assert values(world, line) == expected


@pytest.mark.parametrize("command", ["list", "drop", "redrive"])
def test_the_reasons_of_the_dead_letters_are_completed(world: World, command: str) -> None:
    give_up(world, dead_letter(url(1)), dead_letter(url(2), reason="InvalidDomain.Offline"), dead_letter(url(3)))
    assert values(world, f"oss-cdn-refresh dead-letters {command} --reason ") == [
        "Throttling.User",
        "InvalidDomain.Offline",
    ]


@pytest.mark.parametrize("words", ["show ", "drop --id ", "redrive --id "])
def test_the_ids_of_the_dead_letters_are_completed(world: World, words: str) -> None:
    ids = give_up(world, dead_letter(url(1)), dead_letter(url(2)))
    assert values(world, f"oss-cdn-refresh dead-letters {words}") == ids


def test_only_values_that_begin_with_the_word_are_offered(world: World) -> None:
    give_up(world, dead_letter(url(1)), dead_letter(url(2), reason="InvalidDomain.Offline"))
    assert values(world, "oss-cdn-refresh dead-letters list --reason Inv") == ["InvalidDomain.Offline"]


def test_fish_shows_the_reason_of_an_id(world: World) -> None:
    (identity,) = give_up(world, dead_letter(url(1)))
    shown = completed(world, "oss-cdn-refresh dead-letters show ", "fish").stdout
    assert shown == f"plain,{identity}\tThrottling.User {url(1)}\n"


def test_completion_hides_no_message(world: World) -> None:
    give_up(world, dead_letter(url(1)))
    values(world, "oss-cdn-refresh dead-letters list --reason ")
    assert world.smq.queue("dead-letters").counts().active == 1


@pytest.mark.parametrize("reason", ["$(reboot)", "a b", "a;b", "x\nplain,y", "`id`", "\x1b[31m"])
def test_a_reason_that_a_shell_would_interpret_is_not_offered(world: World, reason: str) -> None:
    give_up(world, dead_letter(url(1), reason=reason))
    assert values(world, "oss-cdn-refresh dead-letters list --reason ") == []


@pytest.mark.parametrize("fault", ["refused", "no queue", "no setting", "bad setting"])
def test_without_an_answer_there_are_no_values_and_no_error(world: World, fault: str) -> None:
    if fault == "refused":
        world.smq.faults = Faults(rule=lambda _request: Refusal(403, "AccessDenied"))
    else:
        names = {"no queue": "nowhere", "no setting": "", "bad setting": "dead-letters"}
        world.environ["DEAD_LETTER_QUEUE"] = names[fault]
        world.environ |= {"CDN_ENDPOINT": "nonsense"} if fault == "bad setting" else {}
    result = completed(world, "oss-cdn-refresh dead-letters list --reason ")
    assert (result.stdout.strip(), result.stderr, result.exit_code) == ("", "", 0)


def test_a_service_that_is_silent_does_not_keep_the_shell_waiting(world: World) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        world.environ["SMQ_ENDPOINT"] = f"http://127.0.0.1:{silent.getsockname()[1]}"
        began = time.monotonic()
        result = completed(world, "oss-cdn-refresh dead-letters list --reason ")
    assert (result.stdout.strip(), result.stderr, time.monotonic() - began < 4) == ("", "", True)


def test_a_value_that_takes_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(completing, "MOST_SECONDS", 0.1)
    ended = threading.Event()

    def slow(_operation: Operation) -> list[tuple[str, str]]:
        ended.wait(20)
        return [("late", "")]

    command = main.get_command(click.Context(main), "quota")
    assert command
    began = time.monotonic()
    offered = completing.live(slow)(click.Context(command), command.params[0], "")
    took = time.monotonic() - began
    ended.set()
    assert (offered, took < 10) == ([], True)


def test_the_completion_of_a_command_imports_no_command() -> None:
    imported = "print([name for name in sys.modules if '.commands.' in name])"
    done = _process("-c", f"{ENTRY.removesuffix('; main()')}\ntry: main()\nexcept SystemExit: {imported}")
    assert done.splitlines() == ["plain,quota", "[]"]


def test_bash_completes_with_the_script_of_the_page(tmp_path: Path) -> None:
    command = tmp_path / "oss-cdn-refresh"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{ENTRY}" "$@"\n')
    command.chmod(0o755)
    script = (
        'eval "$(_OSS_CDN_REFRESH_COMPLETE=bash_source oss-cdn-refresh)"; COMP_WORDS=(oss-cdn-refresh inv); '
        'COMP_CWORD=1; _oss_cdn_refresh_completion oss-cdn-refresh inv oss-cdn-refresh; echo "${COMPREPLY[@]}"'
    )
    done = subprocess.run(  # noqa: S603 - our own command
        ["/bin/bash", "-c", script],
        env={**_environ(), "PATH": f"{tmp_path}:{MACHINE['PATH']}"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout.split(), done.stderr) == (["inventory", "invoke"], "")


def _environ() -> dict[str, Any]:
    return {**MACHINE, "PYTHONPATH": f"{ROOT / 'functions'}:{ROOT}", "LC_ALL": "C.UTF-8"}


def _process(*words: str) -> str:
    asked = {"_OSS_CDN_REFRESH_COMPLETE": "bash_complete", "COMP_WORDS": "oss-cdn-refresh qu", "COMP_CWORD": "1"}
    return subprocess.run(  # noqa: S603 - our own command
        [sys.executable, *words], env={**_environ(), **asked}, capture_output=True, text=True, check=True
    ).stdout
