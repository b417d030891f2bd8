"""Gathers the facts about a URL. What cannot be asked is noted, and does not stop the rest."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from oss_cdn_refresh.events.change import epoch
from oss_cdn_refresh.mapping.from_url import domain_of
from oss_cdn_refresh.model.confirmation import Task
from oss_cdn_refresh.settings.config import Config
from oss_cdn_refresh_cli.clients.listing import Lookup, Stored
from oss_cdn_refresh_cli.clients.tasks import tasks
from oss_cdn_refresh_cli.edge.audit.edge import Edge
from oss_cdn_refresh_cli.edge.explaining.facts import Facts, Object
from oss_cdn_refresh_cli.edge.explaining.queued import About, given_up, waiting
from oss_cdn_refresh_cli.edge.explaining.served import served
from oss_cdn_refresh_cli.operation.operation import Operation
from oss_cdn_refresh_cli.operation.urls import Behind, Way, behind, site_roots
from oss_cdn_refresh_cli.shared.errors import Failed

DIRECTORIES = 6  # above a URL whose tasks are asked for
GUESSED = (Way.DOTTED, Way.STYLE, Way.OTHER_INDEX)  # told only where the object exists

_T = TypeVar("_T")


class Gathering:
    """Asks each service in turn. not_asked: what could not be asked, each with the reason."""

    def __init__(self, operation: Operation, config: Config, edge: Edge) -> None:
        self._operation = operation
        self._config = config
        self._edge = edge
        self._lookup = Lookup(operation)
        self.not_asked: list[str] = []

    def facts(self, url: str) -> Facts:
        """The facts about a URL, which is written as it is refreshed."""
        now = self._operation.effects.now()
        domain = domain_of(url)
        candidates = behind(url, self._config)
        objects = self._objects(candidates)
        if not objects:
            on_a_site = any(site_roots(url.partition("?")[0], self._config))
            configured = domain in self._config.domains
            return Facts(url, now, configured=configured, on_a_site=on_a_site, not_asked=tuple(self.not_asked))
        shown = _shown(objects)
        copy = served(self._edge, url, shown)
        found = self._asked("tasks", lambda: self._tasks(url))
        known = sorted(found or (), key=_created, reverse=True)
        about = About(url, {(each.bucket, each.key) for each in candidates if each.covered})
        queued = self._asked("backlog", lambda: waiting(self._operation, about))
        reasons, unseen = queued or ((), 0)
        letters = self._asked("dead letters", lambda: given_up(self._operation, about))
        queues = {"the backlog": queued, "the dead letters": letters}
        return Facts(
            url,
            now,
            objects=tuple(objects),
            shown=shown,
            edge=copy,
            tasks=tuple(known),
            created=tuple(map(_created, known)),
            waiting=reasons,
            unseen=unseen,
            letters=letters or (),
            unknown_queues=tuple(name for name, told in queues.items() if told is None),
            not_asked=tuple(self.not_asked),
            tasks_known=found is not None,
        )

    def _objects(self, candidates: list[Behind]) -> list[Object]:
        """The objects, each with what OSS says about it; after a refusal OSS is not asked again."""
        found: list[Object] = []
        for each in candidates:
            stored = [] if self.not_asked else self._asked("objects", lambda each=each: [self._look(each)])  # type: ignore[misc]
            found.append(Object(each, stored[0], known=True) if stored else Object(each, None, known=False))
        made = {each.stored.modified for each in found if each.stored and each.behind.way is Way.STYLE}
        return [
            each
            for each in found
            if (each.stored or each.behind.way not in GUESSED)
            # OSS answers for `a.jpg!thumb` with the image that it makes of `a.jpg`, as if it were an object.
            and not (each.behind.way is Way.NAME and each.stored and each.stored.modified in made)
        ]

    def _look(self, each: Behind) -> Stored | None:
        return self._lookup(each.bucket, each.key)

    def _tasks(self, url: str) -> list[Task]:
        """The tasks of the URL, and those of directories above it."""
        target = self._config.domains[domain_of(url)]
        found = list(tasks(self._operation, target, url))
        for directory in _directories(url):
            found += [task for task in tasks(self._operation, target, directory) if _is_directory(task)]
        return found

    def _asked(self, what: str, ask: Callable[[], _T]) -> _T | None:
        try:
            return ask()
        except Failed as error:
            self.not_asked.append(f"{what}: {error}")
            return None


def _shown(objects: list[Object]) -> Object:
    """The object that the URL shows: the first that exists, else the first that a change would refresh it for."""
    existing = next((each for each in objects if each.stored), None)
    return existing or next((each for each in objects if each.behind.covered), objects[0])


def _directories(url: str) -> Iterator[str]:
    """The URLs of the directories above a URL, the deepest first."""
    path = url.partition("?")[0]
    start = path.index("/", path.index("://") + 3)
    ends = [at + 1 for at in range(start, len(path)) if path[at] == "/" and path[: at + 1] != url]
    return (path[:end] for end in ends[: -DIRECTORIES - 1 : -1])


def _is_directory(task: Task) -> bool:
    return task.type.lower() in ("directory", "path")


def _created(task: Task) -> float:
    return epoch(task.created_at) or 0.0
