"""The time of one invocation, and the part of it for waiting."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oss_cdn_refresh.model.effects import Effects
from oss_cdn_refresh.model.time_budget import CallBudget, TimeBudget
from oss_cdn_refresh_box.clock import Clock


def longest(_low: float, high: float) -> float:
    return high


def patience(clock: Clock, timeout: float = 60.0, uniform: object = longest) -> TimeBudget:
    return TimeBudget(timeout, Effects(clock.now, clock.now, clock.advance, uniform))  # type: ignore[arg-type]


@pytest.mark.parametrize("timeout", [2.0, 3.0, 10.0, 60.0, 300.0, 86_400.0])
def test_the_handler_returns_at_least_a_second_before_the_timeout(clock: Clock, timeout: float) -> None:
    assert patience(clock, timeout).left() <= timeout - 1


@pytest.mark.parametrize("timeout", [0.5, 1.0, 1.5])
def test_half_of_a_very_short_timeout_is_used(clock: Clock, timeout: float) -> None:
    assert 0 < patience(clock, timeout).left() < timeout


@pytest.mark.parametrize("timeout", [1.0, 3.0, 10.0, 60.0, 300.0])
def test_calls_end_early_enough_to_store_items(clock: Clock, timeout: float) -> None:
    mine = patience(clock, timeout)
    assert 0 < mine.left_for_calls() < mine.left()


@pytest.mark.parametrize(("reserved", "left"), [(0, 49), (5, 49), (20, 39), (40, 19), (44, 15), (500, 14.75)])
def test_calls_end_earlier_if_more_has_to_be_stored_but_keep_a_quarter(
    clock: Clock, reserved: float, left: float
) -> None:
    mine = patience(clock, 60.0)
    mine.reserve(reserved)
    assert mine.left_for_calls() == pytest.approx(left)


def test_a_smaller_reserve_gives_time_back_to_the_calls(clock: Clock) -> None:
    mine = patience(clock, 60.0)
    before = mine.left_for_calls()
    mine.reserve(40)
    mine.reserve(0)
    assert mine.left_for_calls() == before


def test_pauses_of_the_queues_last_three_seconds_in_all_and_take_none_from_the_calls(clock: Clock) -> None:
    mine = patience(clock)
    for tries in range(1, 20):
        mine.back_off_storing(tries)
    assert clock.moved == pytest.approx(3)
    assert mine.back_off(1, mine.left_for_calls(), at_least=10)


def test_no_pause_of_a_queue_is_longer_than_the_time_that_is_left(clock: Clock) -> None:
    mine = patience(clock, 3.0)
    clock.advance(mine.left() - 0.3)
    mine.back_off_storing(1)
    assert mine.left() == pytest.approx(0.3)


def test_time_before_the_first_call_counts(clock: Clock) -> None:
    mine = patience(clock, 60.0)
    whole, for_calls = mine.left(), mine.left_for_calls()
    clock.advance(20)
    assert (mine.left(), mine.left_for_calls()) == pytest.approx((whole - 20, for_calls - 20))


def test_no_call_is_begun_when_its_time_is_up(clock: Clock) -> None:
    mine = patience(clock)
    assert mine.rest(0)
    clock.advance(mine.left_for_calls() - 0.01)
    assert not mine.rest(0)


def test_rest_sleeps_for_the_given_seconds(clock: Clock) -> None:
    assert patience(clock).rest(0.75)
    assert clock.moved == 0.75


def test_rest_does_not_sleep_if_no_time_is_left_for_a_call(clock: Clock) -> None:
    mine = patience(clock)
    assert not mine.rest(mine.left_for_calls())
    assert clock.moved == 0


def test_waiting_grows_exponentially_with_full_jitter(clock: Clock) -> None:
    asked: list[tuple[float, float]] = []

    def asking(low: float, high: float) -> float:
        asked.append((low, high))
        return low

    mine = patience(clock, uniform=asking)
    for tries in range(1, 8):
        assert mine.back_off(tries, mine.left_for_calls())
    lows, highs = zip(*asked, strict=True)
    assert set(lows) == {0}
    assert highs[:4] == pytest.approx((highs[0], 2 * highs[0], 4 * highs[0], 8 * highs[0]))
    assert list(highs) == sorted(highs)
    assert clock.moved == 0


def test_an_invocation_waits_ten_seconds_in_all(clock: Clock) -> None:
    mine = patience(clock, 300.0)
    tries = 1
    while mine.back_off(tries, mine.left_for_calls()):
        tries += 1
    assert clock.moved == pytest.approx(10)
    assert not mine.back_off(1, mine.left_for_calls())
    assert clock.moved == pytest.approx(10)


def test_a_wait_that_the_peer_asks_for_is_kept(clock: Clock) -> None:
    assert patience(clock).back_off(1, 60.0, at_least=7.5)
    assert clock.moved == 7.5


@pytest.mark.parametrize("wish", [10.1, 60.0, 1e9, float("inf")])
def test_a_requested_wait_longer_than_the_limit_is_not_begun(clock: Clock, wish: float) -> None:
    assert not patience(clock).back_off(1, 1e9, at_least=wish)
    assert clock.moved == 0


def test_requested_waits_count_towards_the_ten_seconds(clock: Clock) -> None:
    mine = patience(clock)
    assert mine.back_off(1, 60.0, at_least=6)
    assert not mine.back_off(2, 60.0, at_least=6)
    assert clock.moved == 6


@pytest.mark.parametrize("left", [-1.0, 0.0, 0.1, 2.9])
def test_no_wait_is_longer_than_the_time_that_is_left(clock: Clock, left: float) -> None:
    assert not patience(clock).back_off(1, left, at_least=3)
    assert clock.moved == 0


@given(
    st.floats(0.01, 400),
    st.lists(st.tuples(st.integers(1, 10_000), st.floats(0, 20)), max_size=40),
    st.floats(0, 1),
)
def test_no_series_of_waits_exceeds_ten_seconds_or_the_time(
    timeout: float, waits: list[tuple[int, float]], share: float
) -> None:
    clock = Clock(0.0)
    mine = patience(clock, timeout, lambda low, high: low + share * (high - low))
    for tries, wish in waits:
        before = clock.moved
        waited = mine.back_off(tries, mine.left_for_calls(), wish)
        assert clock.moved - before >= wish - 1e-9 if waited else clock.moved == before
    assert clock.moved <= 10 + 1e-6
    assert clock.moved <= timeout
    if clock.moved:
        assert mine.left_for_calls() > 0


def test_a_budget_allows_its_number_of_calls() -> None:
    budget = CallBudget(3)
    assert [budget.take() for _ in range(5)] == [True, True, True, False, False]


def test_a_budget_too_small_for_all_calls_gives_none() -> None:
    budget = CallBudget(3)
    assert not budget.take(4)
    assert budget.left == 3


def test_calls_given_back_never_raise_a_budget_above_its_start() -> None:
    budget = CallBudget(3)
    budget.take(2)
    for _ in range(9):
        budget.give_back()
    assert budget.left == 3
