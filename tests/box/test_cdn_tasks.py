"""The tasks of the CDN in a box: their ids and states, and every course that a test can script."""

from collections.abc import Iterator
from math import inf
from typing import Any

import pytest
from cdn_client import Caller
from cdn_tasks import ANY_TIME, DOMAIN, Operator, library, looked_up, pages, still_clock

from oss_cdn_refresh.model.errors import CallRefused
from oss_cdn_refresh_box.cdn import Cdn, Limits, Row, Script
from oss_cdn_refresh_box.clock import Clock

# On Python 3.12 the official SDK's own way to date its calls is deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")

(PAGE,) = pages("a")


@pytest.fixture
def clock() -> Clock:
    return still_clock()


@pytest.fixture
def cdn(clock: Clock) -> Iterator[Cdn]:
    with Cdn(clock, [DOMAIN, "b.example"], limits=ANY_TIME) as cdn:
        yield cdn


@pytest.fixture
def operator(cdn: Cdn) -> Operator:
    return Operator(cdn)


def scripted(cdn: Cdn, *scripts: Script | None) -> None:
    """Each submission of a URL has the next script, those after the last one none."""
    cdn.tasks.script = lambda _object_type, _url, times: scripts[times - 1] if times <= len(scripts) else None


def fields(row: Any) -> tuple[str, ...]:
    return (row.task_id, row.object_type, row.object_path, row.status, row.process, row.description)


# Ids


def test_each_url_of_a_call_has_a_row_under_the_id(operator: Operator) -> None:
    (task_id,) = operator.refresh(pages("a", "b"))
    rows = operator.look([task_id]).tasks
    assert [fields(row) for row in rows] == [(task_id, "file", url, "Refreshing", "0%", "") for url in pages("a", "b")]


@pytest.mark.parametrize(
    ("object_type", "shown"), [("File", "file"), ("Directory", "directory"), ("IgnoreParams", "ignoreparams")]
)
def test_a_row_shows_the_object_type_in_lower_case(operator: Operator, object_type: str, shown: str) -> None:
    ids = operator.refresh(pages("d/"), object_type)
    assert [row.object_type for row in operator.look(ids).tasks] == [shown]


def test_urls_of_a_domain_within_a_second_share_an_id(clock: Clock, operator: Operator) -> None:
    first = operator.refresh(pages("a") + pages("a", domain="b.example"))
    assert len(set(first)) == 2
    assert operator.refresh(pages("b")) == first[:1]
    assert len(operator.look(first).tasks) == 3
    clock.advance(1)
    assert operator.refresh(pages("b"))[0] not in first


def test_every_2000_urls_of_a_second_have_an_id_of_their_own(operator: Operator) -> None:
    names = [str(number) for number in range(1_000)]
    ids = [task_id for _ in range(5) for task_id in operator.refresh(pages(*names))]
    assert (ids[0], ids[2], len(set(ids))) == (ids[1], ids[3], 3)


def test_a_call_that_goes_beyond_2000_urls_has_two_ids(operator: Operator) -> None:
    names = [str(number) for number in range(1_000)]
    for part in (names[:999], names, names[:2]):
        ids = operator.refresh(pages(*part))
    assert [len(operator.look([task_id]).tasks) for task_id in ids] == [2_000, 1]


def test_directories_of_two_calls_share_no_id(operator: Operator) -> None:
    first, second = (operator.refresh(pages("a/", "b/"), "Directory") for _ in range(2))
    assert (len(first), len(second), first != second) == (1, 1, True)


def test_a_url_submitted_twice_has_two_rows_the_newest_first(clock: Clock, operator: Operator) -> None:
    ids = operator.refresh([PAGE])
    clock.advance(400)
    ids += operator.refresh([PAGE])
    assert operator.statuses(ids) == ["Refreshing", "Complete"]


# States


def test_a_task_completes_after_six_minutes(clock: Clock, operator: Operator) -> None:
    ids = operator.refresh([PAGE])
    clock.advance(359)
    assert operator.statuses(ids) == ["Refreshing"]
    clock.advance(1)
    (row,) = operator.look(ids).tasks
    assert (row.status, row.process) == ("Complete", "100%")


def test_the_seconds_to_completion_can_be_set(cdn: Cdn, clock: Clock, operator: Operator) -> None:
    cdn.tasks.seconds = 8
    ids = operator.refresh([PAGE])
    clock.advance(8)
    assert operator.statuses(ids) == ["Complete"]


def test_a_task_can_be_late(cdn: Cdn, clock: Clock, operator: Operator) -> None:
    scripted(cdn, Script(seconds=4_000))
    ids = operator.refresh([PAGE])
    clock.advance(3_999)
    assert operator.statuses(ids) == ["Refreshing"]
    clock.advance(1)
    assert operator.statuses(ids) == ["Complete"]


@pytest.mark.parametrize("status", ["Failed", "Timeout", "Canceled", "Evaporated"])
def test_a_task_can_end_in_another_status(cdn: Cdn, clock: Clock, operator: Operator, status: str) -> None:
    scripted(cdn, Script(status, description="Origin Timeout"))
    ids = operator.refresh([PAGE])
    (row,) = operator.look(ids).tasks
    assert (row.status, row.description) == ("Refreshing", "")
    clock.advance(360)
    (row,) = operator.look(ids).tasks
    assert (row.status, row.description) == (status, "Origin Timeout")


def test_a_complete_task_can_have_a_description(cdn: Cdn, clock: Clock, operator: Operator) -> None:
    scripted(cdn, Script(description="Internal Error"))
    ids = operator.refresh([PAGE])
    clock.advance(360)
    (row,) = operator.look(ids).tasks
    assert (row.status, row.description) == ("Complete", "Internal Error")


def test_a_task_can_never_end(cdn: Cdn, clock: Clock, operator: Operator) -> None:
    scripted(cdn, Script(seconds=inf, meanwhile="Pending"))
    ids = operator.refresh([PAGE])
    clock.advance(2 * 86_400)
    assert operator.statuses(ids) == ["Pending"]


def test_the_second_submission_of_a_url_can_go_better(cdn: Cdn, clock: Clock, operator: Operator) -> None:
    scripted(cdn, Script("Failed"))
    ids = operator.refresh([PAGE])
    clock.advance(360)
    ids += operator.refresh([PAGE])
    clock.advance(360)
    assert operator.statuses(ids) == ["Complete", "Failed"]


def test_a_script_chooses_by_type_and_url(cdn: Cdn, clock: Clock, operator: Operator) -> None:
    failing = {("File", f"https://{DOMAIN}/a/"), ("Directory", f"https://{DOMAIN}/b/")}
    cdn.tasks.script = lambda object_type, url, _times: Script("Failed") if (object_type, url) in failing else None
    files, directories = (operator.refresh(pages("a/", "b/"), object_type) for object_type in ("File", "Directory"))
    clock.advance(360)
    assert operator.statuses(files) == ["Failed", "Complete"]
    assert operator.statuses(directories) == ["Complete", "Failed"]


# What a look shows


def test_a_row_can_be_hidden_from_the_first_looks(cdn: Cdn, clock: Clock, operator: Operator) -> None:
    scripted(cdn, Script(hidden_looks=2))
    ids = operator.refresh([PAGE])
    clock.advance(360)
    assert [operator.statuses(ids) for _ in range(3)] == [[], [], ["Complete"]]


def test_the_first_looks_can_show_a_stale_status(cdn: Cdn, clock: Clock, operator: Operator) -> None:
    scripted(cdn, Script("Failed", stale_looks=1))
    ids = operator.refresh([PAGE])
    clock.advance(360)
    assert [operator.statuses(ids) for _ in range(2)] == [["Refreshing"], ["Failed"]]


@pytest.mark.parametrize(("older", "newer"), [("Failed", "Complete"), ("Complete", "Failed")])
def test_a_url_can_have_an_older_row(cdn: Cdn, clock: Clock, operator: Operator, older: str, newer: str) -> None:
    scripted(cdn, Script(newer, older=older))
    ids = operator.refresh([PAGE])
    clock.advance(360)
    rows = operator.look(ids).tasks
    assert [(row.object_path, row.status) for row in rows] == [(PAGE, newer), (PAGE, older)]
    assert rows[0].creation_time > rows[1].creation_time


def test_rows_can_come_the_oldest_first(cdn: Cdn, clock: Clock, operator: Operator) -> None:
    scripted(cdn, Script("Complete", older="Failed"))
    cdn.tasks.newest_first = False
    ids = operator.refresh([PAGE])
    clock.advance(360)
    assert operator.statuses(ids) == ["Failed", "Complete"]


def test_an_id_can_hold_rows_of_other_callers(cdn: Cdn, operator: Operator) -> None:
    scripted(cdn, Script(foreign=(Row("https://a.example/theirs", "Failed"), Row(PAGE, "Failed", "preload"))))
    (task_id,) = operator.refresh([PAGE])
    assert [fields(row)[:4] for row in operator.look([task_id]).tasks] == [
        (task_id, "file", PAGE, "Refreshing"),
        (task_id, "file", "https://a.example/theirs", "Failed"),
        (task_id, "preload", PAGE, "Failed"),
    ]


def test_fields_of_a_row_can_differ_or_be_missing(cdn: Cdn, operator: Operator) -> None:
    scripted(cdn, Script(row={"ObjectType": "path", "Process": "33.3%", "Description": None}))
    (row,) = operator.look(operator.refresh(pages("d/"), "Directory")).tasks
    assert (row.object_type, row.process, row.description) == ("path", "33.3%", None)


@pytest.mark.parametrize("wrapper", ["", "CDNTask", "Task"])
def test_the_library_reads_tasks_in_every_documented_shape(cdn: Cdn, clock: Clock, wrapper: str) -> None:
    cdn.tasks.wrappers["DescribeRefreshTaskById"] = wrapper
    (task_id,) = Operator(cdn).refresh(pages("a", "b"))
    clock.advance(360)
    found = looked_up(library(cdn, clock), task_id)
    assert [(task.id, task.type, task.url, task.status, task.process) for task in found] == [
        (task_id, "file", url, "Complete", "100%") for url in pages("a", "b")
    ]


def test_an_answer_can_be_cut_below_its_total_count(cdn: Cdn, operator: Operator) -> None:
    cdn.tasks.most_rows = 2
    answer = operator.look(operator.refresh(pages("a", "b", "c")))
    assert (answer.total_count, len(answer.tasks)) == (3, 2)


# Ids that are asked for


def test_ten_ids_a_call_with_spaces_around_the_commas(clock: Clock, cdn: Cdn) -> None:
    caller = Caller(cdn, clock)
    operator = Operator(cdn)
    ids = [operator.refresh([page], "Directory")[0] for page in pages(*(f"{n}/" for n in range(10)))]
    for form in ({"TaskId": " , ".join(ids)}, {"TaskId": f"\t{','.join(ids)} "}):
        assert caller.call(form, action="DescribeRefreshTaskById")[1]["TotalCount"] == 10
        assert caller.call({}, query=form, action="DescribeRefreshTaskById")[1]["TotalCount"] == 10
    assert operator.code(operator.look, [*ids, ids[0]]) == "InvalidTaskId.Malformed"


@pytest.mark.parametrize("task_id", ["x", "1,,2", "1;2", "-1", "1.0"])
def test_what_is_no_id_is_refused(operator: Operator, task_id: str) -> None:
    assert operator.code(operator.look, [task_id]) == "InvalidTaskId.Malformed"


def test_a_look_without_ids_is_refused(cdn: Cdn, clock: Clock) -> None:
    answer = Caller(cdn, clock).call({}, action="DescribeRefreshTaskById")[1]
    assert answer["Code"] == "MissingParameter"


def test_an_unknown_id_has_no_rows(operator: Operator) -> None:
    answer = operator.look(["1"])
    assert (answer.total_count, answer.tasks) == (0, [])


def test_an_id_can_be_refused_with_all_that_are_asked_beside_it(cdn: Cdn, clock: Clock, operator: Operator) -> None:
    cdn.tasks.script = lambda _object_type, url, _times: Script(is_refused=url == PAGE)
    refused, fine = (operator.refresh([page])[0] for page in (PAGE, *pages("b", domain="b.example")))
    assert operator.code(operator.look, [fine, refused]) == "InvalidTaskId.Malformed"
    assert operator.statuses([fine]) == ["Refreshing"]
    with pytest.raises(CallRefused, match=r"InvalidTaskId\.Malformed"):
        looked_up(library(cdn, clock), refused)


def test_every_call_with_several_ids_can_be_refused(cdn: Cdn, operator: Operator) -> None:
    cdn.limits = Limits(task_ids_per_look=1)
    ids = operator.refresh(pages("a") + pages("a", domain="b.example"))
    assert operator.code(operator.look, ids) == "InvalidTaskId.Malformed"
    assert [operator.statuses([task_id]) for task_id in ids] == [["Refreshing"]] * 2


def test_a_task_is_known_for_three_days(clock: Clock, operator: Operator) -> None:
    ids = operator.refresh([PAGE])
    clock.advance(3 * 86_400)
    assert operator.statuses(ids) == ["Complete"]
    clock.advance(1)
    assert operator.statuses(ids) == []


# Rates, rights, records


@pytest.mark.parametrize(
    ("action", "at_most"), [("DescribeRefreshTaskById", 30), ("DescribeRefreshTasks", 5), ("PushObjectCache", 50)]
)
def test_a_second_holds_the_documented_number_of_calls(cdn: Cdn, clock: Clock, action: str, at_most: int) -> None:
    caller = Caller(cdn, clock)
    form = {"TaskId": "1"} if action.startswith("Describe") else {"ObjectPath": PAGE}
    codes = [caller.call(form, action=action)[1].get("Code", "") for _ in range(at_most + 1)]
    assert codes == [""] * at_most + ["Throttling.User"]
    clock.advance(1)
    assert "Code" not in caller.call(form, action=action)[1]


def test_the_right_to_look_can_be_denied(cdn: Cdn, operator: Operator) -> None:
    ids = operator.refresh([PAGE])
    cdn.denied.add("DescribeRefreshTaskById")
    assert operator.code(operator.look, ids) == "Forbidden.RAM"
    assert operator.list().total_count == 1


def test_a_key_can_have_the_right_to_some_actions_only(cdn: Cdn, operator: Operator) -> None:
    cdn.actions["AK"] = {"RefreshObjectCaches"}
    ids = operator.refresh([PAGE])
    assert operator.code(operator.look, ids) == "Forbidden.RAM"


def test_a_look_is_recorded_with_its_ids(cdn: Cdn, operator: Operator) -> None:
    (task_id,) = operator.refresh([PAGE])
    operator.look([task_id])
    refresh, look = cdn.calls
    assert (refresh.action, refresh.task_ids, refresh.accepted) == ("RefreshObjectCaches", (task_id,), True)
    assert (look.action, look.more["TaskId"], look.accepted) == ("DescribeRefreshTaskById", task_id, False)


def test_a_task_keeps_what_its_callers_saw(cdn: Cdn, clock: Clock, operator: Operator) -> None:
    scripted(cdn, Script("Failed", hidden_looks=1))
    ids = operator.refresh([PAGE])
    (task,) = cdn.tasks.submitted
    clock.advance(360)
    operator.look(ids)
    assert (task.status(clock.now()), task.looks, task.shown) == ("Failed", 1, "")
    operator.look(ids)
    assert (task.looks, task.shown) == (2, "Failed")
