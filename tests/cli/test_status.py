"""The line that says what a command waits for."""

from oss_cdn_refresh_cli.shared.status import State, line, lines

LONG = "https://www.example.com/a/long/way/down/to/the/picture.jpg"


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
