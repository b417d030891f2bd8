"""The output for people and for scripts."""

import io
import json
import os
import pty
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any

import pytest
from command import start
from given_up import dead_letter, give_up, url
from world import World

from oss_cdn_refresh_cli.shared.bars import rate
from oss_cdn_refresh_cli.shared.output import Cell, Column, Kind, Output, counted, pretty, shortened, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain [bold]text[/]", "plain [bold]text[/]"),
        ("gr\u00fc\u00dfe \u4f60\u597d \U0001f600", "gr\u00fc\u00dfe \u4f60\u597d \U0001f600"),
        ("\x1b[31m\x07\x7f\x9b", r"\x1b[31m\x07\x7f\x9b"),
        ("a\r\nb\tc", r"a\r\nb\tc"),
        ("\u202eevil\u2066", r"\u202eevil\u2066"),
        ("\u2028\u200b\ud800", r"\u2028\u200b\ud800"),
    ],
)
def test_control_characters_are_shown_as_escapes(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_a_shortened_text_ends_with_an_ellipsis() -> None:
    assert shortened("abcdef", 4) == "abc…"


def test_a_table_is_aligned_and_takes_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    Output(json=False).table(
        ["key", Column("items", figures=True)], [("[red]a[/red]", 5), ("b", 1_000), (":smile:", None)]
    )
    lines = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert lines == ["key           items", "[red]a[/red]      5", "b             1,000", ":smile:"]


def test_long_lines_are_not_folded_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    Output(json=False).table(["key"], [("x" * 5_000,)])
    assert "x" * 5_000 in capsys.readouterr().out


def test_with_json_only_the_document_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    output = Output(json=True)
    output.say("hello")
    output.table(["a"], [["b"]])
    output.next_step("go on")
    output.document({"key": "\x1b\u4f60\ud800"})
    shown = capsys.readouterr()
    assert (json.loads(shown.out), shown.out.isascii(), shown.err) == ({"key": "\x1b\u4f60\ud800"}, True, "")


def test_without_json_no_document_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    Output(json=False).document({"a": 1})
    assert capsys.readouterr().out == ""


def test_an_error_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    Output(json=False).complain("a\nb\r\n  c\x1b")
    assert capsys.readouterr().err == "Error: a b c\\x1b\n"


def test_a_pipe_gets_no_progress_bar(world: World) -> None:
    give_up(world, *(dead_letter(url(number)) for number in range(40)))
    with start("dead-letters", "list", environ=world.environ) as process:
        _, errors = process.communicate()
    assert errors == ""


def test_a_terminal_gets_a_progress_bar_on_stderr(world: World) -> None:
    give_up(world, *(dead_letter(url(number)) for number in range(40)))
    master, slave = pty.openpty()
    with start("dead-letters", "list", environ={**world.environ, "TERM": "xterm"}, stderr=slave) as process:
        output, _ = process.communicate()
    os.close(slave)
    shown = os.read(master, 100_000).decode()
    os.close(master)
    assert ("Reading dead letters" in shown, "Reading dead letters" in output) == (True, False)


def test_json_that_is_nested_too_deeply_for_lines_is_written_in_one() -> None:
    nested: list[Any] = []
    for _ in range(sys.getrecursionlimit()):
        nested = [nested]
    assert pretty(nested) == "[" * (sys.getrecursionlimit() + 1) + "]" * (sys.getrecursionlimit() + 1)


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        """Yes."""
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal with colours, for stdout and stderr within `shown_in`."""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return Terminal()


@contextmanager
def shown_in(terminal: Terminal) -> Iterator[Output]:
    """An output that is written to a terminal."""
    with redirect_stdout(terminal), redirect_stderr(terminal):
        yield Output(json=False)


def test_a_terminal_gets_colours(terminal: Terminal) -> None:
    with shown_in(terminal) as output:
        output.table(["a"], [[Cell("none left", "red")]])
    assert "\x1b[31mnone left" in terminal.getvalue()


def test_no_color_is_respected(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    with shown_in(terminal) as output:
        output.table(["a"], [[Cell("none left", "red")]])
    assert "\x1b[31m" not in terminal.getvalue()


def test_a_pipe_gets_no_colours(capsys: pytest.CaptureFixture[str]) -> None:
    Output(json=False).table(["a"], [[Cell("none left", "red")]])
    assert "\x1b" not in capsys.readouterr().out


def test_a_table_fits_the_columns_of_the_terminal(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    with shown_in(terminal) as output:
        output.table([Column("url", kind=Kind.URL)], [["https://www.example.com/" + 80 * "a"]])
    assert [len(line) for line in terminal.getvalue().splitlines()[1:]] == [50]


def test_a_block_replaces_the_one_before_in_a_terminal(terminal: Terminal) -> None:
    with shown_in(terminal) as output:
        for number in range(2):
            output.begin_block("now")
            output.say(f"look {number}")
    assert terminal.getvalue().count("\x1b[2J") == 2


def test_a_line_that_is_written_verbatim_is_not_broken(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    with shown_in(terminal) as output:
        output.verbatim("x" * 120)
    assert "x" * 120 in terminal.getvalue()


def test_a_progress_bar_shows_its_rate_and_a_note(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    with shown_in(terminal) as output, output.progress("Asking the edge", 10) as step:
        step(3, "2 stale, 1 not compared")
    shown = terminal.getvalue()
    assert ("Asking the edge" in shown, "/s" in shown, "2 stale, 1 not compared" in shown) == (True, True, True)


@pytest.mark.parametrize(
    ("done", "seconds", "shown"),
    [(0, 1, ""), (3, 0, ""), (15, 10, "1.5/s"), (970, 10, "97/s"), (20_000, 1, "20,000/s")],
)
def test_a_rate_is_short(done: int, seconds: float, shown: str) -> None:
    assert rate(done, seconds) == shown


@pytest.mark.parametrize(
    ("count", "what", "shown"),
    [
        (1, "message", "1 message"),
        (0, "message", "0 messages"),
        (12_000, "URL", "12,000 URLs"),
        (2, "directory", "2 directories"),
        (2, "key", "2 keys"),
    ],
)
def test_a_count_has_the_right_plural(count: int, what: str, shown: str) -> None:
    assert counted(count, what) == shown
