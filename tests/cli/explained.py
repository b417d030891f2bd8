"""The sites of CDN, DCDN and ESA with one bucket and one edge, for tests of `explain`."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from click.testing import Result
from command import run
from three import HOST, SITES, Three, three_products
from world import event, record

from oss_cdn_refresh_box.cdn import Edge, Origin, visit
from oss_cdn_refresh_box.cdn.edge import fetch
from oss_cdn_refresh_box.cdn.tasks import Script
from oss_cdn_refresh_box.demo.clients import oss2
from oss_cdn_refresh_box.oss import Oss
from oss_cdn_refresh_box.wire.serving import Reply, Request, Server

LATER = 3_600.0  # seconds


class Explained:
    """The world of a URL that looks old. Each change of the bucket is an hour old when its method returns."""

    def __init__(self, three: Three, oss: Oss, edge: Edge) -> None:
        self.three = three
        self.world = three.world
        self.oss = oss
        self.edge = edge
        self.world.environ |= {"OSS_ENDPOINT": oss.url}
        self.configure()

    def configure(self, **more: Any) -> None:
        """Give each site these keys of the configuration."""
        self.world.configure(*({**site, "scheme": "http", **more} for site in SITES))

    def hold(self, key: str, body: bytes) -> None:
        """Put an object into the bucket without an event."""
        self.oss.stock("my-site", {key: body})
        self.world.clock.advance(LATER)

    def delete(self, key: str) -> None:
        """Delete an object without an event."""
        session = oss2.Session()
        oss2.Bucket(oss2.Auth("AK", "SECRET"), self.oss.url, "my-site", session=session).delete_object(key)
        session.session.close()
        self.world.clock.advance(LATER)

    def stale(self, name: str, path: str, key: str = "") -> str:
        """The URL of an object that changed without an event after the edge had cached it."""
        key = key or path
        self.hold(key, b"old")
        visit(self.edge.url, url(name, path))
        self.hold(key, b"new, and longer")
        return url(name, path)

    def event(self, key: str) -> None:
        """Let the function work on a change of the object."""
        self.world.invoke(event(record(key)))

    def script(self, name: str, status: str, seconds: float = 1, **more: Any) -> None:
        """Let all tasks of a product end so, after so many seconds."""
        self.three.products[name].tasks.script = lambda *_: Script(status, seconds=seconds, **more)  # type: ignore[attr-defined]

    def run(self, *words: str, to: str = "") -> Result:
        """`explain` in this process, connected to the edge or to the address `to`."""
        words = ("explain", *words, "--connect-to", to or urlsplit(self.edge.url).netloc)
        return run(*words, environ=self.world.environ, clock=self.world.clock)

    def explain(self, *words: str, to: str = "") -> dict[str, Any]:
        """The document, with the exit code as `exit`."""
        result = self.run(*words, "--json", to=to)
        return {**json.loads(result.stdout), "exit": result.exit_code}

    def cause(self, *words: str, to: str = "") -> tuple[str, int]:
        """The likely cause and the exit code."""
        document = self.explain(*words, to=to)
        return document["cause"], document["exit"]

    @contextmanager
    def behind(self, serve: Callable[[Request], Reply | None] = lambda _request: None, **headers: str) -> Iterator[str]:
        """An address whose answers are those of the edge with more headers, or those of `serve`."""

        def answer(request: Request) -> Reply:
            reply = serve(request)
            if reply is not None:
                return reply
            target = request.path + (f"?{request.query}" if request.query else "")
            found = fetch(self.edge.url, target, dict(request.headers), request.method)
            added = {name.replace("_", "-"): value for name, value in headers.items()}
            return found._replace(headers={**found.headers, **added})

        with Server(answer) as server:
            yield urlsplit(server.url).netloc


@contextmanager
def a_world_to_explain(folder: Path) -> Iterator[Explained]:
    """An empty bucket, and an edge for the hosts of all products that refreshes reach at once."""
    with three_products(folder) as three, Oss(three.world.clock, ["my-site"]) as oss:
        origins = {host: [Origin(f"{oss.url}/my-site")] for host in HOST.values()}
        with Edge(three.world.clock, origins) as edge:
            for product in three.products.values():
                product.tasks.subscribers.append(edge.follow)  # type: ignore[attr-defined]
            yield Explained(three, oss, edge)


def url(name: str, path: str) -> str:
    """A URL on the host of a product."""
    return f"http://{HOST[name]}/{path}"
