"""The rate limit: how much of each domain's minute an instance has used."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from world import an_item

from oss_cdn_refresh.delivery.rate_limit import RateLimit
from oss_cdn_refresh.model.history import History
from oss_cdn_refresh.model.item import DIRECTORY, FILE, IGNORE_PARAMS, Item, ObjectType
from oss_cdn_refresh.model.limits import Limits
from oss_cdn_refresh.products.cdn import LIMITS
from oss_cdn_refresh_box.clock import Clock

SHARE = 10  # calls a second for one instance


@pytest.fixture
def pace(clock: Clock) -> RateLimit:
    return RateLimit(clock.now)


def at_most(urls: int) -> Limits:
    """The limits of the CDN, with this many URLs a minute for each domain."""
    return LIMITS._replace(urls_per_minute_per_domain=urls)


def items(count: int, domain: str = "a.com", object_type: ObjectType = FILE) -> list[Item]:
    return [an_item(object_type, f"https://{domain}/{number}/") for number in range(count)]


MIDNIGHT = 1_000.0
PUT_OFF = ({"at": "2026-11-22T03:00:00Z", "reason": "Pace"},)


def seen(*, earlier: bool = False, back: bool = False) -> History:
    """The history of an item first seen today or, with `earlier`, the day before; `back`: it was deferred before."""
    return History(MIDNIGHT - 1 if earlier else MIDNIGHT, refusals=PUT_OFF if back else ())


def waits(
    pace: RateLimit, some: list[Item], limit: int = 10, *, earlier: bool = False, back: bool = False
) -> list[int]:
    """How many minutes each item has to wait."""
    loads = pace.loads(dict.fromkeys(some, seen(earlier=earlier, back=back)), at_most(limit), MIDNIGHT)
    minutes = {item: minute for minute, load in loads.items() for item in load}
    return [minutes[item] for item in some]


def test_a_few_calls_go_out_at_once(pace: RateLimit) -> None:
    for _ in range(SHARE):
        assert pace.until_next_call(SHARE) == 0
        pace.called()


def test_a_call_above_the_limit_waits_until_the_first_call_of_the_second_is_a_second_old(
    pace: RateLimit, clock: Clock
) -> None:
    for _ in range(SHARE):
        pace.called()
        clock.advance(0.01)
    assert pace.until_next_call(SHARE) == pytest.approx(1 - 0.01 * SHARE)
    clock.advance(1)
    assert pace.until_next_call(SHARE) == 0


@given(st.lists(st.floats(0, 0.5), max_size=60))
def test_no_second_has_more_calls_than_the_limit_of_an_instance(pauses: list[float]) -> None:
    clock = Clock(0.0)
    pace = RateLimit(clock.now)
    calls: list[float] = []
    for pause in pauses:
        clock.advance(pause)
        clock.advance(pace.until_next_call(SHARE))
        pace.called()
        calls.append(clock.now())
    assert all(later - earlier > 0.999_999 for earlier, later in zip(calls, calls[SHARE:], strict=False))


def test_without_a_limit_no_call_waits(pace: RateLimit) -> None:
    for _ in range(100):
        assert pace.until_next_call(0) == 0
        pace.called()


def test_items_within_the_limit_of_a_minute_do_not_wait(pace: RateLimit) -> None:
    assert waits(pace, items(10)) == [0] * 10


def test_the_nth_full_minute_of_items_above_the_limit_waits_n_minutes(pace: RateLimit) -> None:
    assert waits(pace, items(35)) == [0] * 10 + [1] * 10 + [2] * 10 + [3] * 5


def test_items_sent_in_the_last_minute_count(pace: RateLimit) -> None:
    pace.sent(items(7))
    assert waits(pace, items(15)) == [0] * 3 + [1] * 10 + [2] * 2


def test_a_full_minute_has_no_capacity(pace: RateLimit) -> None:
    pace.sent(items(10))
    assert waits(pace, items(2)) == [1, 1]


def test_items_sent_above_the_limit_do_not_add_minutes(pace: RateLimit) -> None:
    """The limit may have been changed in the meantime."""
    pace.sent(items(25))
    assert waits(pace, items(12)) == [1] * 10 + [2] * 2


def test_capacity_comes_back_after_a_minute(pace: RateLimit, clock: Clock) -> None:
    pace.sent(items(10))
    clock.advance(59.9)
    assert waits(pace, items(1)) == [1]
    clock.advance(0.2)
    assert waits(pace, items(1)) == [0]


def test_the_minute_is_a_sliding_window(pace: RateLimit, clock: Clock) -> None:
    pace.sent(items(4))
    clock.advance(40)
    pace.sent(items(6))
    clock.advance(30)
    assert waits(pace, items(5)) == [0] * 4 + [1]


def test_each_domain_has_its_own_limit(pace: RateLimit) -> None:
    pace.sent(items(10))
    assert waits(pace, items(2, "b.com") + items(2)) == [0, 0, 1, 1]


def test_directories_have_their_own_limit_of_100_a_minute(pace: RateLimit) -> None:
    assert waits(pace, items(10) + items(101, object_type=DIRECTORY)) == [0] * 110 + [1]


def test_ignore_params_items_count_as_urls(pace: RateLimit) -> None:
    assert waits(pace, items(8) + items(4, object_type=IGNORE_PARAMS)) == [0] * 10 + [1] * 2


def test_asking_for_capacity_does_not_use_it(pace: RateLimit) -> None:
    waits(pace, items(10))
    assert waits(pace, items(10)) == [0] * 10


@given(st.integers(1, 20), st.integers(0, 60), st.integers(0, 60))
def test_no_minute_gets_more_than_the_limit(limit: int, before: int, count: int) -> None:
    pace = RateLimit(Clock(0.0).now)
    pace.sent(items(before))
    found = waits(pace, items(count), limit)
    assert found == sorted(found)
    assert found.count(0) <= max(0, limit - before)
    assert all(found.count(minute) <= limit for minute in found)


def test_capacity_that_comes_within_two_seconds_is_waited_for(pace: RateLimit, clock: Clock) -> None:
    pace.sent(items(10))
    clock.advance(57)
    assert pace.until_room(items(1), at_most(10)) == 0
    clock.advance(1.5)
    assert pace.until_room(items(1), at_most(10)) == pytest.approx(1.5)
    clock.advance(1.5)
    assert pace.until_room(items(1), at_most(10)) == 0
    assert waits(pace, items(1)) == [0]


def test_no_call_waits_for_capacity_that_it_does_not_need(pace: RateLimit, clock: Clock) -> None:
    pace.sent(items(9))
    clock.advance(59)
    assert pace.until_room(items(1), at_most(10)) == 0
    assert pace.until_room(items(1, "b.com"), at_most(10)) == 0
    assert pace.until_room(items(2), at_most(10)) == pytest.approx(1)


def test_a_domain_without_calls_does_not_wait_for_capacity(pace: RateLimit) -> None:
    pace.sent(items(1))
    assert pace.until_room(items(11, "b.com"), at_most(10)) == 0


# Reservations of deferred items, and the priority of today's items over those of an earlier day


def test_later_items_are_deferred_to_a_minute_after_the_reserved_one(pace: RateLimit) -> None:
    assert waits(pace, items(30)) == [0] * 10 + [1] * 10 + [2] * 10
    pace.sent(items(10))
    assert waits(pace, items(15, "a.com")) == [3] * 10 + [4] * 5


def test_deferred_items_find_their_reservation_when_they_come_back(pace: RateLimit, clock: Clock) -> None:
    waits(pace, items(30))
    pace.sent(items(10))
    for _ in range(2):
        clock.advance(60)
        assert waits(pace, items(10), back=True) == [0] * 10
        pace.sent(items(10))


def test_a_partly_reserved_minute_is_filled_up(pace: RateLimit, clock: Clock) -> None:
    pace.sent(items(10))
    assert waits(pace, items(4)) == [1] * 4
    clock.advance(1)
    assert waits(pace, items(10)) == [1] * 6 + [2] * 4


def test_a_fresh_change_uses_free_capacity(pace: RateLimit, clock: Clock) -> None:
    pace.sent(items(10))
    waits(pace, items(14))
    clock.advance(60)
    assert waits(pace, items(10)) == [0] * 10


def test_items_of_an_earlier_day_leave_the_capacity_reserved_for_todays_items(pace: RateLimit, clock: Clock) -> None:
    pace.sent(items(10))
    clock.advance(30)
    waits(pace, items(4))
    clock.advance(30)
    assert waits(pace, items(10), earlier=True, back=True) == [0] * 6 + [1] * 4


def test_a_reservation_is_kept_until_its_items_come_back(pace: RateLimit, clock: Clock) -> None:
    pace.sent(items(10))
    waits(pace, items(4))
    clock.advance(75)
    assert waits(pace, items(10), earlier=True) == [0] * 6 + [1] * 4
    assert waits(pace, items(4), back=True) == [0] * 4
    pace.sent(items(4))
    assert waits(pace, items(7), earlier=True) == [0] * 6 + [1]


def test_a_reservation_expires(pace: RateLimit, clock: Clock) -> None:
    pace.sent(items(10))
    waits(pace, items(4))
    clock.advance(121)
    assert waits(pace, items(10), earlier=True) == [0] * 10


def test_todays_items_do_not_wait_for_reservations_of_an_earlier_day(pace: RateLimit) -> None:
    pace.sent(items(10))
    assert waits(pace, items(10), earlier=True) == [1] * 10
    assert waits(pace, items(10)) == [1] * 10


def test_items_of_an_earlier_day_are_deferred_to_successive_minutes(pace: RateLimit) -> None:
    pace.sent(items(10))
    assert waits(pace, items(10), earlier=True) == [1] * 10
    assert waits(pace, items(10), earlier=True) == [2] * 10


def test_in_one_event_returned_items_go_first_and_those_of_an_earlier_day_last(pace: RateLimit) -> None:
    old, new, back = (items(4, object_type=kind) for kind in ("File", "IgnoreParams", "File"))
    back = [an_item(FILE, f"https://a.com/back/{number}") for number in range(4)]
    asked = dict.fromkeys(old, seen(earlier=True)) | dict.fromkeys(new, seen()) | dict.fromkeys(back, seen(back=True))
    assert pace.loads(asked, at_most(10), MIDNIGHT) == {0: back + new + old[:2], 1: old[2:]}


@given(st.lists(st.tuples(st.integers(0, 25), st.booleans(), st.floats(0, 90)), max_size=8), st.integers(1, 10))
def test_deferred_items_never_exceed_the_limit_of_a_minute(events: list[tuple[int, bool, float]], limit: int) -> None:
    """For any sequence of events, all items are sent in the end, and no minute holds more than its limit."""
    clock = Clock(0.0)
    pace = RateLimit(clock.now)
    sent: list[tuple[float, int]] = []
    waiting: list[tuple[float, list[Item], bool]] = []
    serial = iter(range(10_000))

    def offer(some: list[Item], *, earlier: bool, back: bool) -> None:
        loads = pace.loads(dict.fromkeys(some, seen(earlier=earlier, back=back)), at_most(limit), MIDNIGHT)
        assert sorted(item for load in loads.values() for item in load) == sorted(some)
        now = loads.pop(0, [])
        if now:
            pace.sent(now)
            sent.append((clock.now(), len(now)))
        waiting.extend((clock.now() + 60 * wait, load, earlier) for wait, load in loads.items())

    for count, earlier, pause in events:
        offer([an_item(FILE, f"https://a.com/{next(serial)}") for _ in range(count)], earlier=earlier, back=False)
        clock.advance(pause)
    while waiting:
        waiting.sort()
        due, load, earlier = waiting.pop(0)
        clock.advance(max(0.0, due - clock.now()))
        offer(load, earlier=earlier, back=True)
    assert sum(count for _, count in sent) == sum(count for count, _, _ in events)
    assert all(sum(count for at, count in sent if 0 <= at - first < 60) <= limit for first, _ in sent)
