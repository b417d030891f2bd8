"""A batch of 10,000 messages of the queue trigger, from its bytes to its summary, against a bare `json.loads`.

In CPU time of the handler's thread, calls and log included; `json.loads` reads the same bytes, outer and inner. Each
batch meets an instance of its own: once where the minute of the domain has room for all changes, and once with the
limits of the CDN, where 9,000 are deferred.
"""

import gc
import io
import json
import logging
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

from bench.planning import bare
from bench.shared.function import environment
from bench.shared.notifications import cloud_event, notification
from bench.shared.pairs import Result, cpu_seconds, in_turn
from oss_cdn_refresh.delivery.instance import Instance
from oss_cdn_refresh.handler import invoke
from oss_cdn_refresh.logs import logger
from oss_cdn_refresh.model import effects
from oss_cdn_refresh.model.limits import MINUTE
from oss_cdn_refresh.products.cdn import LIMITS
from oss_cdn_refresh_box.cdn import Cdn, Limits, Quota
from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.smq import Smq

MESSAGES = 10_000
MOST = 1.5
ROUNDS = 9
DOMAIN = "www.example.com"
CONTEXT = SimpleNamespace(request_id="1", function=SimpleNamespace(timeout=120))
ENOUGH = 10**9


def results() -> Iterator[Result]:
    """The ratio where all changes are refreshed, and where most are deferred."""
    raw = json.dumps([cloud_event(number, notification(number)) for number in range(MESSAGES)]).encode()
    yield _result("10000-refreshed/json.loads", raw, urls_per_minute=MESSAGES, refreshed=MESSAGES)
    yield _result("9000-deferred/json.loads", raw, urls_per_minute=LIMITS.urls_per_minute_per_domain, refreshed=1_000)


def _result(name: str, raw: bytes, *, urls_per_minute: int, refreshed: int) -> Result:
    clock = Clock()
    limits = Limits(urls_per_minute_per_domain=urls_per_minute)
    with (
        tempfile.TemporaryDirectory() as folder,
        Cdn(clock, [DOMAIN], limits=limits, quota=Quota(urls=ENOUGH)) as cdn,
        Smq(clock, ["backlog"]) as smq,
        _log(),
    ):
        config = Path(folder) / "config.yml"
        site = {"bucket": "my-site", "domains": [DOMAIN]}
        config.write_text(json.dumps({"sites": [site], "limits": {"urls_per_minute_per_domain": urls_per_minute}}))
        around = environment(config, cdn, SMQ_ENDPOINT=smq.url, BACKLOG_QUEUE="backlog", LOG_LEVEL="INFO")

        def ours() -> float:
            clock.advance(MINUTE)
            instance = Instance(effects.real())
            instance.prepare(CONTEXT, around)
            gc.collect()
            gc.freeze()  # as the function does: what others left is not searched for garbage
            began = time.thread_time()
            summary = invoke(raw, CONTEXT, instance, around)
            seconds = time.thread_time() - began
            gc.unfreeze()
            instance.session.close()
            if (summary["urls"], summary["refreshed"]) != (MESSAGES, refreshed):
                raise RuntimeError("not every message was handled: nothing was measured")
            return seconds

        mine, reference = in_turn(ROUNDS, ours, lambda: cpu_seconds(lambda: bare(raw), 1))
    return Result(name, mine / reference, MOST, f"{1e3 * mine:.0f} ms against {1e3 * reference:.0f} ms CPU")


@contextmanager
def _log() -> Iterator[None]:
    """Write the log lines, to nowhere."""
    handler = logging.StreamHandler(io.StringIO())
    logger.addHandler(handler)
    yield
    logger.removeHandler(handler)
