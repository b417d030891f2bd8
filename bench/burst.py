"""The refresh calls that a burst of 20,000 changes costs, an event each: refreshed at once, and batched.

Against one call for each change, and against the fewest calls that can hold them. The CDN's limits are raised, so that
nothing is refused or deferred: what is counted is what arrives there.
"""

import json
import math
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.shared.function import environment
from bench.shared.notifications import cloud_event, notification
from bench.shared.pairs import Result
from oss_cdn_refresh.products.cdn import LIMITS
from oss_cdn_refresh.settings.environment import BATCHED, DIRECT
from oss_cdn_refresh_box.cdn import Cdn, Limits, Quota
from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.smq import Smq

CHANGES = 20_000
INSTANCES = 2
MESSAGES = 10_000  # of one batch of the queue trigger, the most
ENOUGH = 10**9
DOMAIN = "www.example.com"
CONFIG = {
    "sites": [{"bucket": "my-site", "domains": [DOMAIN]}],
    "limits": {"urls_per_minute_per_domain": ENOUGH},
}
HANDLER = """
import sys, types
import refresh
context = types.SimpleNamespace(request_id="1", function=types.SimpleNamespace(timeout=120))
for event in sys.stdin.buffer:
    refresh.handler(event, context)
"""


def results() -> Iterator[Result]:
    """The two ratios."""
    direct, batched = _calls(DIRECT), _calls(BATCHED)
    least = math.ceil(CHANGES / LIMITS.urls_per_call)
    yield Result("20000-changes-batched/direct", batched / direct, 0.01, f"{batched:,} calls against {direct:,}")
    yield Result("20000-changes-batched/fewest", batched / least, 1.1, f"{batched:,} calls against {least:,}")


def _calls(delivery: str) -> int:
    """The refresh calls until all changes are accepted."""
    limits = Limits(refresh_calls_per_second=ENOUGH, urls_per_minute_per_domain=ENOUGH)
    with (
        tempfile.TemporaryDirectory() as folder,
        Cdn(Clock(), [DOMAIN], limits=limits, quota=Quota(urls=ENOUGH)) as cdn,
        Smq(Clock(), ["backlog"]) as smq,
    ):
        config = Path(folder) / "config.yml"
        config.write_text(json.dumps(CONFIG))
        more = {"SMQ_ENDPOINT": smq.url, "BACKLOG_QUEUE": "backlog", "DELIVERY": delivery, "LOG_LEVEL": "ERROR"}
        around = environment(config, cdn, **more)
        events = [notification(number) for number in range(CHANGES)]
        with ThreadPoolExecutor(INSTANCES) as instances:
            shares = [events[first::INSTANCES] for first in range(INSTANCES)]
            list(instances.map(_handle, shares, [around] * INSTANCES))
        while messages := smq.queue("backlog").receive(MESSAGES):
            brought = [cloud_event(number, message.body) for number, message in enumerate(messages)]
            _handle([json.dumps(brought)], around)
        if len(cdn.accepted) != CHANGES:
            raise RuntimeError("not every change was accepted: nothing was measured")
        return sum(call.action == "RefreshObjectCaches" for call in cdn.calls)


def _handle(events: Iterable[str], around: Mapping[str, str]) -> None:
    """Give events to one instance of the function, one after the other."""
    subprocess.run(  # noqa: S603 - our own code, on purpose in a process of its own
        [sys.executable, "-c", HANDLER], input="\n".join(events).encode(), env=around, check=True
    )
