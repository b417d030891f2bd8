"""How long an item stays in the backlog."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from world import NOON

from oss_cdn_refresh.model.outcome import Until
from oss_cdn_refresh.queueing.delays import delay

LONGEST = 87_600  # from 00:00 to the latest return after the next reset
MIDNIGHT = NOON - 12 * 3_600  # in UTC+8


def lowest(low: float, _high: float) -> float:
    return low


def highest(_low: float, high: float) -> float:
    return high


def transient(attempts: int, at_least: float = 0.0) -> int:
    return delay(Until.RECOVERY, attempts, at_least, NOON, lowest)


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(0, 60), (1, 120), (2, 240), (3, 480), (4, 960), (5, 1_920), (6, 3_600), (9, 3_600)]
)
def test_a_transient_failure_waits_a_minute_doubled_with_each_attempt_up_to_an_hour(
    attempts: int, seconds: int
) -> None:
    assert transient(attempts) == seconds


@pytest.mark.parametrize("attempts", [0, 3, 9])
def test_the_jitter_of_a_transient_failure_only_adds_time(attempts: int) -> None:
    assert delay(Until.RECOVERY, attempts, 0.0, NOON, highest) > transient(attempts)


def test_a_longer_delay_that_the_cdn_asks_for_is_used() -> None:
    assert transient(0, at_least=61.2) == 62
    assert transient(0, at_least=59.0) == 60


@pytest.mark.parametrize(("at_least", "seconds"), [(0.0, 60), (60.0, 60), (120.0, 120), (180.5, 181)])
def test_an_item_above_the_rate_limit_waits_until_its_reserved_minute(at_least: float, seconds: int) -> None:
    assert delay(Until.NEXT_MINUTE, 9, at_least, NOON, highest) == seconds


def to_reset(now: float, *, most: bool = False) -> float:
    """When an item comes back, in seconds after the next 00:00 UTC+8."""
    return now + delay(Until.RESET, 0, 0.0, now, highest if most else lowest) - (MIDNIGHT + 86_400)


@pytest.mark.parametrize("hour", [0.5, 1, 8, 12, 16, 23.999])
def test_an_item_without_daily_quota_waits_until_five_to_twenty_past_midnight(hour: float) -> None:
    assert to_reset(MIDNIGHT + hour * 3_600) == pytest.approx(300, abs=1)
    assert to_reset(MIDNIGHT + hour * 3_600, most=True) == pytest.approx(300 + 900, abs=1)


@pytest.mark.parametrize("seconds", [0, 1, 299, 1_799])
def test_a_daily_quota_used_up_in_the_first_half_hour_waits_ten_minutes(seconds: int) -> None:
    assert delay(Until.RESET, 0, 0.0, MIDNIGHT + seconds, highest) == 600


def test_the_day_of_the_quota_ends_at_midnight_in_china_not_in_utc() -> None:
    just_before, utc_midnight = MIDNIGHT - 1, MIDNIGHT + 8 * 3_600
    assert delay(Until.RESET, 0, 0.0, just_before, lowest) == 301
    assert delay(Until.RESET, 0, 0.0, utc_midnight, lowest) == 16 * 3_600 + 300


@pytest.mark.parametrize("attempts", [0, 3, 9])
@pytest.mark.parametrize(("uniform", "seconds"), [(lowest, 3_600), (highest, 4_500)], ids=["lowest", "highest"])
def test_items_of_a_refused_account_wait_60_to_75_minutes(attempts: int, uniform: object, seconds: int) -> None:
    assert delay(Until.PERSON, attempts, 0.0, NOON, uniform) == seconds  # type: ignore[arg-type]


def test_a_batched_item_has_no_delay() -> None:
    assert delay(Until.TRIGGER, 3, 0.0, MIDNIGHT, highest) == 0


@pytest.mark.parametrize("seconds", [0, 900])
def test_an_item_whose_task_failed_waits_as_long_as_its_outcome_says(seconds: int) -> None:
    assert delay(Until.RESUBMISSION, 3, float(seconds), MIDNIGHT, highest) == seconds


@given(
    st.sampled_from(Until),
    st.integers(0, 10**9),
    st.floats(0, 1e300),
    st.floats(0, 4e9),
    st.sampled_from([lowest, highest]),
)
def test_a_delay_is_a_whole_number_of_seconds_and_bounded(
    until: Until, attempts: int, at_least: float, now: float, uniform: object
) -> None:
    seconds = delay(until, attempts, at_least, now, uniform)  # type: ignore[arg-type]
    assert isinstance(seconds, int)
    assert (0 if until in (Until.TRIGGER, Until.RESUBMISSION) else 60) <= seconds <= LONGEST
