"""Looking up tasks of ESA, which lists them by type and time, in pages, and has no filter for a task id.

Source: DescribePurgeTasks, ESA API 2024-09-10. Tasks older than three days cannot be listed.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from oss_cdn_refresh.model.confirmation import Found, LookUp, Submission, Task
from oss_cdn_refresh.model.effects import timestamp
from oss_cdn_refresh.model.limits import MINUTE
from oss_cdn_refresh.products.api import Reply
from oss_cdn_refresh.products.tasks import LOOKS_BACK, page_follows, task_of, task_rows

PAGE_SIZE = 50  # "PageSize", the maximum
CONTENT_LENGTH = 65_536  # characters of a row's `Content`, which may be that of a whole call
PERIOD = 10 * MINUTE  # seconds; all submissions of a type in one period share a list, whichever of them are left
SLACK = 5 * MINUTE  # seconds around a period, because clocks differ


def by_time(submissions: Iterable[Submission], now: float) -> Iterator[LookUp]:
    """A look-up for the submissions of one type and period; a single URL is asked for by its URL."""
    groups: dict[tuple[str, float], list[Submission]] = {}
    for submission in submissions:
        groups.setdefault((submission.type, submission.at // PERIOD * PERIOD), []).append(submission)
    for (_, start), group in groups.items():
        yield _look_up(group, start, now)


def page_of(look_up: LookUp) -> dict[str, str]:
    """The parameters of the page that a look-up is at."""
    return {"PageNumber": str(look_up.page), "PageSize": str(PAGE_SIZE)}


def found(reply: Reply, look_up: LookUp) -> Found:
    """The tasks on a page, and the look-up of the next page if there is one.

    :raises CallRefused: the answer has no list of tasks.
    """
    rows = task_rows(reply)
    more = page_follows(reply, rows, look_up.page, PAGE_SIZE)
    rest = look_up._replace(page=look_up.page + 1) if more else None
    object_type = look_up.submissions[0].type  # the call has asked for tasks of one type
    return Found([task for row in rows for task in tasks_of(reply, row, object_type)], rest)


def _look_up(group: Sequence[Submission], start: float, now: float) -> LookUp:
    begin = max(start - SLACK, now - LOOKS_BACK)
    end = max(min(start + PERIOD + SLACK, now), begin + 1)
    urls = {url for submission in group for url in submission.urls}
    by = [("StartTime", timestamp(begin)), ("EndTime", timestamp(end))]
    only = urls.pop() if len(urls) == 1 else ""
    if only:
        by.append(("Content", only))
    return LookUp(tuple(group), tuple(by), f"{group[0].type} {start:.0f} {only}")


def tasks_of(reply: Reply, row: Mapping[str, Any], object_type: str) -> Iterator[Task]:
    """The tasks in a row: one for its URL, or one for each URL of a row that has the `Content` of the whole call.

    object_type: the type of the tasks that the call has asked for, which a row may leave out.
    """
    task = task_of(reply, row)
    task = task._replace(type=task.type or object_type)
    if " " in task.created_at:  # DescribePreloadTasks writes times so
        task = task._replace(created_at=f"{task.created_at.replace(' ', 'T')}Z")
    for url in _urls(reply.redacted(row.get("Content"), CONTENT_LENGTH)):
        yield task._replace(url=url)


def _urls(content: str) -> Sequence[str]:
    if not content.startswith(("{", "[")):
        return (content,)
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return (content,)
    lists = value.values() if isinstance(value, dict) else [value]
    return [url for each in lists if isinstance(each, list) for url in each if isinstance(url, str)]
