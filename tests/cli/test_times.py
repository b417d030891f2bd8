"""Times for people: local and relative."""

import os
import time
from collections.abc import Iterator

import pytest
from world import NOON

from oss_cdn_refresh_cli.shared import times

HOUR, DAY = 3_600, 86_400


@pytest.fixture
def new_york() -> Iterator[None]:
    """A time zone that is behind UTC."""
    before = os.environ["TZ"]
    os.environ["TZ"] = "EST5"
    time.tzset()
    yield
    os.environ["TZ"] = before
    time.tzset()


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "now"),
        (0.2, "in 1 s"),
        (-0.2, "now"),
        (59, "in 59 s"),
        (60, "in 1 min"),
        (61, "in 2 min"),
        (-119, "1 min ago"),
        (59 * 60 + 1, "in 1 h"),
        (-3 * HOUR - 59, "3 h ago"),
        (-47 * HOUR, "47 h ago"),
        (2 * DAY - 1, "in 2 d"),
        (-2 * DAY, "2 d ago"),
        (7 * DAY, "in 7 d"),
        (-4_000 * DAY, "4,000 d ago"),
    ],
)
def test_a_distance_has_one_unit_and_rounds_a_wait_up(seconds: float, shown: str) -> None:
    assert times.distance(seconds) == shown


def test_a_moment_is_local_and_relative() -> None:
    assert times.moment(NOON - 3 * HOUR, NOON) == "22 Nov 09:00, 3 h ago"


def test_the_end_of_a_wait_is_rounded_up_to_the_minute() -> None:
    assert times.moment(NOON + 61, NOON) == "22 Nov 12:02, in 2 min"


@pytest.mark.usefixtures("new_york")
def test_a_moment_is_in_the_time_zone_of_the_machine() -> None:
    assert times.moment(NOON + 720, NOON) == "21 Nov 23:12, in 12 min"


@pytest.mark.usefixtures("new_york")
def test_a_reset_is_named_in_utc_8_and_in_local_time() -> None:
    assert times.reset(NOON + 12 * HOUR, NOON) == "00:00 UTC+8 (22 Nov 11:00 local time, in 12 h)"


def test_a_time_that_is_far_away_has_its_year() -> None:
    assert times.local(NOON - 365 * DAY, NOON) == "22 Nov 2025 12:00"


def test_the_time_of_a_message_is_read() -> None:
    assert times.told("2026-11-22T03:48:00Z", NOON) == "22 Nov 11:48, 12 min ago"


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01T00:00:00Z"])
def test_a_text_that_is_no_time_is_shown_as_it_is(text: str) -> None:
    assert times.told(text, NOON) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-1, "0 s"), (0.4, "0 s"), (59, "59 s"), (59.7, "1 min 0 s"), (890, "14 min 50 s"), (7_380, "2 h 3 min")],
)
def test_a_duration_is_short_and_has_units(seconds: float, text: str) -> None:
    assert times.duration(seconds) == text
