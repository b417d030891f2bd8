"""The peak memory of a function that gets an event as large as a synchronous call carries: 32 MB of queue messages.

Of a process of its own, from its start to the handler's return, as Linux keeps it: what `getrusage` tells begins with
the memory of the process that started this one. A call of the drain holds OSS notifications of single objects, or
records of the backlog with as many URLs as fit into a message; nearly all of either has to be deferred, which is the
most work that there is.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

from bench.shared.function import environment
from bench.shared.notifications import cloud_event, notification
from bench.shared.pairs import Result
from oss_cdn_refresh_box.cdn import Cdn
from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.smq import Smq

EVENT_BYTES = 32 * 1024 * 1024  # Function Compute, synchronous invocation: the largest payload
MESSAGE_BYTES = 65_536  # SMQ, SendMessage
MOST_MB = 400
DOMAIN = "www.example.com"

HANDLER = """
import pathlib, re, sys, types
import refresh
context = types.SimpleNamespace(request_id="1", function=types.SimpleNamespace(timeout=120))
refresh.initialize(context)
summary = refresh.handler(pathlib.Path(sys.argv[1]).read_bytes(), context)
assert summary["urls"] == summary["refreshed"] + summary["deferred"] > 10_000, summary
peak = re.search(r"VmHWM:\\s*(\\d+) kB", pathlib.Path("/proc/self/status").read_text())[1]
sys.stdout.write(f"{summary['urls']} {peak}")
"""


def results() -> Iterator[Result]:
    """The peak for each kind of message, as a part of the most that it may be."""
    yield _result("32-mb-of-notifications/400-mb", notification)
    yield _result("32-mb-of-backlog-records/400-mb", _backlog_record)


def _result(name: str, body: Callable[[int], str]) -> Result:
    with (
        tempfile.TemporaryDirectory() as folder,
        Cdn(Clock(), [DOMAIN]) as cdn,
        Smq(Clock(), ["backlog", "dead-letters"]) as smq,
    ):
        config, event = Path(folder) / "config.yml", Path(folder) / "event.json"
        config.write_text(json.dumps({"sites": [{"bucket": "my-site", "domains": [DOMAIN]}]}))
        messages = _full(body)
        event.write_text(f"[{','.join(messages)}]")
        queues = {"BACKLOG_QUEUE": "backlog", "DEAD_LETTER_QUEUE": "dead-letters"}
        around = environment(config, cdn, SMQ_ENDPOINT=smq.url, LOG_LEVEL="ERROR", **queues)
        run = subprocess.run(  # noqa: S603 - our own code, on purpose in a process of its own
            [sys.executable, "-c", HANDLER, str(event)], env=around, check=True, stdout=subprocess.PIPE, text=True
        )
    urls, kilobytes = map(int, run.stdout.split())
    megabytes = kilobytes * 1024 / 1e6
    return Result(name, megabytes / MOST_MB, 1.0, f"{megabytes:.0f} MB for {urls:,} URLs in {len(messages):,} messages")


def _full(body: Callable[[int], str]) -> list[str]:
    """Messages as the queue trigger brings them, as many as fit into one event."""
    messages: list[str] = []
    used = 0
    for number in count():
        message = json.dumps(cloud_event(number, body(number)))
        used += len(message) + 1
        if used >= EVENT_BYTES:
            return messages
        messages.append(message)
    raise AssertionError


def _backlog_record(number: int) -> str:
    """A message of the backlog, with as many URLs as it can hold."""
    prefix = f"https://{DOMAIN}/assets/images/2026/{number}/product-"
    record = {
        "kind": "oss-cdn-refresh/backlog",
        "version": 1,
        "object_type": "File",
        "force": False,
        "attempts": 0,
        "reason": "Pace",
        "first_seen": "2026-11-22T03:59:59Z",
        "changed_at": "2026-11-22T03:59:59Z",
        "history": [{"at": "2026-11-22T03:59:59Z", "reason": "Pace"}],
    }
    room = MESSAGE_BYTES - len(json.dumps({**record, "urls": []}))
    each = len(json.dumps(f"{prefix}{0:06}.jpg, "))
    return json.dumps({**record, "urls": [f"{prefix}{part:06}.jpg" for part in range(room // each)]})
