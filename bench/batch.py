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
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

from bench.function import environment
from bench.notifications import cloud_event, notification
from bench.pairs import Result, cpu_seconds, in_turn
from local.cdn import Cdn, Limits, Quota
from local.clock import Clock
from local.smq import Smq
from oss_cdn_refresh.delivery.instance import Instance
from oss_cdn_refresh.handler import invoke
from oss_cdn_refresh.logs import logger
from oss_cdn_refresh.model import effects

MESSAGES = 10_000
MOST = 1.5
ROUNDS = 9
DOMAIN = "www.example.com"
ENOUGH = 10**9


def results() -> Iterator[Result]:
    """The ratio where all changes are refreshed, and where most are deferred."""
    batch = json.dumps([cloud_event(number, notification(number)) for number in range(MESSAGES)]).encode()
    yield _result("10000-messages-refreshed/json.loads", batch, ENOUGH, MESSAGES)
    yield _result("10000-messages-deferred/json.loads", batch, 1_000, 1_000)


def _result(name: str, batch: bytes, urls_per_minute: int, refreshed: int) -> Result:
    limits = Limits(refresh_calls_per_second=ENOUGH, urls_per_minute_per_domain=urls_per_minute)
    with (
        tempfile.TemporaryDirectory() as folder,
        Cdn(Clock(), [DOMAIN], limits=limits, quota=Quota(urls=ENOUGH)) as cdn,
        Smq(Clock(), ["backlog"]) as smq,
    ):
        config = Path(folder) / "config.yml"
        settings = {"limits": {"urls_per_minute_per_domain": urls_per_minute}}
        config.write_text(json.dumps({"sites": [{"bucket": "my-site", "domains": [DOMAIN]}], **settings}))
        around = environment(config, cdn, SMQ_ENDPOINT=smq.url, BACKLOG_QUEUE="backlog", LOG_LEVEL="INFO")
        context = SimpleNamespace(request_id="1", function=SimpleNamespace(timeout=120))
        written = logging.StreamHandler(io.StringIO())
        logger.addHandler(written)

        def ours() -> float:
            instance = Instance(effects.real())
            instance.prepare(context, around)
            gc.collect()
            seconds = cpu_seconds(lambda: summaries.append(invoke(batch, context, instance, around)), 1)
            instance.session.close()
            return seconds

        summaries: list[dict[str, object]] = []
        mine, bare = in_turn(ROUNDS, ours, lambda: cpu_seconds(lambda: _bare(batch), 1))
        logger.removeHandler(written)
    if any(summary["refreshed"] != refreshed or summary["urls"] != MESSAGES for summary in summaries):
        raise RuntimeError("not every message was handled: nothing was measured")
    return Result(name, mine / bare, MOST, f"{1e3 * mine:.0f} ms against {1e3 * bare:.0f} ms CPU")


def _bare(raw: bytes) -> None:
    for message in json.loads(raw):
        json.loads(message["data"]["messageBody"])
