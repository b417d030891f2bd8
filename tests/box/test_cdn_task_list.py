"""DescribeRefreshTasks of the CDN in a box: its filters, pages and refusals."""

from collections.abc import Iterator
from time import gmtime, strftime
from typing import Any

import pytest
from cdn_tasks import ANY_TIME, DOMAIN, Operator, pages, still_clock

from oss_cdn_refresh_box.cdn import Cdn, Script
from oss_cdn_refresh_box.clock import Clock

# On Python 3.12 the official SDK's own way to date its calls is deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")

DAY = 86_400


@pytest.fixture
def clock() -> Clock:
    return still_clock()


@pytest.fixture
def cdn(clock: Clock) -> Iterator[Cdn]:
    with Cdn(clock, [DOMAIN, "b.example"], limits=ANY_TIME._replace(list_calls_per_second=100)) as cdn:
        yield cdn


@pytest.fixture
def operator(cdn: Cdn) -> Operator:
    return Operator(cdn)


def shown(answer: Any) -> list[str]:
    """The URLs of an answer, without their scheme."""
    return [row.object_path.partition("://")[2] for row in answer.tasks.cdntask]


def utc(at: float) -> str:
    return strftime("%Y-%m-%dT%H:%M:%SZ", gmtime(at))


def test_without_a_filter_every_task_is_listed_the_newest_first(clock: Clock, operator: Operator) -> None:
    operator.refresh(pages("a"))
    clock.advance(1)
    operator.preload(pages("b"))
    answer = operator.list()
    assert (answer.total_count, answer.page_number, answer.page_size) == (2, 1, 20)
    assert shown(answer) == ["a.example/b", "a.example/a"]


@pytest.mark.parametrize(
    ("wanted", "urls"),
    [
        ({"object_path": "https://a.example/x"}, ["a.example/x"]),
        ({"object_path": "https://a.example/"}, []),
        ({"object_type": "preload"}, ["a.example/p"]),
        ({"object_type": "Directory"}, ["a.example/d/"]),
        ({"object_type": "file", "domain_name": "b.example"}, ["b.example/y"]),
        ({"object_type": "file", "status": "Failed"}, ["b.example/y"]),
        ({"object_type": "file", "status": "Refreshing"}, []),
    ],
)
def test_tasks_can_be_filtered(
    cdn: Cdn, clock: Clock, operator: Operator, wanted: dict[str, str], urls: list[str]
) -> None:
    cdn.tasks.script = lambda _object_type, url, _times: Script("Failed") if url.endswith("y") else None
    operator.refresh(pages("x") + pages("y", domain="b.example"))
    operator.refresh(pages("d/"), "Directory")
    operator.preload(pages("p"))
    clock.advance(360)
    assert shown(operator.list(**wanted)) == urls


def test_tasks_can_be_filtered_by_their_id(operator: Operator) -> None:
    ids = operator.refresh(pages("a"))
    operator.refresh(pages("b", domain="b.example"))
    assert shown(operator.list(task_id=ids[0])) == ["a.example/a"]


def test_tasks_can_be_filtered_by_their_time(clock: Clock, operator: Operator) -> None:
    began = clock.now()
    for name in ("a", "b", "c"):
        operator.refresh(pages(name))
        clock.advance(60)
    assert shown(operator.list(start_time=utc(began + 30), end_time=utc(began + 90))) == ["a.example/b"]


def test_tasks_come_in_pages(operator: Operator) -> None:
    operator.refresh(pages(*map(str, range(25))))
    first, second, beyond = (operator.list(page_number=number) for number in (1, 2, 3))
    assert [len(shown(answer)) for answer in (first, second, beyond)] == [20, 5, 0]
    assert {answer.total_count for answer in (first, second, beyond)} == {25}
    assert len({*shown(first), *shown(second)}) == 25
    assert len(shown(operator.list(page_size=100))) == 25


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"domain_name": DOMAIN}, "MissingParameter.ObjectType"),
        ({"status": "Failed"}, "MissingParameter.ObjectType"),
        ({"start_time": "2026-11-22T00:00:00Z"}, "MissingTimeParameter"),
        ({"end_time": "2026-11-22T00:00:00Z"}, "MissingTimeParameter"),
        ({"start_time": "yesterday", "end_time": "today"}, "InvalidTime"),
        ({"page_number": 0}, "InvalidParameter"),
        ({"page_number": 100_001}, "InvalidParameter"),
        ({"page_size": 101}, "InvalidParameter"),
        ({"task_id": "x"}, "InvalidTaskId.Malformed"),
    ],
)
def test_parameters_are_checked(operator: Operator, wanted: dict[str, Any], code: str) -> None:
    assert operator.code(operator.list, **wanted) == code


def test_a_period_lies_within_the_last_three_days(clock: Clock, operator: Operator) -> None:
    now = clock.now()
    assert operator.list(start_time=utc(now - 3 * DAY), end_time=utc(now)).total_count == 0
    late = operator.code(operator.list, start_time=utc(now - 3 * DAY - 1), end_time=utc(now))
    backwards = operator.code(operator.list, start_time=utc(now), end_time=utc(now - 1))
    assert (late, backwards) == ("InvalidTime", "InvalidTime")


def test_a_task_is_listed_for_three_days(clock: Clock, operator: Operator) -> None:
    operator.refresh(pages("a"))
    clock.advance(3 * DAY + 1)
    assert operator.list().total_count == 0
