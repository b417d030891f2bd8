"""From the bytes of an event to planned batches, against a bare `json.loads` of the same bytes, outer and inner.

In CPU time. One event is a native trigger's, many are messages of the queue trigger as `template.yml` asks for them:
CloudEvents with the notification of one object each, in plain text or in Base64, all of them from the same minute.
"""

import base64
import json
from collections.abc import Callable, Iterator

from bench.shared.notifications import cloud_event, notification
from bench.shared.pairs import Result, cpu_seconds, in_turn
from oss_cdn_refresh import events
from oss_cdn_refresh.delivery.batches import batches
from oss_cdn_refresh.mapping.gather import gather
from oss_cdn_refresh.settings.config_file import parse

CONFIG = parse("sites: [{bucket: my-site, domains: [www.example.com]}]", "config.yml")
NOW = 1_795_320_000.0  # 2026-11-22T04:00:00Z
ONE_EVENT = 6.0  # the most that it may cost: all that is decided about a change is more than its JSON
FASTER = 1.0
CPU_SECONDS = 0.1  # of each measurement, so that the clock's steps do not matter


def results() -> Iterator[Result]:
    """The ratios of 1, 1,000 and 10,000 events."""
    yield _result("1-event/json.loads", notification(0).encode(), json.loads, ONE_EVENT, count=1)
    for count in (1_000, 10_000):
        for name, spell, reference in (("plain", str, bare), ("base64", _base64, _bare_base64)):
            raw = json.dumps([cloud_event(number, spell(notification(number))) for number in range(count)]).encode()
            yield _result(f"{count}-{name}-messages/json.loads", raw, reference, FASTER, count=count)


def _result(name: str, raw: bytes, reference: Callable[[bytes], object], limit: float, *, count: int) -> Result:
    if _planned(raw) != count:
        raise RuntimeError("not every event was planned: nothing was measured")
    times = max(1, round(CPU_SECONDS / cpu_seconds(lambda: reference(raw), 1)))
    ours, theirs = in_turn(
        5, lambda: cpu_seconds(lambda: _planned(raw), times), lambda: cpu_seconds(lambda: reference(raw), times)
    )
    detail = f"{1e6 * ours / count:.1f} against {1e6 * theirs / count:.1f} µs CPU for each {len(raw) // count} bytes"
    return Result(name, ours / theirs, limit, detail)


def _planned(raw: bytes) -> int:
    """How many items are planned into calls."""
    gathered = gather(events.read(raw), CONFIG, NOW)
    return sum(len(batch.items) for batch in batches(gathered.items, CONFIG.limits["cdn"]))


def bare(raw: bytes) -> None:
    """Decode the messages of an event and their bodies."""
    for message in json.loads(raw):
        json.loads(message["data"]["messageBody"])


def _bare_base64(raw: bytes) -> None:
    for message in json.loads(raw):
        json.loads(base64.b64decode(message["data"]["messageBody"]))


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
