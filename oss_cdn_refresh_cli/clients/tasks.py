"""Lists the tasks that a product made of refreshes in the last three days.

The account may list 5 times a second, and the function needs no lists: so the command pauses between its calls.
"""

from collections.abc import Iterator

from oss_cdn_refresh.model.confirmation import Task, bare
from oss_cdn_refresh.model.errors import CallRefused
from oss_cdn_refresh.model.item import Target
from oss_cdn_refresh.model.verdict import Verdict
from oss_cdn_refresh.products.interface import ProductClient
from oss_cdn_refresh.products.task_lists import CALLS_PER_SECOND, Listed, TaskList
from oss_cdn_refresh.products.tasks import LOOKS_BACK
from oss_cdn_refresh_cli.clients.products import opened
from oss_cdn_refresh_cli.operation.operation import Operation

PAUSE = 1.0 / CALLS_PER_SECOND  # seconds before each call
TRIES = 4  # of a call that is throttled
FIRST_PAUSE = 1.0  # seconds before the second try, doubled with each
UNKNOWN_ID = "InvalidTaskId"  # the beginning of the code for an id that is none of this product
FAILED = frozenset({"Failed", "Timeout", "Canceled"})
UNDER_WAY = frozenset({"Refreshing", "Pending"})


def tasks(operation: Operation, target: Target, url: str = "", task_id: str = "") -> Iterator[Task]:
    """The tasks of a target, the newest first within a type; only those of a URL or with an id if one is given.

    :raises Refused: the product refuses to tell; `Unanswered` if the endpoint gives no answer of the product.
    """
    now = operation.effects.now()
    asked: TaskList | None = TaskList(now - LOOKS_BACK, now + 1, url, task_id)
    with opened(operation, target, lambda product: product.LIST_RIGHT) as (_, client, _endpoint):
        while asked:
            try:
                page = _page(operation, client, asked)
            except CallRefused as refusal:
                if task_id and refusal.code.startswith(UNKNOWN_ID):
                    return
                raise
            asked = page.rest
            yield from (task for task in page.tasks if _wanted(task, url, task_id))


def _page(operation: Operation, client: ProductClient, asked: TaskList) -> Listed:
    pause = FIRST_PAUSE
    for _ in range(TRIES - 1):
        operation.effects.sleep(PAUSE)
        try:
            return client.tasks(asked, operation.settings.seconds)
        except CallRefused as refusal:
            if refusal.verdict is not Verdict.RETRY or refusal.unanswered or refusal.code.startswith("HTTP"):
                raise
        operation.effects.sleep(pause)
        pause *= 2
    return client.tasks(asked, operation.settings.seconds)


def _wanted(task: Task, url: str, task_id: str) -> bool:
    """Whether a row belongs to the URL and the id; a product may ignore a filter."""
    return (not url or bare(task.url) == bare(url)) and (not task_id or task.id == task_id)
