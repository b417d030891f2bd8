"""The line that says what a command waits for."""

import pytest

from oss_cdn_refresh_cli.shared.status import State, duration, line, lines, shortened_in_the_middle

LONG = "https://www.example.com/a/long/way/down/to/the/picture.jpg"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-1, "0 s"), (0.4, "0 s"), (59, "59 s"), (59.7, "1 min 0 s"), (890, "14 min 50 s"), (7_380, "2 h 3 min")],
)
def test_a_duration_is_short_and_has_units(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_a_long_url_keeps_its_beginning_and_its_end() -> None:
    assert shortened_in_the_middle(LONG, 31) == "https://www.exa…the/picture.jpg"
    assert shortened_in_the_middle(LONG, len(LONG)) == LONG


def test_some_urls_are_named_and_the_others_counted() -> None:
    assert line(State("Waiting", ["/a", "/b"], 12)) == "Waiting: /a, /b and 10 more"
    assert line(State("Waiting", ["/a", "/b"], 2)) == "Waiting: /a, /b"
    assert line(State("Asked")) == "Asked"


def test_on_a_terminal_each_url_has_a_line_that_fits() -> None:
    assert lines(State("Waiting", [LONG, "/b"], 12), 31) == [
        "Waiting:",
        "  https://www.ex…he/picture.jpg",
        "  /b",
        "  and 10 more",
    ]
    assert lines(State("Asked"), 31) == ["Asked"]


def test_control_characters_of_a_url_are_shown_as_escapes() -> None:
    assert line(State("Waiting", ["/\x1b[31m"], 1)) == r"Waiting: /\x1b[31m"
