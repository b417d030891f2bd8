"""`tasks`: the tasks of CDN, DCDN and ESA in the last three days."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from command import ROOT, run
from three import CDN, HOST, NAMES, Three, three_products
from world import event, record

from oss_cdn_refresh_box.cdn.tasks import Script
from oss_cdn_refresh_box.wire.faults import Faults, Refusal
from oss_cdn_refresh_box.wire.serving import Response, Server

LIST = {"cdn": "DescribeRefreshTasks", "dcdn": "DescribeDcdnRefreshTasks", "esa": "DescribePurgeTasks"}
RIGHT = {"cdn": f"cdn:{LIST['cdn']}", "dcdn": f"dcdn:{LIST['dcdn']}", "esa": f"esa:{LIST['esa']}"}
each_product = pytest.mark.parametrize("name", NAMES)


@pytest.fixture
def three(tmp_path: Path) -> Iterator[Three]:
    with three_products(tmp_path) as found:
        yield found


def call(three: Three, *words: str) -> Result:
    return run("tasks", *words, environ=three.world.environ, clock=three.world.clock)


def listed(three: Three, *words: str) -> list[dict[str, Any]]:
    tasks: list[dict[str, Any]] = json.loads(call(three, *words, "--json").stdout)
    return tasks


def change(three: Three, *keys: str) -> None:
    """Let the function refresh changed objects on the domains of all products."""
    three.world.invoke(event(*map(record, keys)))


@each_product
def test_tasks_lists_the_tasks_of_each_product(three: Three, name: str) -> None:
    change(three, "a.jpg")
    three.world.clock.advance(400)
    own = next(task for task in listed(three) if HOST[name] in task["url"])
    assert own == {
        "id": own["id"],
        "url": f"https://{HOST[name]}/a.jpg",
        "type": "file",
        "status": "Complete",
        "process": "100%",
        "description": "",
        "created_at": "2026-11-22T04:00:00Z",
    }


def test_tasks_without_a_failed_one_is_done(three: Three) -> None:
    change(three, "a.jpg")
    assert call(three).exit_code == 0


@each_product
@pytest.mark.parametrize("status", ["Failed", "Timeout", "Canceled"])
def test_a_failed_task_is_found(three: Three, name: str, status: str) -> None:
    tasks = three.products[name].tasks  # type: ignore[attr-defined]
    tasks.script = lambda *_: Script(status, seconds=1, description="Origin Timeout")
    change(three, "a.jpg")
    three.world.clock.advance(60)
    result = call(three)
    assert (result.exit_code, "Origin Timeout" in result.stdout) == (1, True)


@each_product
def test_tasks_of_an_id_are_those_with_it(three: Three, name: str) -> None:
    change(three, "a.jpg")
    three.world.clock.advance(2)
    change(three, "b.jpg")
    three.world.clock.advance(400)
    wanted = next(task for task in listed(three) if task["url"] == f"https://{HOST[name]}/b.jpg")
    assert wanted in listed(three, wanted["id"])
    assert {task["id"] for task in listed(three, wanted["id"])} == {wanted["id"]}


def test_an_id_without_a_task_is_reported(three: Three) -> None:
    result = call(three, "1")
    assert (result.exit_code, "has the id 1" in result.stderr) == (2, True)


@each_product
def test_tasks_of_a_url_are_asked_of_its_own_product(three: Three, name: str) -> None:
    change(three, "a.jpg", "b.jpg")
    three.world.clock.advance(400)
    assert [task["url"] for task in listed(three, "--url", f"https://{HOST[name]}/b.jpg")] == [
        f"https://{HOST[name]}/b.jpg"
    ]
    asked = {each for each in NAMES for request in three.products[each].calls if request.action == LIST[each]}
    assert asked == {name}


def test_tasks_of_a_foreign_url_are_refused(three: Three) -> None:
    result = call(three, "--url", "https://elsewhere.example/a.jpg")
    assert (result.exit_code, "elsewhere.example is no domain of the configuration" in result.stderr) == (2, True)


@each_product
def test_all_pages_are_read(three: Three, name: str) -> None:
    change(three, *(f"{number}.jpg" for number in range(230)))
    three.world.clock.advance(400)
    assert len([task for task in listed(three) if HOST[name] in task["url"]]) == 230


@each_product
def test_lists_are_asked_at_most_five_times_a_second(three: Three, name: str) -> None:
    change(three, *(f"{number}.jpg" for number in range(230)))
    three.world.clock.advance(400)
    began = three.world.clock.now()
    listed(three, "--url", f"https://{HOST[name]}/1.jpg")
    listed(three)
    calls = sum(len([each for each in three.products[of].calls if each.action == LIST[of]]) for of in NAMES)
    assert three.world.clock.now() - began >= calls / 5 - 0.001


def test_people_see_the_failed_tasks_first_and_how_many_more_there_are(three: Three) -> None:
    three.world.cdn.tasks.script = lambda _type, url, _times: Script("Failed") if "3.jpg" in url else None
    change(three, *(f"{number}.jpg" for number in range(6)))
    three.world.clock.advance(400)
    shown = call(three, "--limit", "2").stdout.splitlines()
    assert f"https://{CDN}/3.jpg" in shown[1]
    assert "… and 16 more: --limit N or --json shows them." in shown


@each_product
def test_a_product_that_refuses_is_named_with_the_right_and_the_others_are_shown(three: Three, name: str) -> None:
    change(three, "a.jpg")
    three.products[name].faults = Faults(rule=lambda _request: Refusal(403, "Forbidden.RAM", "User not authorized."))
    result = call(three, "--json")
    assert (result.exit_code, f"grant {RIGHT[name]}" in result.stderr) == (2, True)
    assert len(json.loads(result.stdout)) == 2


def test_a_throttled_list_is_asked_again(three: Three) -> None:
    change(three, "a.jpg")
    refusals = iter([Refusal(400, "Throttling.User", "Request was denied due to user flow control.")] * 2)
    three.world.cdn.faults = Faults(rule=lambda _request: next(refusals, None))
    assert (call(three).exit_code, len(listed(three))) == (0, 3)


def test_a_site_of_esa_lists_directories_too(three: Three) -> None:
    run(
        *("refresh", "--now", "--directory", "https://e.example.org/docs/"),
        environ=three.world.environ,
        clock=three.world.clock,
    )
    three.world.clock.advance(400)
    assert [(task["type"], task["url"]) for task in listed(three)] == [("directory", "https://e.example.org/docs/")]


@each_product
def test_tasks_that_were_not_asked_for_are_left_out(three: Three, name: str) -> None:
    """A product may ignore a filter."""
    names = ("ObjectPath", "ObjectType", "CreationTime") if name != "esa" else ("Content", "Type", "CreateTime")
    values = ("File", "2026-11-22T03:59:00Z")
    rows = [
        {
            "TaskId": task_id,
            "Status": "Complete",
            **dict(zip(names, (f"https://{HOST[name]}/{path}", *values), strict=True)),
        }
        for task_id, path in (("1", "a.jpg"), ("2", "a.jpg"), ("1", "b.jpg"))
    ]
    with Server(lambda _request: Response(200, json.dumps({"Tasks": rows, "TotalCount": 3}).encode())) as server:
        three.world.environ[f"{name.upper()}_ENDPOINT"] = server.url
        found = listed(three, "1", "--url", f"https://{HOST[name]}/a.jpg")
    assert [(task["id"], task["url"]) for task in found] == [("1", f"https://{HOST[name]}/a.jpg")]


@pytest.mark.parametrize("name", ["cdn", "dcdn"])
def test_an_id_is_asked_of_a_product_that_has_a_filter_for_it(three: Three, name: str) -> None:
    change(three, *(f"{number}.jpg" for number in range(230)))
    listed(three, three.products[name].tasks.submitted[0].id)  # type: ignore[attr-defined]
    asked = [each.more.get("TaskId") for each in three.products[name].calls if each.action == LIST[name]]
    assert set(asked) == {three.products[name].tasks.submitted[0].id}  # type: ignore[attr-defined]


def test_the_function_imports_no_list_of_tasks() -> None:
    """A cold start is short: only the command lists tasks."""
    asked = (
        "import sys, refresh; from oss_cdn_refresh.products import NAMES, product; [product(name) for name in NAMES]"
    )
    told = "print([name for name in sys.modules if name.endswith(('task_lists', 'esa.listing', 'products.interface'))])"
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", f"{asked}; {told}"], cwd=ROOT / "functions", capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("ids", [("",), ("1234", " ")])
def test_an_empty_id_is_refused_before_any_call(three: Three, ids: tuple[str, ...]) -> None:
    """A variable of the shell that is not set."""
    result = call(three, *ids)
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert '"" is no id of a task' in result.stderr
    assert not any(request.action == LIST[name] for name in NAMES for request in three.products[name].calls)
