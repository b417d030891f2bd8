"""The calls of CDN and DCDN, which take the URLs of a call as lines in `ObjectPath`. The two APIs differ in names.

Sources: RefreshObjectCaches, PushObjectCache, DescribeRefreshQuota and DescribeRefreshTaskById of CDN 2018-05-10;
RefreshDcdnObjectCaches, PreloadDcdnObjectCaches and so on of DCDN 2018-01-15.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from oss_cdn_refresh.model.batch import Batch
from oss_cdn_refresh.model.confirmation import Found, LookUp, Submission
from oss_cdn_refresh.model.effects import timestamp
from oss_cdn_refresh.model.errors import CallRefused
from oss_cdn_refresh.model.item import DIRECTORY, FILE, IGNORE_PARAMS, ObjectType
from oss_cdn_refresh.model.limits import Limits
from oss_cdn_refresh.model.quota import Allowance
from oss_cdn_refresh.model.verdict import Verdict
from oss_cdn_refresh.products.api import Api, Peer, Reply
from oss_cdn_refresh.products.tasks import TASK_ID_LENGTH, by_task_ids, task_of, task_rows
from oss_cdn_refresh.products.verdicts import CLOCK

if TYPE_CHECKING:  # only the command lists tasks
    from oss_cdn_refresh.products.task_lists import Listed, TaskList

QUOTAS: Mapping[ObjectType, str] = {  # DescribeRefreshQuota, "Response parameters": UrlRemain, UrlQuota and so on
    FILE: "Url",
    DIRECTORY: "Dir",
    IGNORE_PARAMS: "IgnoreParams",
}
TASK_IDS = 1_000  # of a call: at most one for each item
LOOK_UP_BYTES = 33_554_432  # of an answer: 2,000 URLs of ours, and as many of others


class Names(NamedTuple):
    """What an API calls its version, its actions, and the fields with the task ids of an accepted call.

    list_page: the most rows of a page of the list of tasks.
    """

    version: str
    refresh: str
    preload: str
    quota: str
    look_up: str
    list: str
    refreshed: tuple[str, ...]
    preloaded: tuple[str, ...]
    list_page: int = 50


class ObjectPathClient:
    """The client of one of the two APIs."""

    def __init__(
        self, names: Names, verdict_of: Callable[[str, int], Verdict], peer: Peer, ignore_params_type: str
    ) -> None:
        self._api = Api(peer, names.version, verdict_of)
        self._names = names
        self._ignore_params_type = ignore_params_type

    @property
    def requests(self) -> int:
        """How many requests for refresh calls were sent so far, with and without an answer."""
        return self._api.tries.get(self._names.refresh, 0)

    def limits(self, usual: Limits) -> Limits:
        """The usual limits."""
        return usual

    def refresh(self, batch: Batch, seconds: float) -> tuple[str, ...]:
        """Submit a batch, once, within `seconds`; returns the task ids.

        :raises CallRefused: the product did not accept it, or no answer came.
        """
        object_type = self._ignore_params_type if batch.type == IGNORE_PARAMS else batch.type
        more = {"ObjectType": object_type, **({"Force": "true"} if batch.force else {})}
        return _task_ids(
            self._submit(self._names.refresh, [item.url for item in batch.items], more, seconds), self._names.refreshed
        )

    def quota(self, types: Sequence[ObjectType], seconds: float) -> dict[ObjectType, Allowance]:
        """The daily quotas, and how much of each is left; None for a number that is missing or invalid.

        :raises CallRefused: the product refused the call, or no answer came.
        """
        reply = self._api.call(self._names.quota, seconds)
        return {
            kind: Allowance(reply.figure(f"{QUOTAS[kind]}Remain"), reply.figure(f"{QUOTAS[kind]}Quota"))
            for kind in types
        }

    def look_ups(self, submissions: Iterable[Submission]) -> Iterator[LookUp]:
        """Calls with the distinct ids of the tasks."""
        return by_task_ids(submissions)

    def look_up(self, look_up: LookUp, seconds: float) -> Found:
        """The tasks of some ids, one for each URL that the product still shows.

        The list may also hold tasks of other callers: an id can belong to calls of several callers of the account
        (alibabacloud-cdn20180510 9.2.0, "TaskId").

        :raises CallRefused: the product refused the call, or no answer with a list of tasks came.
        """
        query = {"TaskId": ",".join(look_up.task_ids)}
        reply = self._api.call(self._names.look_up, seconds, query=query, most_bytes=LOOK_UP_BYTES)
        return Found([task_of(reply, row) for row in task_rows(reply)])

    def tasks_between(self, start: float, end: float, seconds: float) -> int | None:
        """How many tasks were created between two moments; None where the answer does not tell.

        :raises CallRefused: the product refused the call, or no answer came.
        """
        query = {"StartTime": timestamp(start), "EndTime": timestamp(end), "PageSize": "1"}
        return self._api.call(self._names.list, seconds, query=query).figure("TotalCount")

    def tasks(self, asked: "TaskList", seconds: float) -> "Listed":
        """A page of the list of tasks.

        :raises CallRefused: the product refused the call, or no answer with a list of tasks came.
        """
        from oss_cdn_refresh.products.task_lists import listed  # noqa: PLC0415 - only the command lists tasks

        by = {"ObjectPath": asked.url, "TaskId": asked.task_id}
        query = {name: value for name, value in by.items() if value}
        size = self._names.list_page
        reply = self._api.call(self._names.list, seconds, query={**query, **asked.period(), **asked.place(size)})
        return listed(reply, asked, size)

    def preload_left(self, seconds: float) -> int | None:
        """How many URLs may still be preloaded today; None where the product does not tell.

        :raises CallRefused: the product refused the call, or no answer came.
        """
        return self._api.call(self._names.quota, seconds).figure("PreloadRemain")

    def preload(self, urls: Sequence[str], seconds: float) -> tuple[str, ...]:
        """Preload URLs, once; returns the task ids.

        :raises CallRefused: it was not accepted, or no answer came in so many seconds.
        """
        return _task_ids(self._submit(self._names.preload, urls, {}, seconds), self._names.preloaded)

    def renew(self, refusal: CallRefused) -> None:
        """After a refusal of our time, use the product's. Credentials need nothing: each call reads them again."""
        if refusal.code.startswith(CLOCK):
            self._api.set_clock(refusal)

    def _submit(self, action: str, urls: Sequence[str], more: Mapping[str, str], seconds: float) -> Reply:
        """Call an action with URLs. They travel in the form body: 1,000 of them do not fit into a query."""
        return self._api.call(action, seconds, form={"ObjectPath": "\n".join(urls), **more})


def _task_ids(reply: Reply, names: Sequence[str]) -> tuple[str, ...]:
    """The ids of an answer, which the product separates with commas.

    :raises CallRefused: it names none.
    """
    text = next((found for name in names if (found := reply.text(name, TASK_IDS * TASK_ID_LENGTH))), "")
    ids = text.split(",", TASK_IDS)[:TASK_IDS]
    task_ids = tuple(filter(None, (task_id.strip()[:TASK_ID_LENGTH] for task_id in ids)))
    if not task_ids:
        raise CallRefused(Verdict.RETRY, "NoTaskId", "the answer names no task", request_id=reply.request_id())
    return task_ids
