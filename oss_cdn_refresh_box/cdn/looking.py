"""Looking up tasks by id or as a list, in the shape of `alibabacloud-cdn20180510` 9.2; DCDN wraps its rows differently.

Both know the tasks of the last three days. Each call is a look at every task that it asks for.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from oss_cdn_refresh_box.account.errors import refused
from oss_cdn_refresh_box.cdn.refresh import Limits
from oss_cdn_refresh_box.cdn.tasks import KEPT_SECONDS, Tasks, utc

PAGES = range(1, 100_001)
DEFAULT_PAGE_SIZE = "20"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def by_id(given: Mapping[str, str], tasks: Tasks, limits: Limits, wrapper: str) -> dict[str, Any]:
    """The answer to a look by id; `wrapper` is the name of the rows' list, or "".

    Raises:
        Refused: an id is none, a script refuses it, or there are too many.

    """
    ids = _ids(given)
    if not ids:
        raise refused("MissingParameter", "TaskId")
    if len(ids) > limits.task_ids_per_look:
        raise refused("InvalidTaskId.Malformed", f"{len(ids)} ids, at most {limits.task_ids_per_look}.")
    rows = _rows(ids, tasks)
    return {"TotalCount": len(rows), "Tasks": _wrapped(rows[: tasks.most_rows], wrapper)}


def listed(given: Mapping[str, str], tasks: Tasks, now: float, wrapper: str, largest_page: int) -> dict[str, Any]:
    """The list of tasks at this moment, in pages of at most so many rows.

    Raises:
        Refused: a parameter is missing or not valid.

    """
    if (given.get("DomainName") or given.get("Status")) and not given.get("ObjectType"):
        raise refused("MissingParameter.ObjectType")
    start, end = period(given, now)
    page_number = number(given, "PageNumber", "1", PAGES)
    size = number(given, "PageSize", DEFAULT_PAGE_SIZE, range(1, largest_page + 1))
    wanted = {"ObjectPath": given.get("ObjectPath"), "Status": given.get("Status")}
    rows = [
        row
        for row in _rows(_ids(given) or None, tasks)
        if start <= row.get("CreationTime", start) <= end
        and all(row.get(name) == value for name, value in wanted.items() if value)
        and row.get("ObjectType", "").lower() == (given.get("ObjectType") or row.get("ObjectType", "")).lower()
        and (not given.get("DomainName") or _host(row) == given["DomainName"])
    ]
    page = rows[(page_number - 1) * size : page_number * size]
    return {
        "PageNumber": page_number,
        "PageSize": size,
        "TotalCount": len(rows),
        "Tasks": _wrapped(page, wrapper),
    }


def _ids(given: Mapping[str, str]) -> list[str]:
    return [each.strip() for each in given["TaskId"].split(",")] if given.get("TaskId") else []


def _rows(ids: Sequence[str] | None, tasks: Tasks) -> list[dict[str, Any]]:
    """The rows of the tasks with these ids, or of all tasks."""
    if malformed := [each for each in ids or () if not each.isdecimal()]:
        raise refused("InvalidTaskId.Malformed", ascii(malformed))
    found = tasks.find(ids and dict.fromkeys(ids))
    if ids and (denied := {task.id for task in found if task.script.is_refused}):
        raise refused("InvalidTaskId.Malformed", ", ".join(sorted(denied)))
    rows = [row for task in found for row in tasks.look(task)]
    return rows if tasks.newest_first else rows[::-1]


def period(given: Mapping[str, str], now: float) -> tuple[str, str]:
    """Start and end of the list, as the API writes times: such texts are in the order of their times."""
    start, end = given.get("StartTime", ""), given.get("EndTime", "")
    if bool(start) != bool(end):
        raise refused("MissingTimeParameter")
    if not start:
        return utc(now - KEPT_SECONDS), utc(now)
    if not (TIME.fullmatch(start) and TIME.fullmatch(end) and utc(now - KEPT_SECONDS) <= start < end):
        raise refused("InvalidTime", f"{start} to {end}")
    return start, end


def number(given: Mapping[str, str], name: str, default: str, allowed: range) -> int:
    """A parameter that is a number; refused if it is none of those allowed."""
    text = given.get(name) or default
    if not text.isdecimal() or int(text) not in allowed:
        raise refused("InvalidParameter", f"{name}: {text}")
    return int(text)


def _host(row: Mapping[str, Any]) -> str:
    return str(row.get("ObjectPath", "")).partition("://")[2].partition("/")[0]


def _wrapped(rows: Sequence[Mapping[str, Any]], name: str) -> Any:
    return {name: rows} if name else rows
