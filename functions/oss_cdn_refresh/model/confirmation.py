"""Confirmations: URLs of accepted calls, and the tasks that a product makes of the calls and works on for minutes."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import unquote

from oss_cdn_refresh.model.history import NOTHING_KEPT
from oss_cdn_refresh.model.item import DIRECTORY, IGNORE_PARAMS, ObjectType, Target


class Submission(NamedTuple):
    """Items of accepted calls: object type, URLs, task ids, and the time of the calls in epoch seconds."""

    type: ObjectType
    urls: tuple[str, ...]
    task_ids: tuple[str, ...]
    at: float


class Task(NamedTuple):
    """One URL of a task as the product shows it: the texts of the answer, "" for a missing field."""

    id: str
    type: str
    url: str
    status: str
    process: str
    description: str
    created_at: str


class LookUp(NamedTuple):
    """One call that looks up the tasks of some submissions.

    For a product that lists tasks by time: `filters` are further parameters of the call, `list_id` identifies the list,
    so that a later invocation can read on, and `page` is a page of it.
    """

    submissions: tuple[Submission, ...]
    filters: tuple[tuple[str, str], ...] = ()
    list_id: str = ""
    page: int = 1

    @property
    def task_ids(self) -> tuple[str, ...]:
        """The distinct ids of the tasks, in the order of the submissions."""
        return tuple(dict.fromkeys(task_id for submission in self.submissions for task_id in submission.task_ids))


class Found(NamedTuple):
    """The tasks in an answer, and the call for the rest of them; None after the last page."""

    tasks: Sequence[Task]
    rest: LookUp | None = None


class Confirmation(NamedTuple):
    """Accepted URLs of one object type and target, and how they were submitted. Times are epoch seconds.

    changed_at, changed_last: the earliest and the latest change of the URLs, None where no event told a time.
    resubmissions: how often the URLs were submitted again after a failed task. looks: how often their tasks were
    looked up. preload: URLs that are preloaded once the task that covers them is complete. kept: unknown fields of the
    message.
    """

    target: Target
    type: ObjectType
    urls: tuple[str, ...]
    task_ids: tuple[str, ...]
    submitted_at: float
    first_seen: float
    changed_at: float | None = None
    changed_last: float | None = None
    force: bool = False
    resubmissions: int = 0
    looks: int = 0
    preload: tuple[str, ...] = ()
    kept: Mapping[str, Any] = NOTHING_KEPT

    @property
    def submission(self) -> Submission:
        """What is looked up for it."""
        return Submission(self.type, self.urls, self.task_ids, self.submitted_at)

    def part(self, urls: Collection[str]) -> "Confirmation":
        """The confirmation of some of its URLs, with the preload URLs that their tasks cover."""
        if len(urls) == len(self.urls):
            return self
        return self._replace(urls=tuple(urls), preload=tuple(self.covered_preload(urls)))

    def covered_preload(self, urls: Collection[str]) -> list[str]:
        """The URLs of the preload that the tasks of some of the URLs cover."""
        if not self.preload:
            return []
        names = {same(url) for url in urls}
        if self.type == DIRECTORY:
            return [url for url in self.preload if not names.isdisjoint(_directories(same(url)))]
        # Each spelling is a task of its own; another spelling counts only where the preload's own was not submitted.
        own, done = {bare(url) for url in self.urls}, {bare(url) for url in urls}
        return [url for url in self.preload if (bare(url) in done if bare(url) in own else same(url) in names)]


def bare(url: str) -> str:
    """A URL without its scheme."""
    return url.partition("://")[2]


def same(url: str) -> str:
    """What two spellings of one URL have in common: no scheme, the host in lower case, percent-decoded once."""
    host, slash, rest = bare(url).partition("/")
    return unquote(host.lower() + slash + rest) if "%" in rest else host.lower() + slash + rest


def row_key(object_type: str, url: str) -> tuple[str, str]:
    """What a row of a task and an item have in common; for items of IgnoreParams the type of the row means nothing."""
    kind = object_type.lower()
    return ("directory" if kind == "path" else kind), same(url)


def key_of(object_type: ObjectType, url: str) -> tuple[str, str]:
    """The key of the rows that belong to an item: of any type where it is one of IgnoreParams."""
    return ("" if object_type == IGNORE_PARAMS else object_type.lower()), same(url)


def _directories(name: str) -> Iterator[str]:
    """The directories above a URL, by their names as `same` makes them."""
    return (name[: at + 1] for at, character in enumerate(name) if character == "/")
