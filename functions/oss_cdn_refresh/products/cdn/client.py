"""Calls to the CDN: submit a batch, read the daily quotas, look up tasks."""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from oss_cdn_refresh.model.batch import Batch
from oss_cdn_refresh.model.confirmation import Submission, Task
from oss_cdn_refresh.model.effects import Effects
from oss_cdn_refresh.model.errors import CallRefused
from oss_cdn_refresh.model.item import DIRECTORY, FILE, IGNORE_PARAMS, ObjectType
from oss_cdn_refresh.model.quota import Allowance
from oss_cdn_refresh.model.verdict import Verdict
from oss_cdn_refresh.products.api import MESSAGE_LENGTH, TEXT_LENGTH, Api, Reply
from oss_cdn_refresh.products.cdn.verdicts import CLOCK, verdict_of
from oss_cdn_refresh.transport.credentials import Source
from oss_cdn_refresh.transport.session import Session

VERSION = "2018-05-10"
REFRESH, QUOTA, LOOK_UP = "RefreshObjectCaches", "DescribeRefreshQuota", "DescribeRefreshTaskById"
PRELOAD = "PushObjectCache"
QUOTAS: Mapping[ObjectType, str] = {  # DescribeRefreshQuota, "Response parameters": UrlRemain, UrlQuota and so on
    FILE: "Url",
    DIRECTORY: "Dir",
    IGNORE_PARAMS: "IgnoreParams",
}
TASK_ID_LENGTH = TEXT_LENGTH  # characters; the CDN's task ids have 9 to 11
TASK_IDS = 1_000  # of a call: at most one for each item
TASK_IDS_PER_LOOK = 10  # DescribeRefreshTaskById, "TaskId"
LOOK_UP_BYTES = 33_554_432  # of an answer: 2,000 URLs of ours, and as many of others
URL_LENGTH = 8_192  # characters of a task's URL; a URL that can be submitted is much shorter


class Client:
    """The CDN's API at an endpoint."""

    def __init__(
        self, endpoint: str, ignore_params_type: str, credentials: Source, session: Session, effects: Effects
    ) -> None:
        self._api = Api(endpoint, VERSION, verdict_of, credentials, session, effects)
        self._ignore_params_type = ignore_params_type

    @property
    def requests(self) -> int:
        """How many requests for refresh calls were sent so far, with and without an answer."""
        return self._api.tries.get(REFRESH, 0)

    def refresh(self, batch: Batch, seconds: float) -> tuple[str, ...]:
        """Submit a batch, once, within `seconds`; returns the task ids.

        :raises CallRefused: the CDN did not accept it, or no answer came.
        """
        form = {
            "ObjectPath": "\n".join(item.url for item in batch.items),
            "ObjectType": self._ignore_params_type if batch.type == IGNORE_PARAMS else batch.type,
        }
        if batch.force:
            form["Force"] = "true"
        return _task_ids(self._api.call(REFRESH, form, seconds), "RefreshTaskId")

    def quota(self, seconds: float) -> dict[ObjectType, Allowance]:
        """The daily quotas, and how much of each is left; None for a number that is missing or invalid.

        :raises CallRefused: the CDN refused the call, or no answer came.
        """
        reply = self._api.call(QUOTA, {}, seconds)
        return {
            object_type: Allowance(reply.figure(f"{name}Remain"), reply.figure(f"{name}Quota"))
            for object_type, name in QUOTAS.items()
        }

    def look_up(self, submissions: Sequence[Submission], seconds: float) -> list[Task]:
        """The tasks of some submissions, one for each URL that the CDN still shows.

        The list may also hold tasks of other callers: an id can belong to calls of several callers of the account
        (alibabacloud-cdn20180510 9.2.0, "TaskId").

        :raises CallRefused: the CDN refused the call, or no answer with a list of tasks came.
        """
        ids = list(dict.fromkeys(chain.from_iterable(submission.task_ids for submission in submissions)))
        found: list[Task] = []
        for start in range(0, len(ids), TASK_IDS_PER_LOOK):
            found += self._look(ids[start : start + TASK_IDS_PER_LOOK], seconds)
        return found

    def preload_left(self, seconds: float) -> int | None:
        """How many URLs may still be preloaded today; None where the CDN does not tell.

        :raises CallRefused: it was not answered.
        """
        return self._api.call(QUOTA, {}, seconds).figure("PreloadRemain")

    def preload(self, urls: Sequence[str], seconds: float) -> tuple[str, ...]:
        """Preload URLs, once; returns the task ids.

        :raises CallRefused: it was not accepted, or no answer came in so many seconds.
        """
        return _task_ids(self._api.call(PRELOAD, {"ObjectPath": "\n".join(urls)}, seconds), "PushTaskId")

    def renew(self, refusal: CallRefused) -> None:
        """After a refusal of our time, use the CDN's. Credentials need nothing: each call reads them again."""
        if refusal.code.startswith(CLOCK):
            self._api.set_clock(refusal)

    def _look(self, task_ids: Sequence[str], seconds: float) -> list[Task]:
        reply = self._api.call(LOOK_UP, {}, seconds, {"TaskId": ",".join(task_ids)}, LOOK_UP_BYTES)
        rows = _rows(reply.body.get("Tasks"))
        if rows is None:
            what = "the answer holds no list of tasks"
            raise CallRefused(Verdict.RETRY, "NoTasks", what, request_id=reply.request_id())
        return [
            Task(
                id=reply.redacted(row.get("TaskId"), TASK_ID_LENGTH),
                type=reply.redacted(row.get("ObjectType"), TEXT_LENGTH),
                url=reply.redacted(row.get("ObjectPath"), URL_LENGTH),
                status=reply.redacted(row.get("Status"), TEXT_LENGTH),
                process=reply.redacted(row.get("Process"), TEXT_LENGTH),
                description=reply.redacted(row.get("Description"), MESSAGE_LENGTH),
                created_at=reply.redacted(row.get("CreationTime"), TEXT_LENGTH),
            )
            for row in rows
        ]


def _task_ids(reply: Reply, name: str) -> tuple[str, ...]:
    """The ids of an answer, which the CDN separates with commas.

    :raises CallRefused: it names none.
    """
    ids = reply.text(name, TASK_IDS * TASK_ID_LENGTH).split(",", TASK_IDS)[:TASK_IDS]
    task_ids = tuple(filter(None, (task_id.strip()[:TASK_ID_LENGTH] for task_id in ids)))
    if not task_ids:
        raise CallRefused(Verdict.RETRY, "NoTaskId", "the answer names no task", request_id=reply.request_id())
    return task_ids


def _rows(tasks: Any) -> list[Mapping[str, Any]] | None:
    """The tasks in an answer: a list, or an object with the list under the name in DescribeRefreshTasks or in DCDN."""
    if isinstance(tasks, dict):
        tasks = tasks.get("CDNTask", tasks.get("Task"))
    return [row for row in tasks if isinstance(row, dict)] if isinstance(tasks, list) else None
