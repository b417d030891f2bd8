"""The function's own code, called from here: so retries, pace, queues and accounting are the same.

What it logs becomes reasons for people, and its lines stay off the terminal.
"""

import json
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, NamedTuple

from oss_cdn_refresh.delivery.instance import Instance, configurations, log_of
from oss_cdn_refresh.events.message_format import BACKLOG, VERSION, dumped
from oss_cdn_refresh.handler import invoke
from oss_cdn_refresh.logs import logger
from oss_cdn_refresh.model.effects import timestamp
from oss_cdn_refresh.model.errors import ConfigurationError, Unaccounted
from oss_cdn_refresh.model.item import ItemName
from oss_cdn_refresh.settings import environment
from oss_cdn_refresh.settings.config import Config
from oss_cdn_refresh.transport.credentials import Credentials, Source
from oss_cdn_refresh.transport.oss_object import CHECK_CREDENTIALS
from oss_cdn_refresh.transport.session import ANSWER_BYTES, Answer, Request, Session
from oss_cdn_refresh_cli.operation.credentials import origin_of
from oss_cdn_refresh_cli.operation.operation import Operation
from oss_cdn_refresh_cli.shared.errors import CredentialsRefused, Failed
from oss_cdn_refresh_cli.shared.waiting import waiting

AN_INVOCATION = 10_000  # items, as a queue trigger brings them
A_RECORD = 1_000  # URLs
SECONDS = 300.0  # that an invocation may take; a queue trigger's, "Synchronous invocation"
REASON = "Refresh"


class Submitted(NamedTuple):
    """What became of items; `reasons`: of the deferred and the dead-lettered ones, `lost`: items in no queue."""

    refreshed: int
    deferred: int
    dead_lettered: int
    lost: int
    requests: int
    reasons: Mapping[str, int]


class _Bounded(Session):
    """The function's transport, in which no service may be silent for longer than the command's --timeout."""

    def __init__(self, most: float) -> None:
        super().__init__()
        self._most = most

    def send(self, sign: Callable[[], Request], seconds: float, most_bytes: int = ANSWER_BYTES) -> Answer:
        """As the function sends, and with the command's limit."""
        return super().send(sign, min(seconds, self._most), most_bytes)


class Context:
    """What Function Compute would tell an invocation."""

    request_id = "oss-cdn-refresh"
    function = SimpleNamespace(timeout=SECONDS)

    def __init__(self, operation: Operation) -> None:
        self.region = operation.settings.region
        self.account_id = operation.settings.account
        self._credentials: Source = operation.credentials

    @property
    def credentials(self) -> Credentials:
        """Those of now."""
        return self._credentials()


def configuration(operation: Operation) -> Config:
    """The configuration that the function would read.

    :raises ConfigurationError: it cannot be read, or something in it or in the environment is wrong.
    :raises CredentialsRefused: OSS, where it lies, does not accept the credentials.
    """
    settings = operation.settings
    if settings.no_config:
        raise Failed(f"REFRESH_CONFIG: {settings.config}: {settings.no_config}")
    context, environ = Context(operation), settings.environ
    around = environment.read(context, environ)
    try:
        with _lines(), waiting("OSS", around.oss):
            session = _Bounded(settings.seconds)
            return configurations(session).read(around.config, around, operation.effects, log_of(context, environ))
    except ConfigurationError as error:
        if error.remedy != CHECK_CREDENTIALS:
            raise
        come_from = f"they come from {origin_of(operation.credentials)}"
        raise CredentialsRefused("", f"REFRESH_CONFIG: {error}: {come_from}") from error


def submit(operation: Operation, items: Iterable[ItemName], delivery: str, step: Callable[[int], None]) -> Submitted:
    """Let the function refresh items, at once or through the backlog; `step` hears of each invocation's.

    :raises ConfigurationError: nothing was done.
    """
    context, environ = Context(operation), {**operation.settings.environ, "DELIVERY": delivery}
    instance = Instance(operation.effects)
    instance.session = _Bounded(operation.settings.seconds)
    instance.configurations = configurations(instance.session)
    fates: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    left = list(items)
    while left:
        part, left = left[:AN_INVOCATION], left[AN_INVOCATION:]
        with _lines() as lines:
            try:
                with waiting("the CDN and SMQ", operation.settings.cdn):
                    summary = invoke(_event(part, operation.effects.now()), context, instance, environ)
                fates.update(_figures(summary))
            except Unaccounted:
                fates.update(_figures(next(line for line in lines if line["event"] == "summary")))
        for line in lines:
            if line["event"] in ("deferred", "dead_lettered"):
                reasons[line["reason"]] += line["items"]
            elif line["event"] == "unaccounted":
                reasons[line["reason"]] += 1
                fates["lost"] += 1
        step(len(part))
    return Submitted(
        fates["refreshed"], fates["deferred"], fates["dead_lettered"], fates["lost"], fates["requests"], reasons
    )


def _figures(summary: Mapping[str, Any]) -> dict[str, int]:
    return {name: summary[name] for name in ("refreshed", "deferred", "dead_lettered", "requests")}


def _event(items: Iterable[ItemName], now: float) -> bytes:
    """Records of the backlog, as if they were new."""
    by_type: dict[str, list[str]] = {}
    for item in items:
        by_type.setdefault(item.type, []).append(item.url)
    moment = timestamp(now)
    records = [
        {
            "kind": BACKLOG,
            "version": VERSION,
            "object_type": object_type,
            "urls": urls[start : start + A_RECORD],
            "force": False,
            "attempts": 0,
            "reason": REASON,
            "first_seen": moment,
            "changed_at": moment,
            "history": [],
        }
        for object_type, urls in by_type.items()
        for start in range(0, len(urls), A_RECORD)
    ]
    return dumped(records).encode()


class _Lines(logging.Handler):
    """Keeps each line of the library's log as what it says."""

    def __init__(self, lines: list[dict[str, Any]]) -> None:
        super().__init__()
        self._lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        self._lines.append(json.loads(record.getMessage()))


@contextmanager
def _lines() -> Iterator[list[dict[str, Any]]]:
    lines: list[dict[str, Any]] = []
    handler, propagated = _Lines(lines), logger.propagate
    logger.addHandler(handler)
    logger.propagate = False
    try:
        yield lines
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagated
