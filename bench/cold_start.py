"""Cold start: from the start of a process to the first refresh that the CDN accepts, on loopback.

Against a bare `import requests`, and against the same call through the official SDK.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.function import environment
from bench.pairs import Result, in_turn
from local.cdn.api import Cdn
from local.clock import Clock

RUNS = 15
DOMAIN = "www.example.com"

IMPORT_REQUESTS = "import requests"
HANDLER = """
import types
import refresh
context = types.SimpleNamespace(request_id="1", function=types.SimpleNamespace(timeout=60))
refresh.initialize(context)
stored = b'{"bucket": {"name": "my-site"}, "object": {"key": "a"}}'
event = b'{"events": [{"eventName": "ObjectCreated:PutObject", "oss": %s}]}' % stored
assert refresh.handler(event, context)["refreshed"] == 1
"""
OFFICIAL_SDK = """
import os
from alibabacloud_cdn20180510.client import Client
from alibabacloud_cdn20180510.models import RefreshObjectCachesRequest
from alibabacloud_tea_openapi.models import Config
client = Client(Config("AK", "SECRET", endpoint=os.environ["CDN_ENDPOINT"].removeprefix("http://"), protocol="http"))
answer = client.refresh_object_caches(RefreshObjectCachesRequest(object_path="https://www.example.com/a"))
assert answer.body.refresh_task_id
"""
STAMP = "\nimport sys, time; sys.stdout.write(str(time.monotonic()))"


def results() -> Iterator[Result]:
    """The two ratios."""
    with tempfile.TemporaryDirectory() as folder, Cdn(Clock(), [DOMAIN]) as cdn:
        config = Path(folder) / "config.yml"
        config.write_text(json.dumps({"sites": [{"bucket": "my-site", "domains": [DOMAIN]}]}))
        around = environment(config, cdn)

        def until_done(code: str) -> float:
            began = time.monotonic()
            run = subprocess.run(  # noqa: S603 - our own code, on purpose in a process of its own
                [sys.executable, "-c", code + STAMP], env=around, check=True, capture_output=True, text=True
            )
            return float(run.stdout) - began

        requests, handler, sdk = in_turn(
            RUNS, lambda: until_done(IMPORT_REQUESTS), lambda: until_done(HANDLER), lambda: until_done(OFFICIAL_SDK)
        )
    figures = f"{1000 * handler:.0f} ms against {{:.0f}} ms"
    yield Result("cold-start/import-requests", handler / requests, 1.25, figures.format(1000 * requests))
    yield Result("cold-start/official-sdk", handler / sdk, 0.35, figures.format(1000 * sdk))
