"""The tasks of DCDN in a box: how their lists look, the queue of preloads, and their effect at the edge."""

from collections.abc import Iterator
from math import inf

import pytest
from cdn_tasks import DOMAIN, pages, still_clock
from dcdn_client import Operator

from oss_cdn_refresh_box.cdn import Edge, Origin, Script, visit
from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.dcdn import LIMITS, Dcdn
from oss_cdn_refresh_box.wire.serving import Response, Server

# On Python 3.12 the official SDK's own way to date its calls is deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")

(PAGE,) = pages("a")


@pytest.fixture
def clock() -> Clock:
    return still_clock()


@pytest.fixture
def dcdn(clock: Clock) -> Iterator[Dcdn]:
    limits = LIMITS._replace(clock_skew_seconds=inf, list_calls_per_second=100)
    with Dcdn(clock, [DOMAIN, "b.example"], limits=limits) as dcdn:
        yield dcdn


@pytest.fixture
def operator(dcdn: Dcdn) -> Operator:
    return Operator(dcdn)


def test_a_task_completes_after_six_minutes(clock: Clock, operator: Operator) -> None:
    ids = operator.refresh([PAGE])
    (row,) = operator.look(ids).tasks
    assert (row.task_id, row.object_type, row.object_path, row.status) == (ids[0], "file", PAGE, "Refreshing")
    clock.advance(360)
    assert operator.statuses(ids) == ["Complete"]


def test_a_script_decides_how_a_task_ends(dcdn: Dcdn, clock: Clock, operator: Operator) -> None:
    dcdn.tasks.script = lambda *_submitted: Script("Failed", description="Origin Timeout", hidden_looks=1)
    ids = operator.refresh(pages("d/"), "Directory")
    clock.advance(360)
    assert operator.statuses(ids) == []
    (row,) = operator.look(ids).tasks
    assert (row.object_type, row.status, row.description) == ("directory", "Failed", "Origin Timeout")


def test_ten_ids_can_be_looked_up_in_a_call(operator: Operator) -> None:
    ids = [operator.refresh([page], "Directory")[0] for page in pages(*(f"{number}/" for number in range(10)))]
    assert operator.look(ids).total_count == 10
    assert operator.refusal(operator.look, [*ids, ids[0]]).code == "InvalidTaskId.Malformed"


def test_a_page_of_the_list_has_at_most_50_rows(operator: Operator) -> None:
    operator.refresh(pages(*map(str, range(60))))
    assert [len(operator.list(page_size=50, page_number=number).tasks.task) for number in (1, 2)] == [50, 10]
    assert operator.list().page_size == 20
    assert operator.refusal(operator.list, page_size=51).code == "InvalidParameter"


def test_the_list_can_be_filtered(operator: Operator) -> None:
    ids = operator.refresh(pages("a"))
    operator.refresh(pages("a", domain="b.example"))
    operator.preload(pages("p"))
    for wanted in ({"task_id": ids[0]}, {"object_path": PAGE}, {"domain_name": DOMAIN, "object_type": "file"}):
        assert [row.object_path for row in operator.list(**wanted).tasks.task] == [PAGE]
    assert operator.refusal(operator.list, domain_name=DOMAIN).code == "MissingParameter.ObjectType"


# The queue of preloads


def test_a_preload_beyond_the_queue_waits_for_its_turn(dcdn: Dcdn, clock: Clock, operator: Operator) -> None:
    dcdn.limits = dcdn.limits._replace(preload_queue=2)
    first = operator.preload(pages("a", "b"))
    clock.advance(100)
    second = operator.preload(pages("c", "d", "e"))
    assert operator.statuses(second) == ["Pending", "Pending", "Pending"]
    clock.advance(260)
    assert (operator.statuses(first), operator.statuses(second)) == (
        ["Complete", "Complete"],
        ["Refreshing", "Refreshing", "Pending"],
    )
    clock.advance(360)
    assert operator.statuses(second) == ["Complete", "Complete", "Refreshing"]
    clock.advance(360)
    assert operator.statuses(second) == ["Complete", "Complete", "Complete"]


def test_a_preload_waits_for_ever_behind_one_that_never_ends(dcdn: Dcdn, clock: Clock, operator: Operator) -> None:
    dcdn.limits = dcdn.limits._replace(preload_queue=1)
    dcdn.tasks.script = lambda _object_type, url, _times: Script(seconds=inf) if url == PAGE else None
    operator.preload([PAGE])
    ids = operator.preload(pages("b"))
    clock.advance(86_400)
    assert "Pending" in operator.statuses(ids)


def test_the_first_looks_show_a_waiting_preload_as_pending(dcdn: Dcdn, clock: Clock, operator: Operator) -> None:
    dcdn.limits = dcdn.limits._replace(preload_queue=1)
    dcdn.tasks.script = lambda *_submitted: Script(stale_looks=2)
    operator.preload([PAGE])
    clock.advance(1)
    ids = operator.preload([PAGE])
    statuses = [operator.statuses(ids)]
    clock.advance(1_000)
    assert [*statuses, operator.statuses(ids), operator.statuses(ids)] == [["Pending"], ["Refreshing"], ["Complete"]]


def test_a_refresh_does_not_wait_behind_preloads(dcdn: Dcdn, operator: Operator) -> None:
    dcdn.limits = dcdn.limits._replace(preload_queue=1)
    operator.preload(pages("a", "b"))
    assert operator.statuses(operator.refresh([PAGE])) == ["Refreshing"]


def test_a_full_queue_can_refuse_preloads_instead(dcdn: Dcdn, operator: Operator) -> None:
    dcdn.limits = dcdn.limits._replace(preload_queue=1, preload_queue_waits=False)
    refusal = operator.refusal(operator.preload, pages("a", "b"))
    assert (refusal.code, refusal.statusCode) == ("PreloadQueueFull", 400)


# The edge


@pytest.fixture
def edge(clock: Clock, dcdn: Dcdn) -> Iterator[Edge]:
    with (
        Server(lambda _request: Response(200, b"page")) as bucket,
        Edge(clock, {DOMAIN: [Origin(f"{bucket.url}/b")]}) as edge,
    ):
        dcdn.tasks.subscribers.append(edge.follow)
        yield edge


def seen(edge: Edge, url: str = PAGE) -> str:
    return visit(edge.url, url).headers["X-Cache"]


@pytest.mark.parametrize(("object_type", "name"), [("File", "a"), ("Directory", ""), ("IgnoreParams", "a")])
def test_a_refresh_takes_effect_at_the_edge(operator: Operator, edge: Edge, object_type: str, name: str) -> None:
    seen(edge)
    assert seen(edge) == "HIT"
    operator.refresh(pages(name), object_type)
    assert seen(edge) == "MISS"


def test_a_preload_warms_the_edge_when_its_turn_comes(dcdn: Dcdn, clock: Clock, operator: Operator, edge: Edge) -> None:
    dcdn.limits = dcdn.limits._replace(preload_queue=1)
    operator.preload(pages("a", "b", "c"))
    assert (seen(edge, PAGE), seen(edge, pages("b")[0])) == ("HIT", "MISS")
    clock.advance(720)
    assert seen(edge, pages("c")[0]) == "HIT"
