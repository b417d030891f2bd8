"""Looking up tasks: DescribePurgeTasks and DescribePreloadTasks, in the shape of `alibabacloud-esa20240910` 3.16.0.

Both know the tasks of the last three days, by site. A `TaskId` among the parameters is ignored, unless
`Limits.filters_by_task_id` says otherwise. Each call is a look at every task of the site and type that it asks for, or
at those with the one URL in `Content`.
"""

from collections.abc import Collection, Mapping
from typing import Any

from oss_cdn_refresh_box.account.errors import refused
from oss_cdn_refresh_box.cdn.looking import period
from oss_cdn_refresh_box.cdn.tasks import PRELOAD, Task, Tasks
from oss_cdn_refresh_box.esa.purging import TYPES
from oss_cdn_refresh_box.esa.sites import page

DEFAULT_PAGE_SIZE, LARGEST_PAGE = 20, 50
FIELDS = {"ObjectPath": "Content", "ObjectType": "Type", "CreationTime": "CreateTime"}  # by their names on CDN and DCDN
SHOWN_TYPES = {name.lower(): name for name in TYPES}


def purges(given: Mapping[str, str], tasks: Tasks, ids: Collection[str], now: float) -> dict[str, Any]:
    """The answer of DescribePurgeTasks about the tasks with these ids, which are those of a site."""
    kind = given.get("Type") or "file"
    if kind not in TYPES:
        raise refused("InvalidParameter", f"Type: {kind}")
    rows = [row for row in _rows(given, tasks, ids, TYPES[kind], now) if row.get("Type", kind) == kind]
    return page(given, "Tasks", rows, DEFAULT_PAGE_SIZE, LARGEST_PAGE)


def preloads(given: Mapping[str, str], tasks: Tasks, ids: Collection[str], now: float) -> dict[str, Any]:
    """The answer of DescribePreloadTasks about the tasks with these ids, which are those of a site."""
    rows = _rows(given, tasks, ids, PRELOAD, now)
    for row in rows:
        row.pop("Type", None)
        if "CreateTime" in row:
            row["CreateTime"] = row["CreateTime"].replace("T", " ").removesuffix("Z")
    return page(given, "Tasks", rows, DEFAULT_PAGE_SIZE, LARGEST_PAGE)


def _rows(
    given: Mapping[str, str], tasks: Tasks, ids: Collection[str], object_type: str, now: float
) -> list[dict[str, Any]]:
    start, end = period(given, now)
    content, status = given.get("Content"), given.get("Status")
    found = [
        task
        for task in tasks.find()
        if task.id in ids and task.object_type == object_type and (not content or content in _contents(task))
    ]
    rows = [_named(row) for task in found for row in tasks.look(task)]
    if not tasks.newest_first:
        rows.reverse()
    return [
        row
        for row in rows
        if start <= row.get("CreateTime", start) <= end
        and row.get("Content") == (content or row.get("Content"))
        and row.get("Status") == (status or row.get("Status"))
    ]


def _contents(task: Task) -> set[str]:
    """The URLs of a task's rows, those of other callers included."""
    return {task.url, *(row.url for row in task.script.foreign)}


def _named(row: Mapping[str, Any]) -> dict[str, Any]:
    named = {FIELDS.get(name, name): value for name, value in row.items()}
    if "Type" in named:
        named["Type"] = SHOWN_TYPES.get(named["Type"], named["Type"])
    return named
