"""The facts about a URL, from which the cause is decided without any request."""

from typing import NamedTuple

from oss_cdn_refresh.model.confirmation import Task
from oss_cdn_refresh_cli.clients.listing import Stored
from oss_cdn_refresh_cli.clients.tasks import FAILED, UNDER_WAY
from oss_cdn_refresh_cli.operation.urls import Behind, Way

FRESH, STALE, UNREACHABLE, NOT_COMPARED = "fresh", "stale", "unreachable", "not compared"
STYLES = ("x-oss-process=", "image_process=")  # image processing of OSS, and of the CDN
CLOCKS = 5.0  # seconds by which the clocks of OSS and of a product may differ


class Object(NamedTuple):
    """An object behind the URL. known: whether OSS told if it exists; stored: None if it does not."""

    behind: Behind
    stored: Stored | None
    known: bool = True


class Copy(NamedTuple):
    """What the edge serves: the verdict, with its reason, and what its headers say, None where they do not.

    age: seconds since the edge got the copy. keeps: seconds for which the edge keeps a copy. browser: seconds for which
    a browser may keep it.
    """

    verdict: str = NOT_COMPARED
    detail: str = ""
    status: int | None = None
    age: int | None = None
    keeps: int | None = None
    browser: int | None = None
    location: str = ""


class Letter(NamedTuple):
    """A dead letter about the URL: its id, its reason, and the message of the service or ""."""

    id: str
    reason: str
    message: str = ""


class Facts(NamedTuple):
    """Everything that was found about a URL.

    configured: whether its domain is one of the configuration. on_a_site: whether a site serves its path. objects:
    behind the URL, the likeliest first. shown: the one that it shows. created: when each task was created, in epoch
    seconds, beside `tasks`, the newest first. waiting: reasons of the backlog's messages about the URL. unseen:
    messages of the backlog that nobody can see. not_asked: what could not be asked, each with the reason.
    tasks_known: whether the product told its tasks. unknown_queues: the queues that could not be asked, as a sentence
    names them.
    """

    url: str
    now: float
    configured: bool = True
    on_a_site: bool = True
    objects: tuple[Object, ...] = ()
    shown: Object | None = None
    edge: Copy = Copy()
    tasks: tuple[Task, ...] = ()
    created: tuple[float, ...] = ()
    waiting: tuple[str, ...] = ()
    unseen: int = 0
    letters: tuple[Letter, ...] = ()
    not_asked: tuple[str, ...] = ()
    tasks_known: bool = True
    unknown_queues: tuple[str, ...] = ()

    @property
    def fresh(self) -> bool:
        """Whether the edge serves what the bucket holds."""
        return self.edge.verdict == FRESH

    @property
    def stale(self) -> bool:
        """Whether the edge serves something else than the bucket holds."""
        return self.edge.verdict == STALE

    @property
    def query(self) -> str:
        """The query of the URL, or ""."""
        return self.url.partition("?")[2]

    @property
    def styled(self) -> bool:
        """Whether the URL asks for an image style."""
        by_name = self.shown is not None and self.shown.behind.way is Way.STYLE
        return by_name or any(style in self.query for style in STYLES)

    @property
    def covered(self) -> bool:
        """Whether a change of an object that the URL shows refreshes it."""
        existing = [each for each in self.objects if each.stored]
        return any(each.behind.covered for each in existing or self.objects)

    @property
    def ignored(self) -> str:
        """Why the site of the URL ignores changes of the object, or ""."""
        return self.shown.behind.ignored if self.shown else ""

    @property
    def missing(self) -> bool:
        """Whether the bucket has no object for the URL."""
        return self.shown is not None and self.shown.known and self.shown.stored is None

    @property
    def changed_at(self) -> float | None:
        """When the object changed, at the earliest; for a deleted one not before the edge got its copy."""
        if self.shown and self.shown.stored:
            return self.shown.stored.modified
        return None if self.edge.age is None else self.now - self.edge.age

    @property
    def task(self) -> Task | None:
        """The newest task since the change; None if there is none."""
        if not self.tasks:
            return None
        changed_at = self.changed_at
        return self.tasks[0] if changed_at is None or self.created[0] >= changed_at - CLOCKS else None

    @property
    def failed(self) -> bool:
        """Whether the newest task since the change failed."""
        return self.task is not None and self.task.status in FAILED

    @property
    def under_way(self) -> bool:
        """Whether the newest task since the change is not complete yet."""
        return self.task is not None and self.task.status in UNDER_WAY

    @property
    def expires_in(self) -> int | None:
        """In how many seconds the copy expires by itself; None if that is not known."""
        if self.edge.age is None or self.edge.keeps is None:
            return None
        return max(0, self.edge.keeps - self.edge.age)
