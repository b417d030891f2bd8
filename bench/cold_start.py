"""Cold start: from the start of a process to the first refresh that the CDN accepts, on loopback.

Over http against a bare `import requests`; over https against the same call by plain `requests.post`, whose request is
signed beforehand, and by the official SDK. All three trust the certificates of the layer's `certifi`, to which the
stand-in's authority is added: each has to load them as it does in Function Compute.
"""

import json
import shutil
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import certifi

from bench.shared.function import FUNCTIONS, environment
from bench.shared.pairs import Result, in_turn
from layers import certificates
from oss_cdn_refresh.model import effects
from oss_cdn_refresh.model.batch import Batch
from oss_cdn_refresh.model.item import FILE, Item, Target
from oss_cdn_refresh.products.api import Peer
from oss_cdn_refresh.products.cdn import Client
from oss_cdn_refresh.transport.credentials import Credentials
from oss_cdn_refresh.transport.session import Answer, Request, Session
from oss_cdn_refresh.transport.tls import HASHED
from oss_cdn_refresh_box.cdn.api import Cdn
from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.wire.certificate import Authority

RUNS = 15
DOMAIN = "www.example.com"
URL = f"https://{DOMAIN}/a"

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
REQUESTS_POST = """
import json, os, requests
answer = requests.post(**json.loads(os.environ["REQUEST"]))
assert answer.json()["RefreshTaskId"]
"""
OFFICIAL_SDK = f"""
import os
from alibabacloud_cdn20180510.client import Client
from alibabacloud_cdn20180510.models import RefreshObjectCachesRequest
from alibabacloud_tea_openapi.models import Config
protocol, _, endpoint = os.environ["CDN_ENDPOINT"].partition("://")
client = Client(Config("AK", "SECRET", endpoint=endpoint, protocol=protocol))
answer = client.refresh_object_caches(RefreshObjectCachesRequest(object_path="{URL}"))
assert answer.body.refresh_task_id
"""
STAMP = "\nimport sys, time; sys.stdout.write(str(time.monotonic()))"
CDN = Target("cdn")


def results() -> Iterator[Result]:
    """The ratio over http, and the two over https."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config = folder / "config.yml"
        config.write_text(json.dumps({"sites": [{"bucket": "my-site", "domains": [DOMAIN]}]}))
        with Cdn(Clock(), [DOMAIN]) as cdn:
            around = environment(config, cdn)
            ours, requests = in_turn(RUNS, lambda: _seconds(HANDLER, around), lambda: _seconds(IMPORT_REQUESTS, around))
        yield _result("cold-start/import-requests", ours, requests, 0.90)
        with Cdn(Clock(), [DOMAIN], tls=_trusted(folder)) as cdn:
            around = environment(config, cdn, PYTHONPATH=f"{folder}:{FUNCTIONS}")
            ours, post, sdk = in_turn(
                RUNS,
                lambda: _seconds(HANDLER, around),
                lambda: _seconds(REQUESTS_POST, {**around, "REQUEST": _signed(cdn.url)}),
                lambda: _seconds(OFFICIAL_SDK, around),
            )
        yield _result("cold-start-https/requests.post", ours, post, 0.90)
        yield _result("cold-start-https/official-sdk", ours, sdk, 0.30)


def _result(name: str, ours: float, theirs: float, limit: float) -> Result:
    return Result(name, ours / theirs, limit, f"{1000 * ours:.0f} ms against {1000 * theirs:.0f} ms")


def _seconds(code: str, around: Mapping[str, str]) -> float:
    """From the start of a process to the end of its code."""
    began = time.monotonic()
    run = subprocess.run(  # noqa: S603 - our own code, on purpose in a process of its own
        [sys.executable, "-c", code + STAMP], env=around, check=True, capture_output=True, text=True
    )
    return float(run.stdout) - began


def _trusted(folder: Path) -> ssl.SSLContext:
    """What a CDN needs whose authority is trusted by a `certifi` in that folder, which is laid out as in the layer."""
    authority = Authority()
    package = folder / "certifi"
    shutil.copytree(Path(certifi.where()).parent, package)
    bundle = authority.bundle(package / "cacert.pem", beside=Path(certifi.where()))
    certificates.write(bundle, package / HASHED)
    return authority.server_context()


class _Writing(Session):
    """A session that keeps the request instead of sending it."""

    def send(self, sign: Callable[[], Request], seconds: float, most_bytes: int = 0) -> Answer:  # noqa: ARG002 - the base
        self.request = sign()
        return Answer(200, {}, b'{"RefreshTaskId": "1"}')


def _signed(endpoint: str) -> str:
    """A call that the CDN accepts, signed now, as the arguments of `requests.post` in JSON."""
    session = _Writing()
    client = Client(Peer(endpoint, lambda: Credentials("AK", "SECRET"), session, effects.real(), set()), CDN, "")
    client.refresh(Batch(FILE, force=False, items=(Item(FILE, URL, DOMAIN, CDN),)), seconds=1)
    _, url, headers, body = session.request
    return json.dumps({"url": url, "headers": headers, "data": body.decode()})
