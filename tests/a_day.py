"""A busy day of the function, on the three products: refusals, dead letters, failed tasks, a short quota."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sls import Logstore, a_logstore
from three import SITES, Three, three_products
from world import event, from_the_queue, is_refresh, record

from oss_cdn_refresh.model.effects import timestamp
from oss_cdn_refresh_box.cdn import Quota, Script
from oss_cdn_refresh_box.wire.faults import Faults, Refusal
from oss_cdn_refresh_box.wire.serving import Request

HOUR = 3_600
HOURS = 24
MORNING = 20  # hours from noon to 08:00 in UTC+8 of the next day
HOSTILE = "<script>alert(1)</script>\"'&.jpg"


class Day:
    """A world that has worked for a day, and its log. handled: what the handler returned, in order."""

    def __init__(self, three: Three, logstore: Logstore) -> None:
        self.three = three
        self.world = three.world
        self.logstore = logstore
        self.handled: list[dict[str, Any]] = []

    @property
    def text(self) -> str:
        """The log as a text, one line of the platform each."""
        return "".join(f"{line['message']}\n" for line in self.logstore.records)

    def change(self, *keys: str) -> None:
        """Let objects change two seconds ago, and the function hear of it."""
        self.handled.append(self.world.invoke(event(*map(self._changed, keys))))

    def change_many(self, *keys: str) -> None:
        """Let objects change, which the queue brings together."""
        self.handled.append(self.world.invoke(from_the_queue(*map(self._changed, keys))))

    def come_back(self, seconds: float = 0) -> None:
        """Work on the backlog as far as it is due."""
        self.handled.append(self.three.come_back(seconds))

    def _changed(self, key: str) -> dict[str, Any]:
        changed: dict[str, Any] = record(key)
        changed["eventTime"] = timestamp(self.world.clock.now() - 2).replace("Z", ".000Z")
        return changed

    def pass_by(self) -> None:
        """Work for a day, from noon in UTC+8."""
        self.world.cdn.tasks.script = _course
        for number in range(HOURS):
            self._hour(number)
            self.come_back(400)
            self.world.clock.advance(HOUR - self.world.clock.now() % HOUR)

    def _hour(self, number: int) -> None:
        self.world.cdn.faults = Faults(rule=lambda request: _fault(number, request), where=is_refresh)
        busy = 1 + (number * 7) % 5
        for each in range(busy):
            self.change(*(f"img/{number}-{each}-{one}.jpg" for one in range(3)), f"blog/{number}-{each}/index.html")
        if number == 6:
            self.change(HOSTILE, "bad.jpg")
            self.handled.append(self.world.invoke(b'{"neither": "fish", "nor": "fowl"}'))
        if number in {3, 17}:
            self.change(f"failed/{number}.jpg")
        if number == MORNING:
            used = sum(
                len(call.urls)
                for call in self.world.refreshes
                if call.accepted and call.at >= _midnight(self.world.clock.now())
            )
            self.world.cdn.quota = Quota(urls=used)
            self.world.deploy()
            self.change_many(*(f"shop/{one}.jpg" for one in range(250)), *(f"{one}.jpg" for one in range(150)))
        if number == MORNING + 1:
            self.world.cdn.quota = Quota()


def _midnight(at: float) -> float:
    return at - (at + 8 * HOUR) % (24 * HOUR)


def _course(_type: str, where: str, _times: int) -> Script | None:
    if "failed/3" in where:
        return Script("Failed", description="Origin <b>Timeout</b>")
    return Script("Complete", seconds=9e9) if "failed/17" in where else None


def _fault(number: int, request: Request) -> Refusal | None:
    if number in {9, 10} and "img" in request.form["ObjectPath"]:
        return Refusal(503, "Throttling.User")
    if "bad" in request.form["ObjectPath"] or "script" in request.form["ObjectPath"]:
        return Refusal(400, "ObjectPath.Malformed", "<img src=x onerror=alert(1)>")
    return None


@contextmanager
def a_day(folder: Path) -> Iterator[Day]:
    """A day that has passed."""
    with three_products(folder) as three, a_logstore(three.world.clock) as logstore:
        three.world.configure(*SITES, confirm={}, collapse={"inventory": "nowhere.json"})
        day = Day(three, logstore)
        day.pass_by()
        yield day


def line(event: str, **fields: Any) -> str:
    """A line of the function with the platform's prefix."""
    written = {"event": event, "level": "INFO", "request_id": "1-abc", **fields}
    return f"2026-11-22T04:00:00.000Z 1-abc [INFO] {json.dumps(written)}"
