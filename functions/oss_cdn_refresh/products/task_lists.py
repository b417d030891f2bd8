"""Lists of the tasks of an account or of a site of ESA, page by page. Only the operators' command reads them.

Sources: DescribeRefreshTasks (CDN), DescribeDcdnRefreshTasks (DCDN), DescribePurgeTasks (ESA). All list the tasks of
the last three days; ESA lists one type at a time, and has no filter for a task id.
"""

from collections.abc import Sequence
from typing import NamedTuple

from oss_cdn_refresh.model.confirmation import Task
from oss_cdn_refresh.model.effects import timestamp
from oss_cdn_refresh.products.api import Reply
from oss_cdn_refresh.products.tasks import page_follows, task_of, task_rows

CALLS_PER_SECOND = 5  # DescribeRefreshTasks and DescribeDcdnRefreshTasks, for one account; not documented for ESA


class TaskList(NamedTuple):
    """A page of a list of tasks: those that were created between two moments (epoch seconds), the newest first.

    url, task_id: only the tasks with it; "" for all. type: the position of a type, where a product lists one type at a
    time.
    """

    start: float
    end: float
    url: str = ""
    task_id: str = ""
    type: int = 0
    page: int = 1

    def period(self) -> dict[str, str]:
        """The parameters with the period."""
        return {"StartTime": timestamp(self.start), "EndTime": timestamp(self.end)}

    def next_page(self) -> "TaskList":
        """The page after it."""
        return self._replace(page=self.page + 1)

    def place(self, page_size: int) -> dict[str, str]:
        """The parameters with the page."""
        return {"PageNumber": str(self.page), "PageSize": str(page_size)}


class Listed(NamedTuple):
    """The tasks on a page, and the next page; None after the last one. total: of the list, None if it is not known."""

    tasks: Sequence[Task]
    rest: TaskList | None
    total: int | None


def listed(reply: Reply, asked: TaskList, page_size: int) -> Listed:
    """The tasks in an answer.

    :raises CallRefused: the answer has no list of tasks.
    """
    rows = task_rows(reply)
    rest = asked.next_page() if page_follows(reply, rows, asked.page, page_size) else None
    return Listed([task_of(reply, row) for row in rows], rest, reply.figure("TotalCount"))
