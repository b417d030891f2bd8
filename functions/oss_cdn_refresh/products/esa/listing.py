"""The list of all purge tasks of a site of ESA, one type after the other. Only the operators' command reads it.

Source: DescribePurgeTasks, ESA API 2024-09-10. It lists one type a call, and has no filter for a task id.
"""

from collections.abc import Callable, Mapping, Sequence

from oss_cdn_refresh.products.api import Reply
from oss_cdn_refresh.products.esa.look_ups import PAGE_SIZE, tasks_of
from oss_cdn_refresh.products.task_lists import Listed, TaskList
from oss_cdn_refresh.products.tasks import page_follows, task_rows


def page(asked: TaskList, call: Callable[[Mapping[str, str]], Reply], types: Sequence[str]) -> Listed:
    """A page of the tasks of a type, and the next one, which may be the first page of the next type.

    call: makes the call with these parameters.

    :raises CallRefused: ESA refused the call, or no answer with a list of tasks came.
    """
    query = {"Type": types[asked.type], **asked.period(), **asked.place(PAGE_SIZE)}
    reply = call({**query, "Content": asked.url} if asked.url else query)
    rows = task_rows(reply)
    rest = None
    if page_follows(reply, rows, asked.page, PAGE_SIZE):
        rest = asked.next_page()
    elif asked.type + 1 < len(types):
        rest = asked._replace(type=asked.type + 1, page=1)
    tasks = [task for row in rows for task in tasks_of(reply, row, types[asked.type])]
    return Listed(tasks, rest, reply.figure("TotalCount"))
