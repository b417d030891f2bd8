"""The world of most tests: a configured function between stand-ins, with a clock that only the test moves."""

import json
import logging
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import yaml

from oss_cdn_refresh.delivery.instance import Instance
from oss_cdn_refresh.handler import invoke
from oss_cdn_refresh.mapping.from_url import domain_of
from oss_cdn_refresh.model.effects import Effects
from oss_cdn_refresh.model.item import Item, ObjectType, Target
from oss_cdn_refresh_box.account.credentials import Key
from oss_cdn_refresh_box.cdn.api import Cdn
from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.smq.service import Smq
from oss_cdn_refresh_box.wire.faults import Fault, Faults
from oss_cdn_refresh_box.wire.serving import Request

EVENTS = Path(__file__).parent / "events"
NOON = 1_795_320_000.0  # 2026-11-22T04:00:00Z, noon in UTC+8
SITE: dict[str, Any] = {"bucket": "my-site", "domains": ["www.example.com"]}
DOMAINS = ["www.example.com", *(f"d{number}.example.com" for number in range(30))]
CDN = Target("cdn")
LOGGER = logging.getLogger("oss_cdn_refresh")


def payload(name: str) -> bytes:
    """The bytes of a payload in `tests/events/`."""
    return (EVENTS / f"{name}.json").read_bytes()


def an_item(object_type: ObjectType, url: str) -> Item:
    """An item in the form that `mapping` makes from a message."""
    return Item(object_type, url, domain_of(url), CDN)


def record(key: Any = "a.jpg", event: Any = "ObjectCreated:PutObject", bucket: Any = "my-site", **stored: Any) -> Any:
    """One event record of OSS, in the format of a native trigger."""
    return {
        "eventName": event,
        "eventSource": "acs:oss",
        "eventTime": "2026-11-22T03:59:58.000Z",
        "eventVersion": "1.0",
        "oss": {
            "bucket": {"name": bucket},
            "object": {"key": key, "size": 10, "deltaSize": 0, **stored},
            "ossSchemaVersion": "1.0",
        },
        "region": "cn-hangzhou",
        "responseElements": {"requestId": "69B1"},
    }


def event(*records: Any) -> bytes:
    """An event of a native trigger with these records."""
    return json.dumps({"events": list(records)}).encode()


def from_the_queue(*records: Any) -> list[dict[str, str]]:
    """An event of a queue trigger, with one notification in each message."""
    return [{"messageId": "1", "messageBody": json.dumps({"events": [each]})} for each in records]


def objects(count: int) -> bytes:
    """An event with this number of changed objects: 0.jpg, 1.jpg and so on."""
    return event(*(record(f"{number}.jpg") for number in range(count)))


def backlog_record(*urls: Any, **fields: Any) -> dict[str, Any]:
    """A message of the backlog."""
    return {
        "kind": "oss-cdn-refresh/backlog",
        "version": 1,
        "object_type": "File",
        "urls": list(urls),
        "force": False,
        "attempts": 1,
        "reason": "Throttling",
        "first_seen": "2026-11-22T03:00:00Z",
        "changed_at": "2026-11-22T02:59:00Z",
        "history": [{"at": "2026-11-22T03:00:00Z", "reason": "Throttling"}],
        **fields,
    }


def url(path: str = "a.jpg", domain: str = "www.example.com") -> str:
    """A URL of the configured site."""
    return f"https://{domain}/{path}"


def is_refresh(request: Request) -> bool:
    """Whether a request to the CDN is a refresh call."""
    return request.headers["x-acs-action"] == "RefreshObjectCaches"


def always(fault: Fault) -> Faults:
    """This fault for every refresh call."""
    return Faults(rule=lambda _request: fault, where=is_refresh)


def wherever(part: str, fault: Fault) -> Faults:
    """This fault for every refresh call with a URL that contains this text."""
    return Faults(rule=lambda request: fault if part in request.form["ObjectPath"] else None, where=is_refresh)


class World:
    """A function with stand-ins for all its services. Nothing waits: sleeping moves the clock.

    keys: the credentials that the stand-ins accept. environ: the function's environment. clock_error: how many seconds
    the function's clock differs from the cloud's. logged: the lines of the log, as texts.
    """

    def __init__(self, folder: Path, clock: Clock, cdn: Cdn, smq: Smq, keys: dict[str, str | Key]) -> None:
        self.clock = clock
        self.cdn = cdn
        self.smq = smq
        self.keys = keys
        self.logged: list[str] = []
        self.jitter: Callable[[float, float], float] = lambda low, _high: low
        self.clock_error = 0.0
        self.environ = {
            "CDN_ENDPOINT": cdn.url,
            "SMQ_ENDPOINT": smq.url,
            "BACKLOG_QUEUE": "backlog",
            "DEAD_LETTER_QUEUE": "dead-letters",
            "ALIBABA_CLOUD_ACCESS_KEY_ID": "AK",
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "SECRET",
        }
        self.context = SimpleNamespace(
            request_id="1-abc", function=SimpleNamespace(timeout=60), region="cn-hangzhou", account_id="123"
        )
        self._folder = folder
        self._monotonic, self._sleep = clock.now, clock.advance
        self.configure(SITE)

    def configure(self, *sites: dict[str, Any], **top: Any) -> None:
        """Deploy a new instance with these sites, without confirmation unless `confirm` is given."""
        top = {"confirm": {"mode": "never"}, **top}
        path = self._folder / "config.yml"
        path.write_text(yaml.safe_dump({"sites": list(sites), **top}, allow_unicode=True))
        self.environ["REFRESH_CONFIG"] = str(path)
        self.deploy()

    def deploy(self) -> None:
        """Start a new instance, without caches."""
        self.instance = Instance(
            Effects(
                lambda: self.clock.now() + self.clock_error,
                self._monotonic,
                self._sleep,
                self._uniform,
            )
        )

    def _uniform(self, low: float, high: float) -> float:
        return self.jitter(low, high)

    def in_real_time(self, timeout: float) -> None:
        """Use the real clock, and give the function this timeout in seconds."""
        self.context.function.timeout = timeout
        self._monotonic = lambda: time.monotonic() + self.clock.moved
        self._sleep, self.jitter = time.sleep, random.uniform
        self.deploy()

    def invoke(self, event: Any) -> dict[str, Any]:
        """Call the handler with bytes, or with a value that is encoded as JSON."""
        raw = event if isinstance(event, bytes) else json.dumps(event).encode()
        return invoke(raw, self.context, self.instance, self.environ)

    @property
    def backlog(self) -> list[dict[str, Any]]:
        """The messages in the backlog, also those with a delay."""
        return self._messages("backlog")

    @property
    def dead_letters(self) -> list[dict[str, Any]]:
        """The messages in the dead-letter queue."""
        return self._messages("dead-letters")

    def _messages(self, queue: str) -> list[dict[str, Any]]:
        return [json.loads(message.body) for message in self.smq.queue(queue).messages()]

    @property
    def delays(self) -> list[float]:
        """The remaining delay of each message of the backlog, in seconds."""
        return [message.visible_at - self.clock.now() for message in self.smq.queue("backlog").messages()]

    @property
    def refreshes(self) -> list[Any]:
        """The refresh calls that reached the CDN, also the refused ones."""
        return [call for call in self.cdn.calls if call.action == "RefreshObjectCaches"]

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The lines of the log."""
        return [json.loads(line) for line in self.logged]

    def line(self, event: str) -> dict[str, Any]:
        """The only line of the log about this event."""
        (found,) = (line for line in self.lines if line["event"] == event)
        return found


class _Lines(logging.Handler):
    """Appends each message to a list."""

    def __init__(self, logged: list[str]) -> None:
        super().__init__()
        self._logged = logged

    def emit(self, record: logging.LogRecord) -> None:
        self._logged.append(record.getMessage())


@contextmanager
def a_world(folder: Path) -> Iterator[World]:
    """A world whose stand-ins run until the block ends."""
    clock = Clock(NOON)
    keys: dict[str, str | Key] = {"AK": "SECRET"}
    with Cdn(clock, DOMAINS, keys=keys) as cdn, Smq(clock, ["backlog", "dead-letters"], keys=keys) as smq:
        world = World(folder, clock, cdn, smq, keys)
        handler = _Lines(world.logged)
        LOGGER.addHandler(handler)
        try:
            yield world
        finally:
            LOGGER.removeHandler(handler)
