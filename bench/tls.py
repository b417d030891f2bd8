"""A new TLS connection of the function's session, against one of `urllib3` with a context that is ready.

In CPU time of the client's thread. A session that loads the CA bundle for each connection fails this many times over.
"""

import os
import ssl
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import certifi
import urllib3

from bench.shared.pairs import Result, in_turn
from oss_cdn_refresh.transport.session import Request, Session
from oss_cdn_refresh_box.wire.certificate import Authority
from oss_cdn_refresh_box.wire.serving import Response, Server

RUNS = 40
SECONDS = 5.0


def results() -> Iterator[Result]:
    """The one ratio. The CA bundle is the real one, with the stand-in's authority added."""
    authority = Authority()
    closing = Response(200, b"{}", {"Connection": "close"})
    with tempfile.TemporaryDirectory() as folder, Server(lambda _: closing, tls=authority.server_context()) as peer:
        bundle = str(authority.bundle(Path(folder) / "ca.pem", beside=Path(certifi.where())))
        ready = ssl.create_default_context(cafile=bundle)
        session = Session()
        with mock.patch.dict(os.environ, {"REQUESTS_CA_BUNDLE": bundle}):
            session.prepare(peer.url)

        pool = urllib3.PoolManager(ssl_context=ready)

        def reference() -> None:
            pool.request("POST", f"{peer.url}/", body=b"", retries=False)

        def ours() -> None:
            session.send(lambda: Request("POST", f"{peer.url}/", {}, b""), SECONDS)

        mine, bare = in_turn(RUNS, lambda: _cpu(ours), lambda: _cpu(reference))
        if peer.connections != 2 * (RUNS + 1):
            raise RuntimeError("a call went over an old connection: nothing was measured")
    yield Result(
        "new-tls-connection/ready-context", mine / bare, 1.5, f"{1e3 * mine:.1f} ms against {1e3 * bare:.1f} ms CPU"
    )


def _cpu(act: Callable[[], None]) -> float:
    began = time.thread_time()
    act()
    return time.thread_time() - began
