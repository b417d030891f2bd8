"""Faults of input and output end with one line and exit code 2, and without a traceback."""

import json
from pathlib import Path

import pytest
from command import run, start
from given_up import dead_letter, give_up, url
from world import World, event, record

from oss_cdn_refresh.transport.credentials import Credentials

FULL = Path("/dev/full")  # on Linux: whatever is written there finds no room
UNREADABLE = Path("/proc/self/mem")  # likewise: an I/O error for who reads it from its beginning

on_linux = pytest.mark.skipif(not (FULL.exists() and UNREADABLE.exists()), reason="there are no such files here")


def ended(world: World, *words: str, script: str, **environ: str) -> tuple[int, str, str]:
    """The exit code and the output of the command in a script."""
    with start(
        *words, environ={**world.environ, **environ}, through=("sh", "-c", script, "sh") if script else ()
    ) as process:
        output, errors = process.communicate()
    return process.returncode, output, errors


@on_linux
@pytest.mark.parametrize("count", [1, 300], ids=["when it ends", "while it writes"])
@pytest.mark.parametrize("words", [(), ("--json",)], ids=["table", "json"])
def test_a_full_disk_is_reported(world: World, words: tuple[str, ...], count: int) -> None:
    give_up(world, *(dead_letter(url(number)) for number in range(count)))
    code, _, errors = ended(world, "dead-letters", "list", *words, script=f'exec "$@" >{FULL}')
    assert (code, errors.count("\n"), "No space left on device" in errors) == (2, 1, True)
    assert world.smq.queue("dead-letters").counts().active == count


@pytest.mark.parametrize("words", [("dead-letters", "drop", "--yes"), ("--json", "backlog"), ("--help",)])
def test_a_closed_stdout_is_reported_before_anything_is_done(world: World, words: tuple[str, ...]) -> None:
    give_up(world, dead_letter(url(1)))
    code, _, errors = ended(world, *words, script='exec "$@" >&-')
    assert (code, errors.count("\n"), "stdout is closed" in errors) == (2, 1, True)
    assert len(world.dead_letters) == 1


NOBODY = {
    "closed": 'exec "$@" 2>&-',
    "full": f'exec "$@" 2>{FULL}',
    "both full": f'exec "$@" >{FULL} 2>{FULL}',
}


@on_linux
@pytest.mark.parametrize("script", NOBODY.values(), ids=NOBODY)
@pytest.mark.parametrize("words", [("dead-letters", "show", "NOBODY", "--json"), ("dead-letters",)], ids=len)
def test_a_closed_stderr_does_not_change_the_exit_code(world: World, words: tuple[str, ...], script: str) -> None:
    assert ended(world, *words, script=script)[0] == 2


def test_a_character_missing_in_the_encoding_is_escaped(world: World) -> None:
    give_up(world, event(record("\u4f60.jpg")).decode())
    found = ended(world, "dead-letters", "list", script='exec "$@"', PYTHONIOENCODING="iso-8859-1")
    assert (found[0], r"oss://my-site/\u4f60.jpg" in found[1], found[2]) == (1, True, "")


def test_a_deleted_working_directory_is_reported(world: World, tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    script = f'cd {tmp_path}/gone && rmdir {tmp_path}/gone && exec "$@"'
    code, output, errors = ended(world, "validate", "--json", script=script, REFRESH_CONFIG="config.yml")
    assert (code, errors.count("\n"), "working directory is gone" in errors) == (2, 1, True)
    assert "working directory is gone" in json.loads(output)["error"]


def test_an_absolute_path_needs_no_working_directory(world: World, tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    script = f'cd {tmp_path}/gone && rmdir {tmp_path}/gone && exec "$@"'
    assert ended(world, "validate", script=script)[0] == 0


@on_linux
def test_an_unreadable_file_is_reported(world: World) -> None:
    environ = {"FUNCTION_COMPUTE_ENDPOINT": "http://127.0.0.1:9"}
    result = run("invoke", str(UNREADABLE), "--json", environ=environ, clock=world.clock)
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "Input/output error" in json.loads(result.stdout)["error"]


@pytest.mark.parametrize(
    "words",
    [
        ("validate", "--key", "my-site/\udcff.jpg"),
        ("refresh", "oss://my-site/\udcff"),
        ("refresh", "--directory", "https://www.example.com/\udcff/"),
        ("dead-letters", "redrive", "--reason", "\udcff"),
        ("dead-letters", "drop", "--id", "A", "--id", "\udcff"),
        ("backlog", "--smq-endpoint", "http://\udcff"),
        ("--backlog-queue", "\udcff", "backlog"),
    ],
    ids=lambda words: words[0],
)
def test_arguments_that_are_not_utf_8_are_refused(world: World, words: tuple[str, ...]) -> None:
    result = run(*words, environ=world.environ, clock=world.clock)
    assert (result.exit_code, result.stderr.count("\n"), r"\udcff" in result.stderr) == (2, 1, True)
    assert "is not UTF-8" in result.stderr


def test_an_unexpected_exception_exits_with_2(world: World) -> None:
    """Python itself exits with 1, which would mean that something was found."""

    def broken() -> Credentials:
        raise ZeroDivisionError

    result = run("quota", "--json", environ=world.environ, clock=world.clock, credentials=broken)
    assert (result.exit_code, "ZeroDivisionError" in json.loads(result.stdout)["error"]) == (2, True)
    assert "Traceback" in result.stderr
