"""The line that says what a command waits for."""

import pytest

from oss_cdn_refresh_cli.shared.status import duration, named, shortened_in_the_middle

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
    assert named([LONG, LONG, LONG], 12, 200).endswith(f"{LONG} and 9 more")
    assert named(["/a", "/b"], 2, 80) == "/a, /b"


@pytest.mark.parametrize("columns", [40, 60, 80, 120])
@pytest.mark.parametrize("count", [1, 2, 3, 1_000])
def test_the_urls_fit_the_columns(columns: int, count: int) -> None:
    assert len(named([LONG] * min(count, 3), count, columns)) <= columns
