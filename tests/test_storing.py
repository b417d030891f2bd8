"""How much time the calls to the CDN must leave for storing the items that are not refreshed."""

from collections.abc import Collection

import pytest
from world import NOON, an_item, backlog_record, url

from oss_cdn_refresh.events.parts import Unreadable
from oss_cdn_refresh.model.effects import real
from oss_cdn_refresh.model.history import History
from oss_cdn_refresh.model.item import FILE, Item
from oss_cdn_refresh.model.outcome import Outcome, Result
from oss_cdn_refresh.model.time_budget import REQUEST_SECONDS, RequestTime, TimeBudget
from oss_cdn_refresh.queueing.messages import Message
from oss_cdn_refresh.queueing.storing import Unsettled


def open_items(histories: dict[Item, History], records: Collection[Unreadable] = ()) -> Unsettled:
    return Unsettled(histories, records, TimeBudget(60.0, real()))


def items(count: int, *, alike: bool) -> dict[Item, History]:
    return {an_item(FILE, url(f"{number}.jpg")): History(NOON - (0 if alike else number)) for number in range(count)}


def test_items_with_equal_histories_share_requests() -> None:
    assert open_items(items(1_000, alike=True)).seconds(1) < 3


def test_items_with_different_histories_need_a_message_each() -> None:
    assert open_items(items(1_600, alike=False)).seconds(1) >= 100


def test_messages_with_different_unknown_fields_are_not_treated_as_equal() -> None:
    kept = [backlog_record(number=number) for number in range(160)]
    histories = {an_item(FILE, url(str(number))): History(NOON, kept=fields) for number, fields in enumerate(kept)}
    assert open_items(histories).seconds(1) >= 10


def test_accepted_items_need_no_time_for_storing() -> None:
    mine = items(1_600, alike=False)
    unsettled = open_items(mine)
    unsettled.noted(Outcome(tuple(mine), Result.REFRESHED))
    assert unsettled.seconds(1) == 0


@pytest.mark.parametrize("result", [Result.DEFERRED, Result.DEAD_LETTERED])
def test_items_that_are_not_refreshed_still_have_to_be_stored(result: Result) -> None:
    mine = items(1_600, alike=False)
    unsettled = open_items(mine)
    before = unsettled.seconds(1)
    unsettled.noted(Outcome(tuple(mine), result, "Throttling"))
    assert unsettled.seconds(1) == before


def test_items_given_up_for_different_reasons_need_a_message_each() -> None:
    mine = items(160, alike=True)
    unsettled = open_items(mine)
    for item in mine:
        unsettled.noted(Outcome((item,), Result.DEAD_LETTERED, "Malformed", f"{item.url} is malformed"))
    assert unsettled.seconds(1) >= 10


def test_records_that_cannot_be_read_count_until_they_are_stored() -> None:
    records = [Unreadable("x" * 1_000, "why")] * 160
    unsettled = open_items({}, records)
    assert unsettled.seconds(1) >= 10
    for _ in records:
        unsettled.stored(Message("x" * 1_500, ()))
    assert unsettled.seconds(1) == 0


def test_large_records_need_a_request_for_each_64_kilobytes() -> None:
    assert open_items({}, [Unreadable("x" * 6_400_000, "why")]).seconds(1) >= 97


def test_the_time_of_a_request_follows_the_measurements() -> None:
    mine = RequestTime()
    assert mine.seconds == REQUEST_SECONDS
    for _ in range(50):
        mine.note(0.2)
    assert mine.seconds == pytest.approx(0.2, rel=0.01)
