"""Calls the function's own code in this process, so that retries, rate limits, queues and accounting are the same.

The command reads the typed result of an invocation. The lines that the function logs stay off the terminal.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, NamedTuple

from oss_cdn_refresh.events.parts import Reading, Waiting
from oss_cdn_refresh.logs import logger
from oss_cdn_refresh.model.errors import ConfigurationError
from oss_cdn_refresh.model.history import History
from oss_cdn_refresh.model.item import ItemName, ObjectType, Target
from oss_cdn_refresh.model.outcome import Result
from oss_cdn_refresh.products import DEFAULT, product
from oss_cdn_refresh.settings import environment
from oss_cdn_refresh.settings.config import Config
from oss_cdn_refresh.transport.credentials import Credentials, Source
from oss_cdn_refresh.transport.oss_object import CHECK_CREDENTIALS
from oss_cdn_refresh.transport.session import ANSWER_BYTES, Answer, Request, Session
from oss_cdn_refresh_cli.operation.credentials import origin_of
from oss_cdn_refresh_cli.operation.operation import Operation
from oss_cdn_refresh_cli.shared.errors import CredentialsRefused, Failed, NotSet
from oss_cdn_refresh_cli.shared.output import Column, Kind
from oss_cdn_refresh_cli.shared.waiting import waiting

AN_INVOCATION = 10_000  # items, as a queue trigger brings them
SECONDS = 300.0  # that an invocation may take; a queue trigger's, "Synchronous invocation"


class Submitted(NamedTuple):
    """The numbers of items by their results. `lost`: no queue accepted them. `reasons`: of items not refreshed.

    task_ids: those of the accepted calls. accepted: the refreshed items.
    """

    refreshed: int
    deferred: int
    dead_lettered: int
    lost: int
    requests: int
    reasons: Mapping[str, int]
    task_ids: tuple[str, ...] = ()
    accepted: frozenset[ItemName] = frozenset()

    def figures(self) -> dict[str, Any]:
        """Everything but the items, for a document."""
        return {name: value for name, value in self._asdict().items() if name != "accepted"}


def show(operation: Operation, done: Submitted, *, deferred: str = "", reasons: bool = True) -> None:
    """Show people the items that were not refreshed.

    deferred: a remark about deferred items. reasons: whether to show the reasons of deferred items too.
    """
    output, settings = operation.output, operation.settings
    if done.deferred:
        output.say(f'{done.deferred:,} put into the backlog "{settings.backlog}"{deferred}.')
    if done.dead_lettered:
        output.say(f'{done.dead_lettered:,} given up, in the dead letters "{settings.dead_letters}".')
    if reasons or done.dead_lettered or done.lost:
        output.table([Column("reason", kind=Kind.REASON), Column("items", figures=True)], done.reasons.items())
    if done.lost:
        output.complain(f"{done.lost:,} could be put nowhere, {', '.join(done.reasons)}: run it again")


class _Bounded(Session):
    """The function's transport, in which no service may be silent for longer than the command's --timeout."""

    def __init__(self, most: float) -> None:
        super().__init__()
        self._most = most

    def send(self, sign: Callable[[], Request], seconds: float, most_bytes: int = ANSWER_BYTES) -> Answer:
        """As the function sends, and with the command's limit."""
        return super().send(sign, min(seconds, self._most), most_bytes)


class Context:
    """The context that Function Compute would give an invocation."""

    request_id = "oss-cdn-refresh"
    function = SimpleNamespace(timeout=SECONDS)

    def __init__(self, operation: Operation) -> None:
        self.region = operation.settings.region
        self.account_id = operation.settings.account
        self._credentials: Source = operation.credentials

    @property
    def credentials(self) -> Credentials:
        """The current credentials."""
        return self._credentials()


def configuration(operation: Operation) -> Config:
    """The configuration that the function would read.

    :raises ConfigurationError: the configuration cannot be read, or it or the environment is wrong.
    :raises CredentialsRefused: the configuration lies in OSS, which does not accept the credentials.
    """
    from oss_cdn_refresh.delivery.instance import configurations, log_of  # noqa: PLC0415 - help and completion need none

    settings = operation.settings
    if settings.no_config:
        raise Failed(f"REFRESH_CONFIG: {settings.config}: {settings.no_config}")
    context, environ = Context(operation), settings.environ
    read = environment.read(context, environ)
    try:
        with _log_hidden(), waiting("OSS", read.oss):
            session = _Bounded(settings.seconds)
            return configurations(session).read(read.config, read, operation.effects, log_of(context, environ))
    except ConfigurationError as error:
        if error.remedy != CHECK_CREDENTIALS:
            raise
        come_from = f"they come from {origin_of(operation.credentials)}"
        raise CredentialsRefused("", f"REFRESH_CONFIG: {error}: {come_from}") from error


def targets(operation: Operation) -> tuple[Target, ...]:
    """The targets of the configuration; the default product alone, with a note, where it cannot be read here."""
    try:
        return configuration(operation).targets
    except (ConfigurationError, Failed) as error:
        operation.output.warn(f"only {product(DEFAULT).TITLE} is asked: {error}")
        return (Target(DEFAULT),)


def submit(operation: Operation, items: Iterable[ItemName], delivery: str, step: Callable[[int], None]) -> Submitted:
    """Let the function refresh items, at once or through the backlog.

    step: called after each invocation, with the number of its items.

    :raises ConfigurationError: the configuration is wrong, so no item was refreshed.
    """
    from oss_cdn_refresh.delivery.instance import Instance, configurations  # noqa: PLC0415 - as above
    from oss_cdn_refresh.handler import work  # noqa: PLC0415 - as above

    context = Context(operation)
    environ = {**operation.settings.environ, **_queue_endpoint(operation), "DELIVERY": delivery}
    instance = Instance(operation.effects)
    instance.session = _Bounded(operation.settings.seconds)
    instance.configurations = configurations(instance.session)
    ended: Counter[Result] = Counter()
    reasons: Counter[str] = Counter()
    accepted: set[ItemName] = set()
    task_ids: dict[str, None] = {}
    lost = requests = 0
    left = tuple(items)
    while left:
        part, left = left[:AN_INVOCATION], left[AN_INVOCATION:]
        with _log_hidden(), waiting("the products and SMQ", ""):
            result = work(_reading(part, operation.effects.now()), context, instance, environ)
        for outcome in result.settled.outcomes:
            ended[outcome.result] += len(outcome.items)
            if outcome.result is Result.REFRESHED:
                accepted.update(outcome.items)
            else:
                reasons[outcome.reason] += len(outcome.items)
        reasons.update(reason for _, reason in result.settled.unaccounted)
        lost += len(result.settled.unaccounted)
        requests += result.summary.requests
        task_ids.update(dict.fromkeys(result.summary.task_ids))
        step(len(part))
    refreshed, deferred, dead_lettered = (ended[result] for result in Result)
    return Submitted(refreshed, deferred, dead_lettered, lost, requests, reasons, tuple(task_ids), frozenset(accepted))


def _queue_endpoint(operation: Operation) -> dict[str, str]:
    """The endpoint of the queues as a variable, where they are used; the function would need the account for it."""
    settings = operation.settings
    if not (settings.backlog or settings.dead_letters):
        return {}
    try:
        return {"SMQ_ENDPOINT": settings.smq_endpoint()}
    except NotSet:
        return {}


def _reading(items: Iterable[ItemName], now: float) -> Reading:
    """The reading of a backlog event with these items, as if they had changed now."""
    by_type: dict[ObjectType, list[str]] = {}
    for item in items:
        by_type.setdefault(item.type, []).append(item.url)
    history = History(now, now, now)
    return Reading([], [Waiting(object_type, tuple(urls), history) for object_type, urls in by_type.items()], [], [])


@contextmanager
def _log_hidden() -> Iterator[None]:
    """Keep the library's log off the terminal."""
    handler, propagated = logging.NullHandler(), logger.propagate
    logger.addHandler(handler)
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagated
