"""Tasks of CDN, DCDN and ESA: how their rows are read, and which ids share a call.

Sources: DescribeRefreshTaskById (CDN, DCDN), DescribeRefreshTasks, DescribePurgeTasks (ESA).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import ceil
from typing import Any

from oss_cdn_refresh.model.confirmation import LookUp, Submission, Task
from oss_cdn_refresh.model.errors import CallRefused
from oss_cdn_refresh.model.limits import MINUTE
from oss_cdn_refresh.model.verdict import Verdict
from oss_cdn_refresh.products.api import MESSAGE_LENGTH, TEXT_LENGTH, Reply

TASK_ID_LENGTH = TEXT_LENGTH  # characters; task ids have 9 to 11
URL_LENGTH = 8_192  # characters of a task's URL; a URL that can be submitted is much shorter
IDS_PER_CALL = 10  # DescribeRefreshTaskById, "TaskId"
URLS_PER_CALL = 2_000  # of ours, that the ids of one call may bring: whether longer answers are cut is not confirmed
LOOKS_BACK = 259_200.0 - MINUTE  # seconds of a list; it is of three days, and an earlier start is an InvalidTime
TASKS_OF_A_CALL = 10  # a refresh call has at most one task for each of its domains


def task_rows(reply: Reply) -> list[Mapping[str, Any]]:
    """The rows of an answer: a list, or an object with the list under its name in the CDN's list or in DCDN's.

    :raises CallRefused: the answer has no list of tasks.
    """
    tasks = reply.body.get("Tasks")
    if isinstance(tasks, dict):
        tasks = tasks.get("CDNTask", tasks.get("Task"))
    if not isinstance(tasks, list):
        what = "the answer holds no list of tasks"
        raise CallRefused(Verdict.RETRY, "NoTasks", what, request_id=reply.request_id())
    return [row for row in tasks if isinstance(row, dict)]


def page_follows(reply: Reply, rows: Sequence[object], page: int, page_size: int) -> bool:
    """Whether a page of a list is followed by another: it is full, or `TotalCount` is larger than what was read."""
    total = reply.figure("TotalCount")
    return len(rows) >= page_size or (total is not None and 0 < page * len(rows) < total)


def task_of(reply: Reply, row: Mapping[str, Any]) -> Task:
    """The task in a row of an answer."""
    return Task(
        id=reply.redacted(row.get("TaskId"), TASK_ID_LENGTH),
        type=reply.redacted(row.get("ObjectType", row.get("Type")), TEXT_LENGTH),
        url=reply.redacted(row.get("ObjectPath", row.get("Content")), URL_LENGTH),
        status=reply.redacted(row.get("Status"), TEXT_LENGTH),
        process=reply.redacted(row.get("Process"), TEXT_LENGTH),
        description=reply.redacted(row.get("Description"), MESSAGE_LENGTH),
        created_at=reply.redacted(row.get("CreationTime", row.get("CreateTime")), TEXT_LENGTH),
    )


def by_task_ids(submissions: Iterable[Submission]) -> Iterator[LookUp]:
    """The calls for the distinct task ids of some submissions: at most ten ids in each, or a single id."""
    urls: Counter[str] = Counter()
    alone: dict[str, Submission] = {}
    for submission in submissions:
        share = _most_of_a_task(submission)
        for task_id in submission.task_ids:
            urls[task_id] += share
            alone.setdefault(task_id, submission._replace(task_ids=(task_id,)))
    call: list[Submission] = []
    expected = 0
    for task_id, submission in alone.items():
        if call and (len(call) == IDS_PER_CALL or expected + urls[task_id] > URLS_PER_CALL):
            yield LookUp(tuple(call))
            call, expected = [], 0
        call.append(submission)
        expected += urls[task_id]
    if call:
        yield LookUp(tuple(call))


def _most_of_a_task(submission: Submission) -> int:
    """How many URLs one of its tasks may have: a call has a task for each domain, a single upload a task of its own."""
    if len(submission.task_ids) <= TASKS_OF_A_CALL < len(submission.urls):
        return max(Counter(url.split("/", 3)[2] for url in submission.urls).values())
    return ceil(len(submission.urls) / max(1, len(submission.task_ids)))
