"""What confirmation adds to a single upload: calls, messages and CPU time, against the same upload without it.

In CPU time of the handler's thread, calls and log included, on an instance that has worked before. The upload alone is
what a change waits for; to its end also counts the invocation that looks up its task, which a queue trigger usually
shares among many.
"""

import io
import json
import logging
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

from bench.shared.function import environment
from bench.shared.notifications import notification
from bench.shared.pairs import Result, in_turn
from oss_cdn_refresh.delivery.instance import Instance
from oss_cdn_refresh.handler import invoke
from oss_cdn_refresh.logs import logger
from oss_cdn_refresh.model import effects
from oss_cdn_refresh_box.cdn import Cdn, Limits, Quota
from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.smq import Smq

UPLOADS = 50  # of one measurement, one after the other
ROUNDS = 9
UNTIL_CONFIRMED = 361  # seconds: `confirm.after`, and one
MOST_ALONE, MOST_TO_ITS_END = 2.5, 4.0
DOMAIN = "www.example.com"
CONTEXT = SimpleNamespace(request_id="1", function=SimpleNamespace(timeout=60))
ENOUGH = 10**9


class Cost(NamedTuple):
    """The cost of one upload: CPU seconds until its handler returned and until its end, calls and messages."""

    alone: float
    to_its_end: float
    calls: float
    messages: float


def results() -> Iterator[Result]:
    """The ratio of the upload alone, and of the upload to its end."""
    clock = Clock()
    limits = Limits(refresh_calls_per_second=ENOUGH, urls_per_minute_per_domain=ENOUGH, look_calls_per_second=ENOUGH)
    with (
        tempfile.TemporaryDirectory() as name,
        Cdn(clock, [DOMAIN], limits=limits, quota=Quota(urls=ENOUGH)) as cdn,
        Smq(clock, ["backlog", "dead-letters"]) as smq,
        _log(),
    ):
        costs: dict[str, list[Cost]] = {"all": [], "never": []}

        def measured(mode: str) -> float:
            config = Path(name) / f"{mode}.yml"
            sites = [{"bucket": "my-site", "domains": [DOMAIN]}]
            rates = {"urls_per_minute_per_domain": ENOUGH}
            config.write_text(json.dumps({"sites": sites, "limits": rates, "confirm": {"mode": mode}}))
            around = environment(config, cdn, SMQ_ENDPOINT=smq.url, BACKLOG_QUEUE="backlog", LOG_LEVEL="INFO")
            costs[mode].append(_cost(around, clock, cdn, smq))
            return costs[mode][-1].alone

        alone, alone_without = in_turn(ROUNDS, lambda: measured("all"), lambda: measured("never"))
        to_its_end = sorted(cost.to_its_end for cost in costs["all"][1:])[ROUNDS // 2]
    confirmed, plain = costs["all"][-1], costs["never"][-1]
    yield Result(
        "upload-confirmed/unconfirmed",
        alone / alone_without,
        MOST_ALONE,
        f"{1e3 * alone:.2f} ms against {1e3 * alone_without:.2f} ms CPU, and {confirmed.messages:.0f} message more",
    )
    yield Result(
        "upload-to-its-end/unconfirmed",
        to_its_end / alone_without,
        MOST_TO_ITS_END,
        f"{1e3 * to_its_end:.2f} ms against {1e3 * alone_without:.2f} ms CPU, "
        f"{confirmed.calls:.1f} calls to the CDN against {plain.calls:.1f}",
    )


def _cost(around: Mapping[str, str], clock: Clock, cdn: Cdn, smq: Smq) -> Cost:
    """What an upload costs on a warm instance, on average."""
    instance = Instance(effects.real()._replace(now=clock.now))
    instance.prepare(CONTEXT, around)
    invoke(notification(0).encode(), CONTEXT, instance, around)
    queue, calls = smq.queue("backlog"), len(cdn.calls)
    alone = later = 0.0
    messages = 0
    for number in range(1, UPLOADS + 1):
        alone += _seconds(notification(number).encode(), instance, around)
    clock.advance(UNTIL_CONFIRMED)
    for message in queue.receive(ENOUGH):
        messages += 1
        later += _seconds(json.dumps([{"messageBody": message.body}]).encode(), instance, around)
        queue.delete(message.receipt)
    instance.session.close()
    made = len(cdn.calls) - calls
    return Cost(alone / UPLOADS, (alone + later) / UPLOADS, made / UPLOADS, messages / (UPLOADS + 1))


def _seconds(event: bytes, instance: Instance, around: Mapping[str, str]) -> float:
    began = time.thread_time()
    summary = invoke(event, CONTEXT, instance, around)
    seconds = time.thread_time() - began
    if summary["refreshed"] + summary["confirmations"]["complete"] != 1:
        raise RuntimeError("an upload was not refreshed, or not confirmed: nothing was measured")
    return seconds


@contextmanager
def _log() -> Iterator[None]:
    """Write the log lines, to nowhere."""
    handler = logging.StreamHandler(io.StringIO())
    logger.addHandler(handler)
    yield
    logger.removeHandler(handler)
