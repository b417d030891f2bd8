"""Prints the activity of a box: a line for each request and for each call of a function."""

import re
import sys
import threading
import time
from collections.abc import Callable
from functools import partial

from oss_cdn_refresh_box.account.gateway import operation
from oss_cdn_refresh_box.cloud import Cloud
from oss_cdn_refresh_box.fc import Invocation
from oss_cdn_refresh_box.wire.serving import Reply, Request, Response
from oss_cdn_refresh_cli.shared import streams
from oss_cdn_refresh_cli.shared.output import visible

CODE = re.compile(rb'<Code>([\w.]+)</Code>|"Code": ?"([\w.]+)"')
GOOD = range(400)


class Lines:
    """Lines on stderr, until its reader closes it."""

    def __init__(self, *, quiet: bool) -> None:
        self._lock = threading.Lock()
        self._closed = quiet

    def __call__(self, text: str) -> None:
        """Write a line with the time of day."""
        with self._lock:
            if self._closed:
                return
            try:
                sys.stderr.write(f"{time.strftime('%H:%M:%S')} {visible(text)}\n")
                sys.stderr.flush()
            except OSError:
                self._closed = True
                streams.mute_errors()  # otherwise the last flush of Python fails, and changes the exit code


def report(cloud: Cloud, say: Callable[[str], None]) -> None:
    """From now on, print each request to a service, and each call of a function with its log."""
    services = {
        "oss": cloud.oss,
        "cdn": cloud.cdn,
        "dcdn": cloud.dcdn,
        "esa": cloud.esa,
        "smq": cloud.smq,
        "edge": cloud.edge,
        "fc": cloud.api,
        "ram": cloud.ram,
    }
    for name, service in services.items():
        service.watchers.append(partial(_request, say, name))
    for deployed in cloud.compute.functions.values():
        deployed.watchers.append(partial(_invocation, say, deployed.function.name))


def _request(say: Callable[[str], None], name: str, request: Request, reply: Reply) -> None:
    action = operation(request)[1]
    host = request.headers.get("Host", "") if name == "edge" else ""
    what = action or f"{request.method} {host}{request.path}"
    if not action and request.query and name == "edge":
        what += f"?{request.query}"
    if not isinstance(reply, Response):
        say(f"{name:<4} {what} no answer")
        return
    found = CODE.search(reply.body) if reply.status not in GOOD else None
    code = f" {(found[1] or found[2]).decode()}" if found else ""
    cache = f" {reply.headers['X-Cache']}" if "X-Cache" in reply.headers else ""
    say(f"{name:<4} {what} {int(reply.status)}{code}{cache}")


def _invocation(say: Callable[[str], None], name: str, invocation: Invocation) -> None:
    for record in invocation.log:
        say(f"     {record}")
    outcome = invocation.answer.error or "ok"
    say(f"fc   function {name} {outcome} {invocation.answer.payload}")
