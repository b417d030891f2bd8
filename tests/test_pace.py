"""How much of each domain's minute an instance has used up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.clock import Clock
from oss_cdn_refresh.items import DIRECTORY, FILE, IGNORE_PARAMS, Item, ObjectType
from oss_cdn_refresh.pace import Pace

SHARE = 10  # calls a second of an instance


@pytest.fixture
def pace(clock: Clock) -> Pace:
    return Pace(clock.now)


def items(count: int, domain: str = "a.com", object_type: ObjectType = FILE) -> list[Item]:
    return [Item(object_type, f"https://{domain}/{number}/") for number in range(count)]


def waits(pace: Pace, some: list[Item], limit: int = 10, *, earlier: bool = False) -> list[int]:
    """The minutes that each of some items has to wait, all of them today's or all of an earlier day."""
    loads = pace.loads(some, limit, set(some) if earlier else ())
    minutes = {item: minute for minute, load in loads.items() for item in load}
    return [minutes[item] for item in some]


def test_a_few_calls_go_out_at_once(pace: Pace) -> None:
    for _ in range(SHARE):
        assert pace.until_next_call(SHARE) == 0
        pace.called()


def test_a_call_too_many_for_the_second_waits_until_the_first_of_it_is_a_second_old(pace: Pace, clock: Clock) -> None:
    for _ in range(SHARE):
        pace.called()
        clock.advance(0.01)
    assert pace.until_next_call(SHARE) == pytest.approx(1 - 0.01 * SHARE)
    clock.advance(1)
    assert pace.until_next_call(SHARE) == 0


@given(st.lists(st.floats(0, 0.5), max_size=60))
def test_no_second_has_more_calls_than_an_instances_share(pauses: list[float]) -> None:
    clock = Clock(0.0)
    pace = Pace(clock.now)
    calls: list[float] = []
    for pause in pauses:
        clock.advance(pause)
        clock.advance(pace.until_next_call(SHARE))
        pace.called()
        calls.append(clock.now())
    assert all(later - earlier > 0.999_999 for earlier, later in zip(calls, calls[SHARE:], strict=False))


def test_without_a_share_no_call_waits(pace: Pace) -> None:
    for _ in range(100):
        assert pace.until_next_call(0) == 0
        pace.called()


def test_what_fits_into_a_minute_does_not_wait(pace: Pace) -> None:
    assert waits(pace, items(10)) == [0] * 10


def test_the_nth_load_above_the_limit_waits_for_n_minutes(pace: Pace) -> None:
    assert waits(pace, items(35)) == [0] * 10 + [1] * 10 + [2] * 10 + [3] * 5


def test_what_was_sent_in_the_last_minute_counts(pace: Pace) -> None:
    pace.sent(items(7))
    assert waits(pace, items(15)) == [0] * 3 + [1] * 10 + [2] * 2


def test_a_full_minute_lets_nothing_through(pace: Pace) -> None:
    pace.sent(items(10))
    assert waits(pace, items(2)) == [1, 1]


def test_more_than_the_limit_in_a_minute_does_not_add_minutes(pace: Pace) -> None:
    """Others may have raised or lowered the limit in between."""
    pace.sent(items(25))
    assert waits(pace, items(12)) == [1] * 10 + [2] * 2


def test_a_minute_passes(pace: Pace, clock: Clock) -> None:
    pace.sent(items(10))
    clock.advance(59.9)
    assert waits(pace, items(1)) == [1]
    clock.advance(0.2)
    assert waits(pace, items(1)) == [0]


def test_the_minute_slides(pace: Pace, clock: Clock) -> None:
    pace.sent(items(4))
    clock.advance(40)
    pace.sent(items(6))
    clock.advance(30)
    assert waits(pace, items(5)) == [0] * 4 + [1]


def test_each_domain_has_its_own_minute(pace: Pace) -> None:
    pace.sent(items(10))
    assert waits(pace, items(2, "b.com") + items(2)) == [0, 0, 1, 1]


def test_directories_have_a_hundred_a_minute_of_their_own(pace: Pace) -> None:
    assert waits(pace, items(10) + items(101, object_type=DIRECTORY)) == [0] * 110 + [1]


def test_ignore_params_items_count_as_urls(pace: Pace) -> None:
    assert waits(pace, items(8) + items(4, object_type=IGNORE_PARAMS)) == [0] * 10 + [1] * 2


def test_asking_for_the_pace_uses_none_of_it_up(pace: Pace) -> None:
    waits(pace, items(10))
    assert waits(pace, items(10)) == [0] * 10


@given(st.integers(1, 20), st.integers(0, 60), st.integers(0, 60))
def test_no_minute_gets_more_than_the_limit(limit: int, before: int, count: int) -> None:
    pace = Pace(Clock(0.0).now)
    pace.sent(items(before))
    found = waits(pace, items(count), limit)
    assert found == sorted(found)
    assert found.count(0) <= max(0, limit - before)
    assert all(found.count(minute) <= limit for minute in found)


def test_room_that_comes_within_two_seconds_is_worth_waiting_for(pace: Pace, clock: Clock) -> None:
    pace.sent(items(10))
    clock.advance(57)
    assert pace.until_room(items(1), 10) == 0
    clock.advance(1.5)
    assert pace.until_room(items(1), 10) == pytest.approx(1.5)
    clock.advance(1.5)
    assert pace.until_room(items(1), 10) == 0
    assert waits(pace, items(1)) == [0]


def test_nobody_waits_for_room_that_is_not_needed(pace: Pace, clock: Clock) -> None:
    pace.sent(items(9))
    clock.advance(59)
    assert pace.until_room(items(1), 10) == 0
    assert pace.until_room(items(1, "b.com"), 10) == 0
    assert pace.until_room(items(2), 10) == pytest.approx(1)


def test_a_domain_without_calls_has_all_the_room_that_it_gets(pace: Pace) -> None:
    pace.sent(items(1))
    assert pace.until_room(items(11, "b.com"), 10) == 0


# Today's changes and an earlier day's


def test_an_earlier_day_leaves_the_room_that_todays_were_promised(pace: Pace, clock: Clock) -> None:
    pace.sent(items(10))
    clock.advance(30)
    assert waits(pace, items(4)) == [1] * 4
    clock.advance(30)
    assert waits(pace, items(10, "a.com"), earlier=True) == [0] * 6 + [1] * 4


def test_what_was_promised_is_kept_until_it_is_late(pace: Pace, clock: Clock) -> None:
    pace.sent(items(10))
    waits(pace, items(4))
    clock.advance(89)
    assert waits(pace, items(10), earlier=True) == [0] * 6 + [1] * 4
    clock.advance(2)
    assert waits(pace, items(10), earlier=True) == [0] * 10


def test_a_promise_of_a_later_minute_is_no_obstacle_now(pace: Pace, clock: Clock) -> None:
    pace.sent(items(10))
    waits(pace, items(30))
    clock.advance(151)
    assert waits(pace, items(10), earlier=True) == [1] * 10
    clock.advance(60)
    assert waits(pace, items(10), earlier=True) == [0] * 10


def test_each_minute_is_promised_no_more_than_was_put_off_to_it(pace: Pace, clock: Clock) -> None:
    pace.sent(items(10))
    waits(pace, items(13))
    clock.advance(100)
    assert waits(pace, items(10), earlier=True) == [0] * 7 + [1] * 3


def test_todays_go_ahead_of_an_earlier_days_in_the_same_event(pace: Pace) -> None:
    some = items(14)
    assert pace.loads(some, 10, earlier=set(some[:6])) == {0: some[6:] + some[:2], 1: some[2:6]}


def test_todays_do_not_wait_for_what_others_of_today_were_promised(pace: Pace) -> None:
    pace.sent(items(10))
    waits(pace, items(10))
    assert waits(pace, items(25)) == [1] * 10 + [2] * 10 + [3] * 5
