"""A bucket, an edge that caches requested objects, and the command, for tests of `audit`."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from click.testing import Result
from command import run
from world import World, url

from oss_cdn_refresh_box.cdn import Edge, Origin, visit
from oss_cdn_refresh_box.cdn.edge import fetch
from oss_cdn_refresh_box.demo.clients import oss2
from oss_cdn_refresh_box.oss import Oss
from oss_cdn_refresh_box.wire.serving import Reply, Request, Server

DOMAIN = "www.example.com"
LATER = 3_600.0  # seconds: longer than the grace


class Audited:
    """A world with a bucket and an edge. Each change of the bucket is an hour old when its method returns."""

    def __init__(self, world: World, oss: Oss, edge: Edge, folder: Path) -> None:
        self.world = world
        self.oss = oss
        self.edge = edge
        self.folder = folder
        self.asked: list[Request] = []
        self.nothing: dict[str, Any] | None = None  # why the last audit compared nothing
        world.environ |= {"OSS_ENDPOINT": oss.url, "XDG_STATE_HOME": str(folder)}

    @property
    def address(self) -> str:
        """`HOST:PORT` of the edge."""
        return urlsplit(self.edge.url).netloc

    def hold(self, bodies: Mapping[str, bytes]) -> None:
        """Put objects into the bucket without an event."""
        self.oss.stock("my-site", bodies)
        self.world.clock.advance(LATER)

    @contextmanager
    def bucket(self) -> Iterator[Any]:
        """The bucket, with the owner's credentials."""
        session = oss2.Session()
        yield oss2.Bucket(oss2.Auth("AK", "SECRET"), self.oss.url, "my-site", session=session)
        session.session.close()
        self.world.clock.advance(LATER)

    def etag(self, key: str) -> str:
        """The ETag of an object, as OSS sends it."""
        return f'"{self.oss.objects("my-site")[key].etag}"'

    def delete(self, key: str) -> None:
        """Delete an object without an event."""
        with self.bucket() as bucket:
            bucket.delete_object(key)

    def visit(self, *paths: str) -> list[bytes]:
        """The answers for a visitor, which the edge caches."""
        return [visit(self.edge.url, url(path)).body for path in paths]

    def run(self, *words: str, to: str = "", stdin: str | None = None) -> Result:
        """Run the command in this process, connected to the edge or to the address `to`."""
        words = ("audit", *words, "--connect-to", to or self.address)
        return run(*words, environ=self.world.environ, clock=self.world.clock, stdin=stdin)

    def audit(self, *words: str, to: str = "", stdin: str | None = None) -> dict[str, Any]:
        """The JSON document of a run, with its exit code as `exit`."""
        result = self.run("--json", *words, to=to, stdin=stdin)
        document: dict[str, Any] = json.loads(result.stdout)
        self.nothing = document.pop("nothing_compared", None)
        return {**document, "exit": result.exit_code}

    @contextmanager
    def behind(self, before: Callable[[Request], Reply | None] = lambda _request: None) -> Iterator[str]:
        """An address that forwards requests to the edge unless `before` answers them; `asked` has all requests."""

        def serve(request: Request) -> Reply:
            reply = before(request)
            self.asked.append(request)
            if reply is not None:
                return reply
            target = request.path + (f"?{request.query}" if request.query else "")
            return fetch(self.edge.url, target, dict(request.headers), request.method)

        self.asked.clear()
        with Server(serve) as server:
            yield urlsplit(server.url).netloc

    @property
    def states(self) -> list[Path]:
        """The state files that runs have left."""
        return sorted(self.folder.rglob("audit-*.db"))


@contextmanager
def a_site(world: World, folder: Path, **origin: Any) -> Iterator[Audited]:
    """A bucket that is empty, and an edge that refreshes reach at once."""
    with Oss(world.clock, ["my-site"]) as oss:
        world.configure({"bucket": "my-site", "domains": [DOMAIN], "scheme": "http"})
        with Edge(world.clock, {DOMAIN: [Origin(f"{oss.url}/my-site", **origin)]}) as edge:
            world.cdn.subscribers.append(edge.refresh)
            yield Audited(world, oss, edge, folder)


def report(checked: int, stale: tuple[str, ...] = (), unreachable: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    """The expected document, for paths."""
    urls = {"stale": [http(path) for path in stale], "unreachable": [http(path) for path in unreachable]}
    code = 1 if len(stale) > more.get("repaired", 0) else 2 if unreachable or not checked else 0
    return {"checked": checked, **urls, "repaired": 0, "exit": code, **more}


def http(path: str) -> str:
    """A URL of the site, which has the scheme http here."""
    return f"http://{DOMAIN}/{path}"
