"""The world that most tests need: a configured function between a stand-in CDN and a stand-in SMQ, and time that stands still."""

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from local.cdn.api import Cdn
from local.clock import Clock
from local.smq.service import Smq
from oss_cdn_refresh.effects import Effects
from oss_cdn_refresh.invocation import Instance, Invocation

EVENTS = Path(__file__).parent / "events"
NOON = 1_795_320_000.0  # 2026-11-22T04:00:00Z, noon in UTC+8
SITE: dict[str, Any] = {"bucket": "my-site", "domains": ["www.example.com"]}
DOMAINS = ["www.example.com", *(f"d{number}.example.com" for number in range(30))]


def payload(name: str) -> bytes:
    """A payload of `tests/events/`, as it comes over the wire."""
    return (EVENTS / f"{name}.json").read_bytes()


def record(key: Any = "a.jpg", event: Any = "ObjectCreated:PutObject", bucket: Any = "my-site", **stored: Any) -> Any:
    """One record of OSS, as a native trigger brings it."""
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
    """Records as a native trigger brings them."""
    return json.dumps({"events": list(records)}).encode()


def backlog_record(*urls: str, **fields: Any) -> dict[str, Any]:
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


class World:
    """A function with everything around it. Nothing in it waits: sleeping moves the clock."""

    def __init__(self, folder: Path, clock: Clock, cdn: Cdn, smq: Smq, logs: pytest.LogCaptureFixture) -> None:
        self.clock = clock
        self.cdn = cdn
        self.smq = smq
        self.jitter: Callable[[float, float], float] = lambda low, _high: low
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
        self._logs = logs
        self.configure(SITE)

    def configure(self, *sites: dict[str, Any], **top: Any) -> None:
        """Deploy a new instance with these sites."""
        path = self._folder / "config.yml"
        path.write_text(yaml.safe_dump({"sites": list(sites), **top}, allow_unicode=True))
        self.environ["REFRESH_CONFIG"] = str(path)
        self.deploy()

    def deploy(self) -> None:
        """A new instance: nothing is remembered."""
        now, uniform = self.clock.now, lambda low, high: self.jitter(low, high)
        self.instance = Instance(Effects(now, now, self.clock.advance, uniform))

    def invoke(self, event: Any) -> dict[str, Any]:
        """Call the handler with bytes, or with something to be written as JSON."""
        raw = event if isinstance(event, bytes) else json.dumps(event).encode()
        return Invocation(self.instance, self.context, self.environ).run(raw)

    @property
    def backlog(self) -> list[dict[str, Any]]:
        """The messages that wait in the backlog, delayed ones included."""
        return [json.loads(message.body) for message in self.smq.queue("backlog").messages()]

    @property
    def dead_letters(self) -> list[dict[str, Any]]:
        """The messages in the dead-letter queue."""
        return [json.loads(message.body) for message in self.smq.queue("dead-letters").messages()]

    @property
    def delays(self) -> list[float]:
        """For how many seconds each message of the backlog is held back, from now on."""
        return [message.visible_at - self.clock.now() for message in self.smq.queue("backlog").messages()]

    @property
    def refreshes(self) -> list[Any]:
        """The refresh calls that reached the CDN, refused ones included."""
        return [call for call in self.cdn.calls if call.action == "RefreshObjectCaches"]

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The log, line by line."""
        return [json.loads(entry.getMessage()) for entry in self._logs.records if entry.name == "oss_cdn_refresh"]


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON)


@pytest.fixture
def world(tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture) -> Iterator[World]:
    caplog.set_level(logging.DEBUG, "oss_cdn_refresh")
    with Cdn(clock, DOMAINS) as cdn, Smq(clock, ["backlog", "dead-letters"]) as smq:
        yield World(tmp_path, clock, cdn, smq, caplog)
