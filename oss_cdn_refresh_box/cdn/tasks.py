"""Tasks: what CDN, DCDN and ESA make of an accepted refresh or preload, one for each URL, and how a test scripts them.

A task without a script takes effect at the edge at once, and is Complete `Tasks.seconds` later. A task with a script
takes effect at the edge when it completes, and never if it fails.

    cdn.tasks.script = lambda object_type, url, times: Script("Failed", description="Origin Timeout")

Sources: DescribeRefreshTaskById, and the docstrings of `alibabacloud-cdn20180510` 9.2.0 for the merging of ids.
"""

import itertools
from bisect import insort
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from time import gmtime, strftime
from types import MappingProxyType
from typing import Any, NamedTuple

from oss_cdn_refresh_box.cdn.refresh import domain
from oss_cdn_refresh_box.clock import Clock

COMPLETE, REFRESHING, PENDING, FAILED = "Complete", "Refreshing", "Pending", "Failed"
PRELOAD = "Preload"  # the object type of a preload, beside those of a refresh
FIRST_ID = 704_222_904
BY_ID, LIST = "DescribeRefreshTaskById", "DescribeRefreshTasks"
KEPT_SECONDS = 3 * 24 * 3_600.0  # "Queries tasks of the last three days"
NO_WRAPPERS: Mapping[str, str] = MappingProxyType({})
URLS_PER_ID = {"File": 2_000, PRELOAD: 500}  # of a domain within a second; other types share no ids


def utc(at: float) -> str:
    """Seconds since the epoch as the API writes a time."""
    return strftime("%Y-%m-%dT%H:%M:%SZ", gmtime(at))


class Row(NamedTuple):
    """A row under a task's id that another caller of the account submitted."""

    url: str
    status: str = COMPLETE
    object_type: str = "file"


class Script(NamedTuple):
    """The course of a task.

    status: the one that it ends with: Complete, Failed, Timeout, Canceled, or a word that no document has.
    seconds: from its beginning to the end; None: `Tasks.seconds`; `math.inf`: it never ends.
    meanwhile: the status before the end.
    description: stands in the row from the end on, also of a task that is Complete.
    hidden_looks: in so many first looks the row is missing.
    stale_looks: in so many first looks the status is still the one before the end.
    older: the status of an older row for the same URL, "" for none.
    foreign: rows of other callers under the same id.
    is_refused: every call that names the id is refused.
    at_once: takes effect at the edge when submitted, and the old copies are back when it fails.
    row: fields of the row that differ: `{"ObjectType": "path", "Description": None}`; None: the field is missing.
        Their names are those of CDN and DCDN, also where a list of ESA shows the row.
    """

    status: str = COMPLETE
    seconds: float | None = None
    meanwhile: str = REFRESHING
    description: str = ""
    hidden_looks: int = 0
    stale_looks: int = 0
    older: str = ""
    foreign: tuple[Row, ...] = ()
    is_refused: bool = False
    at_once: bool = False
    row: Mapping[str, Any] = {}


UNSCRIPTED = Script(at_once=True)


@dataclass
class Task:
    """A task for one URL, and the evidence of what its callers saw.

    object_type: File, Directory, IgnoreParams or Preload; rows show it in lower case.
    at, begins, ends: when it was submitted, when its turn comes and when it ends, in seconds since the epoch; the last
        two may be infinite. It is Pending before its turn.
    looks: the calls so far that asked for it; shown: the status in the last answer that held its row, or "".
    """

    id: str
    object_type: str
    url: str
    force: bool
    at: float
    begins: float
    ends: float
    script: Script
    looks: int = 0
    shown: str = ""

    def status(self, now: float) -> str:
        """The status at this moment, whatever a look shows."""
        if now < self.begins:
            return PENDING
        return self.script.status if now >= self.ends else self.script.meanwhile

    @property
    def effect(self) -> tuple[float, float]:
        """From when until when the edge shows its effect, in seconds since the epoch; infinite: never."""
        succeeds = self.script.status == COMPLETE
        if self.script.at_once:
            return self.begins, inf if succeeds else self.ends
        return self.ends if succeeds else inf, inf


class Tasks:
    """The tasks of an account. Everything that has no underscore may be set at any time.

    script: is called for each URL of an accepted call with the object type (File, Directory, IgnoreParams, Preload),
        the URL, and how often the two were submitted so far, from 1; returns the task's script, or None for none.
    seconds: from submission to completion, unless a script says otherwise.
    submitted: every task so far, in order.
    wrappers: of CDN and DCDN: the name under which each action's `Tasks` holds its list of rows; "": `Tasks` is the
        list itself.
    newest_first: the order of rows; documented for DescribeRefreshTasks, the other one is as likely by id.
    merges_ids: the calls of a domain and second share ids; else each call has an id of its own.
    most_rows: DescribeRefreshTaskById shows no more rows than these; its TotalCount counts all of them.
    subscribers: are called with the tasks of each accepted call, before its answer is sent.
    """

    def __init__(self, clock: Clock, wrappers: Mapping[str, str] = NO_WRAPPERS, *, merges_ids: bool = True) -> None:
        self.script: Callable[[str, str, int], Script | None] = lambda _object_type, _url, _times: None
        self.seconds = 360.0
        self.wrappers = dict(wrappers)
        self.newest_first = True
        self.most_rows = 100_000
        self.submitted: list[Task] = []
        self.subscribers: list[Callable[[Sequence[Task]], None]] = []
        self._clock = clock
        self.merges_ids = merges_ids
        self._times: Counter[tuple[str, str]] = Counter()
        self._by_id: dict[str, list[Task]] = {}
        self._open: dict[tuple[str, str], tuple[int, str, int]] = {}  # by type and domain: second, id, room
        self._numbers = itertools.count(FIRST_ID)

    def submit(
        self, object_type: str, urls: Iterable[str], *, force: bool = False, most_running: float = inf
    ) -> tuple[str, ...]:
        """Make a task for each URL of an accepted call; returns their ids, each once.

        Of this object type, `most_running` tasks run at the same time; the others wait for their turn.
        """
        now = self._clock.now()
        queue = [] if most_running == inf else self._ends(object_type)
        ids: dict[str, str] = {}  # of this call, by domain
        tasks = []
        for url in urls:
            self._times[object_type, url] += 1
            script = self.script(object_type, url, self._times[object_type, url]) or UNSCRIPTED
            begins = _turn(queue, most_running, now)
            ends = begins + (self.seconds if script.seconds is None else script.seconds)
            insort(queue, ends)
            task_id = self._id(object_type, domain(url), int(now), ids)
            tasks.append(Task(task_id, object_type, url, force, now, begins, ends, script))
            self._by_id.setdefault(task_id, []).append(tasks[-1])
        self.submitted += tasks
        for subscriber in self.subscribers:
            subscriber(tasks)
        return tuple(dict.fromkeys(task.id for task in tasks))

    def find(self, task_ids: Iterable[str] | None = None) -> list[Task]:
        """The tasks of the last three days with these ids, or all of them; the newest first."""
        found = self.submitted
        if task_ids is not None:
            found = [task for task_id in task_ids for task in self._by_id.get(task_id, ())]
        oldest = self._clock.now() - KEPT_SECONDS
        return sorted((task for task in found if task.at >= oldest), key=lambda task: -task.at)

    def waiting(self, object_type: str) -> int:
        """How many tasks of a type have not ended."""
        return len(self._ends(object_type))

    def look(self, task: Task) -> list[dict[str, Any]]:
        """The rows that one look sees of a task, the newest first; the look is counted."""
        now, script = self._clock.now(), task.script
        task.looks += 1
        if task.looks <= script.hidden_looks:
            return []
        is_stale = task.begins <= now and task.looks <= script.stale_looks
        status = script.meanwhile if is_stale else task.status(now)
        task.shown = status
        description = script.description if now >= task.ends else ""
        row = {**_row(task, status, description=description), **script.row}
        rows = [{name: value for name, value in row.items() if value is not None}]
        rows += [
            _row(task, each.status) | {"ObjectPath": each.url, "ObjectType": each.object_type}
            for each in script.foreign
        ]
        if script.older:
            rows.append(_row(task, script.older, seconds_before=1))
        return rows

    def _ends(self, object_type: str) -> list[float]:
        """When the tasks of a type that have not ended will end, in order."""
        now = self._clock.now()
        return sorted(task.ends for task in self.submitted if task.object_type == object_type and now < task.ends)

    def _id(self, object_type: str, name: str, second: int, ids: dict[str, str]) -> str:
        """The id of a task: URLs that a domain submits within a second share one, other items those of their call."""
        if not self.merges_ids:
            name = ""
        if not self.merges_ids or object_type not in URLS_PER_ID:
            return ids.get(name) or ids.setdefault(name, str(next(self._numbers)))
        opened, task_id, room = self._open.get((object_type, name), (-1, "", 0))
        if opened != second or not room:
            task_id, room = str(next(self._numbers)), URLS_PER_ID[object_type]
        self._open[object_type, name] = (second, task_id, room - 1)
        return task_id


def _turn(queue: Sequence[float], most_running: float, now: float) -> float:
    """When the next task begins, behind tasks that end at these times, in order."""
    if len(queue) < most_running:
        return now
    return queue[-int(most_running)] if most_running else inf


def _row(task: Task, status: str, *, description: str = "", seconds_before: float = 0) -> dict[str, Any]:
    return {
        "TaskId": task.id,
        "ObjectPath": task.url,
        "ObjectType": task.object_type.lower(),
        "Status": status,
        "Process": "100%" if status == COMPLETE else "0%",
        "Description": description,
        "CreationTime": utc(task.at - seconds_before),
    }
