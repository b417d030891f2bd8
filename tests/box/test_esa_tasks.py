"""The tasks of ESA in a box: their lists by site, type and URL, and their effect at the edge."""

from collections.abc import Iterator
from math import inf
from time import gmtime, strftime
from typing import Any

import pytest
from cdn_tasks import still_clock
from esa_client import HOST, OTHER_HOST, OTHER_SITE, SITE, SITES, Caller, Operator, pages

from oss_cdn_refresh_box.cdn import Edge, Origin, Row, Script, visit
from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.esa import LIMITS, Esa
from oss_cdn_refresh_box.wire.serving import Response, Server

# On Python 3.12 the official SDK's own way to date its calls is deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")

(PAGE,) = pages("a")
DAY = 86_400


@pytest.fixture
def clock() -> Clock:
    return still_clock()


@pytest.fixture
def esa(clock: Clock) -> Iterator[Esa]:
    with Esa(clock, SITES, limits=LIMITS._replace(clock_skew_seconds=inf, calls_per_second=100)) as esa:
        yield esa


@pytest.fixture
def operator(esa: Esa) -> Operator:
    return Operator(esa)


def shown(answer: Any) -> list[str]:
    """The URLs of an answer, without their scheme."""
    return [row.content.partition("://")[2] for row in answer.tasks]


def utc(at: float) -> str:
    return strftime("%Y-%m-%dT%H:%M:%SZ", gmtime(at))


# Rows


@pytest.mark.parametrize(("kind", "name"), [("file", "a"), ("directory", "d/"), ("ignoreParams", "a")])
def test_each_url_of_a_purge_has_a_row(clock: Clock, operator: Operator, kind: str, name: str) -> None:
    task_id = operator.purge(pages(name), kind)
    (row,) = operator.purges(type=kind).tasks
    assert (row.task_id, row.type, row.content, row.status) == (task_id, kind, pages(name)[0], "Refreshing")
    assert (row.process, row.create_time) == ("0%", utc(clock.now()))
    clock.advance(360)
    (row,) = operator.purges(type=kind).tasks
    assert (row.status, row.process) == ("Complete", "100%")


def test_a_preload_has_rows_in_a_list_of_its_own(clock: Clock, operator: Operator) -> None:
    task_id = operator.preload(pages("a", "b"))
    assert operator.purges().tasks == []
    rows = operator.preloads().tasks
    assert [(row.task_id, row.content, row.status) for row in rows] == [
        (task_id, url, "Refreshing") for url in pages("a", "b")
    ]
    assert rows[0].create_time == strftime("%Y-%m-%d %H:%M:%S", gmtime(clock.now()))


def test_a_script_decides_how_a_task_ends(esa: Esa, clock: Clock, operator: Operator) -> None:
    esa.tasks.script = lambda object_type, *_submitted: Script(
        "Failed" if object_type == "File" else "Complete", description="Origin Timeout", hidden_looks=1
    )
    operator.purge([PAGE])
    operator.preload([PAGE])
    clock.advance(360)
    assert (operator.purges().tasks, operator.preloads().tasks) == ([], [])
    assert [(row.status, row.description) for row in operator.purges().tasks] == [("Failed", "Origin Timeout")]
    assert [row.status for row in operator.preloads().tasks] == ["Complete"]


def test_fields_of_a_row_can_differ_or_be_missing(esa: Esa, operator: Operator) -> None:
    esa.tasks.script = lambda *_submitted: Script(row={"Process": "33.3%", "Description": None, "CreationTime": None})
    operator.purge([PAGE])
    (row,) = operator.purges().tasks
    assert (row.process, row.description, row.create_time) == ("33.3%", None, None)


def test_an_id_can_hold_rows_of_other_callers(esa: Esa, operator: Operator) -> None:
    (theirs,) = pages("theirs")
    esa.tasks.script = lambda *_submitted: Script(foreign=(Row(theirs, "Failed"), Row(PAGE, "Failed", "directory")))
    task_id = operator.purge([PAGE])
    assert [(row.task_id, row.content, row.status) for row in operator.purges().tasks] == [
        (task_id, PAGE, "Refreshing"),
        (task_id, theirs, "Failed"),
    ]
    assert [row.status for row in operator.purges(content=theirs).tasks] == ["Failed"]


def test_rows_come_the_newest_first_or_the_oldest_first(esa: Esa, clock: Clock, operator: Operator) -> None:
    for name in ("a", "b"):
        operator.purge(pages(name))
        clock.advance(1)
    assert shown(operator.purges()) == ["www.a.example/b", "www.a.example/a"]
    esa.tasks.newest_first = False
    assert shown(operator.purges()) == ["www.a.example/a", "www.a.example/b"]


# Filters


@pytest.mark.parametrize(
    ("wanted", "urls"),
    [
        ({}, ["www.a.example/y", "www.a.example/a"]),
        ({"type": "directory"}, ["www.a.example/d/"]),
        ({"type": "ignoreParams"}, ["www.a.example/a"]),
        ({"content": PAGE}, ["www.a.example/a"]),
        ({"content": f"https://{HOST}/"}, []),
        ({"content": PAGE, "type": "directory"}, []),
        ({"status": "Failed"}, ["www.a.example/y"]),
        ({"status": "Refreshing"}, []),
        ({"site": OTHER_SITE}, ["www.b.example/b"]),
    ],
)
def test_purges_can_be_filtered(esa: Esa, clock: Clock, operator: Operator, wanted: Any, urls: list[str]) -> None:
    esa.tasks.script = lambda _object_type, url, _times: Script("Failed") if url.endswith("y") else None
    operator.purge([PAGE])
    operator.purge(pages("a"), "ignoreParams")
    operator.purge(pages("d/"), "directory")
    operator.purge(pages("b", host=OTHER_HOST), site=OTHER_SITE)
    clock.advance(360)
    operator.purge(pages("y"))
    clock.advance(360)
    assert shown(operator.purges(**wanted)) == urls


@pytest.mark.parametrize(
    ("wanted", "urls"),
    [
        ({}, ["www.a.example/a", "www.a.example/y"]),
        ({"content": PAGE}, ["www.a.example/a"]),
        ({"status": "Failed"}, ["www.a.example/y"]),
        ({"site": OTHER_SITE}, []),
    ],
)
def test_preloads_can_be_filtered(esa: Esa, clock: Clock, operator: Operator, wanted: Any, urls: list[str]) -> None:
    esa.tasks.script = lambda _object_type, url, _times: Script("Failed") if url.endswith("y") else None
    operator.preload(pages("a", "y"))
    clock.advance(360)
    assert shown(operator.preloads(**wanted)) == urls


@pytest.mark.parametrize("task_id", ["1", "x"])
def test_a_task_id_is_no_filter(esa: Esa, clock: Clock, operator: Operator, task_id: str) -> None:
    operator.purge([PAGE])
    operator.preload([PAGE])
    given = {"SiteId": str(SITE), "TaskId": task_id}
    for action in ("DescribePurgeTasks", "DescribePreloadTasks"):
        assert Caller(esa, clock).ask(action, given, method="GET")[1]["TotalCount"] == 1


def test_tasks_can_be_filtered_by_their_time(clock: Clock, operator: Operator) -> None:
    began = clock.now()
    for name in ("a", "b", "c"):
        operator.purge(pages(name))
        operator.preload(pages(name))
        clock.advance(60)
    for listed in (operator.purges, operator.preloads):
        assert shown(listed(start_time=utc(began + 30), end_time=utc(began + 90))) == ["www.a.example/b"]


def test_tasks_come_in_pages(operator: Operator) -> None:
    names = [str(number) for number in range(60)]
    operator.purge(pages(*names))
    operator.preload(pages(*names))
    for listed in (operator.purges, operator.preloads):
        answer = listed()
        assert (len(answer.tasks), answer.total_count, answer.page_number, answer.page_size) == (20, 60, 1, 20)
        assert [len(listed(page_size=50, page_number=number).tasks) for number in (1, 2, 3)] == [50, 10, 0]


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"type": "hostname"}, "InvalidParameter"),
        ({"page_size": 51}, "InvalidParameter"),
        ({"page_size": 0}, "InvalidParameter"),
        ({"page_number": 0}, "InvalidParameter"),
        ({"start_time": "2026-11-22T00:00:00Z"}, "MissingTimeParameter"),
        ({"start_time": "yesterday", "end_time": "today"}, "InvalidTime"),
        ({"site": None}, "MissingParameter"),
    ],
)
def test_parameters_are_checked(operator: Operator, wanted: dict[str, Any], code: str) -> None:
    assert operator.code(operator.purges, **wanted) == code
    if "type" not in wanted:
        assert operator.code(operator.preloads, **wanted) == code


def test_a_period_lies_within_the_last_three_days(clock: Clock, operator: Operator) -> None:
    now = clock.now()
    assert operator.purges(start_time=utc(now - 3 * DAY), end_time=utc(now)).total_count == 0
    assert operator.code(operator.purges, start_time=utc(now - 3 * DAY - 1), end_time=utc(now)) == "InvalidTime"


def test_a_task_is_listed_for_three_days(clock: Clock, operator: Operator) -> None:
    operator.purge([PAGE])
    clock.advance(3 * DAY)
    assert operator.purges().total_count == 1
    clock.advance(1)
    assert operator.purges().total_count == 0


def test_a_look_at_one_url_is_no_look_at_another(esa: Esa, operator: Operator) -> None:
    operator.purge(pages("a", "b"))
    operator.purges(content=PAGE)
    operator.purges(type="directory")
    operator.preloads()
    assert [task.looks for task in esa.tasks.submitted] == [1, 0]


# The edge


@pytest.fixture
def edge(clock: Clock, esa: Esa) -> Iterator[Edge]:
    with (
        Server(lambda _request: Response(200, b"page")) as bucket,
        Edge(clock, {HOST: [Origin(f"{bucket.url}/b")]}) as edge,
    ):
        esa.tasks.subscribers.append(edge.follow)
        yield edge


def seen(edge: Edge, url: str = PAGE) -> str:
    return visit(edge.url, url).headers["X-Cache"]


@pytest.mark.parametrize(("kind", "name"), [("file", "a"), ("directory", ""), ("ignoreParams", "a")])
def test_a_purge_takes_effect_at_the_edge(operator: Operator, edge: Edge, kind: str, name: str) -> None:
    seen(edge)
    assert seen(edge) == "HIT"
    operator.purge(pages(name), kind)
    assert seen(edge) == "MISS"


def test_a_scripted_purge_takes_effect_when_it_completes(
    esa: Esa, clock: Clock, operator: Operator, edge: Edge
) -> None:
    esa.tasks.script = lambda *_submitted: Script()
    seen(edge)
    operator.purge([PAGE])
    assert seen(edge) == "HIT"
    clock.advance(360)
    assert seen(edge) == "MISS"


def test_a_preload_warms_the_edge(operator: Operator, edge: Edge) -> None:
    operator.preload([PAGE])
    assert (seen(edge), seen(edge, *pages("b"))) == ("HIT", "MISS")
