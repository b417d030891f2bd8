"""The calls to ESA. All parameters travel in the query, the URLs as JSON (alibabacloud-esa20240910 3.16.0)."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from oss_cdn_refresh.model.batch import Batch
from oss_cdn_refresh.model.confirmation import Found, LookUp, Submission
from oss_cdn_refresh.model.effects import timestamp
from oss_cdn_refresh.model.errors import CallRefused
from oss_cdn_refresh.model.item import DIRECTORY, FILE, IGNORE_PARAMS, ObjectType, Target
from oss_cdn_refresh.model.limits import Limits
from oss_cdn_refresh.model.quota import Allowance
from oss_cdn_refresh.model.verdict import Verdict
from oss_cdn_refresh.products.api import Api, Peer, Reply
from oss_cdn_refresh.products.esa import look_ups
from oss_cdn_refresh.products.esa.verdicts import verdict_of
from oss_cdn_refresh.products.tasks import TASK_ID_LENGTH
from oss_cdn_refresh.products.verdicts import CLOCK

if TYPE_CHECKING:  # only the command lists tasks
    from oss_cdn_refresh.products.task_lists import Listed, TaskList

VERSION = "2024-09-10"
REFRESH, PRELOAD, QUOTA, LOOK_UP = "PurgeCaches", "PreloadCaches", "GetPurgeQuota", "DescribePurgeTasks"
TYPES: Mapping[ObjectType, str] = {FILE: "file", DIRECTORY: "directory", IGNORE_PARAMS: "ignoreParams"}
MEMBERS: Mapping[ObjectType, str] = {FILE: "Files", DIRECTORY: "Directories", IGNORE_PARAMS: "IgnoreParams"}


class Client:
    """The calls for one site of ESA in one invocation."""

    def __init__(self, peer: Peer, target: Target, _ignore_params_type: str) -> None:
        self._api = Api(peer, VERSION, verdict_of)
        self._site_id = target.site_id
        self._now = peer.effects.now

    @property
    def requests(self) -> int:
        """How many requests for refresh calls were sent so far, with and without an answer."""
        return self._api.tries.get(REFRESH, 0)

    def limits(self, usual: Limits) -> Limits:
        """The usual limits."""
        return usual

    def refresh(self, batch: Batch, seconds: float) -> tuple[str, ...]:
        """Submit a batch, once, within `seconds`; returns the task id.

        :raises CallRefused: ESA did not accept it, or no answer came.
        """
        content = {MEMBERS[batch.type]: [item.url for item in batch.items]}
        query = {"Type": TYPES[batch.type], "Content": _json(content)}
        if batch.force:  # a file is always deleted, and the type takes no Force
            query["Force"] = "true"
        return _task_id(self._call(REFRESH, query, seconds))

    def quota(self, types: Sequence[ObjectType], seconds: float) -> dict[ObjectType, Allowance]:
        """The quota of one type, and how much of it is left: of the day, or of 30 days if that is less.

        :raises CallRefused: ESA refused the call, or no answer came.
        """
        (kind,) = types
        reply = self._call(QUOTA, {"Type": TYPES[kind]}, seconds)
        of_a_day, used = reply.figure("Quota"), reply.figure("Usage")
        if of_a_day is None or used is None:
            return {kind: Allowance(None, of_a_day)}
        left = of_a_day - used
        longer, used_longer = reply.figure("Quota30Day"), reply.figure("Usage30Day")
        if longer and used_longer is not None:  # 0: there is no such quota
            left = min(left, longer - used_longer)
        return {kind: Allowance(max(0, left), of_a_day)}

    def look_ups(self, submissions: Iterable[Submission]) -> Iterator[LookUp]:
        """Calls by type and time, as ESA has no look-up by task id."""
        return look_ups.by_time(submissions, self._now())

    def look_up(self, look_up: LookUp, seconds: float) -> Found:
        """One page of the tasks of a site.

        :raises CallRefused: ESA refused the call, or no answer with a list of tasks came.
        """
        type_of_all = TYPES[look_up.submissions[0].type]
        query = {"Type": type_of_all, **dict(look_up.filters), **look_ups.page_of(look_up)}
        reply = self._call(LOOK_UP, query, seconds, method="GET")
        return look_ups.found(reply, look_up)

    def tasks_between(self, start: float, end: float, seconds: float) -> int | None:
        """How many tasks were created between two moments; None where an answer does not tell.

        :raises CallRefused: ESA refused the call, or no answer came.
        """
        period = {"StartTime": timestamp(start), "EndTime": timestamp(end), "PageSize": "1"}
        counts = [
            self._call(LOOK_UP, {"Type": kind, **period}, seconds, method="GET").figure("TotalCount")
            for kind in TYPES.values()
        ]
        return None if None in counts else sum(filter(None, counts))

    def tasks(self, asked: "TaskList", seconds: float) -> "Listed":
        """A page of the list of tasks: the pages of one type follow those of another.

        :raises CallRefused: ESA refused the call, or no answer with a list of tasks came.
        """
        from oss_cdn_refresh.products.esa.listing import page  # noqa: PLC0415 - only the command lists tasks

        return page(asked, lambda query: self._call(LOOK_UP, query, seconds, method="GET"), tuple(TYPES.values()))

    def preload_left(self, _seconds: float) -> int | None:
        """None: ESA has no call for the quota of preloads."""
        return None

    def preload(self, urls: Sequence[str], seconds: float) -> tuple[str, ...]:
        """Preload URLs, once; returns the task id.

        :raises CallRefused: it was not accepted, or no answer came.
        """
        return _task_id(self._call(PRELOAD, {"Content": _json(list(urls))}, seconds))

    def renew(self, refusal: CallRefused) -> None:
        """After a refusal of our time, use ESA's. Credentials need nothing: each call reads them again."""
        if refusal.code.startswith(CLOCK):
            self._api.set_clock(refusal)

    def _call(self, action: str, query: Mapping[str, str], seconds: float, method: str = "POST") -> Reply:
        return self._api.call(action, seconds, query={"SiteId": self._site_id, **query}, method=method)


def _json(value: object) -> str:
    """JSON as the official SDK writes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _task_id(reply: Reply) -> tuple[str, ...]:
    """The id of an accepted call.

    :raises CallRefused: the answer names none.
    """
    task_id = reply.text("TaskId", TASK_ID_LENGTH).strip()
    if not task_id:
        raise CallRefused(Verdict.RETRY, "NoTaskId", "the answer names no task", request_id=reply.request_id())
    return (task_id,)
