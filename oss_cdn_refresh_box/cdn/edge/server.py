"""A caching edge in front of OSS: it serves stale bytes until a refresh reaches it.

It caches by the whole URL with its query, exactly as the client spells it, and a copy never expires by itself; a 404 is
cached, too. It fetches whole objects, also for HEAD and for a Range, and serves parts of its copies (RFC 9110, "Range
Requests", a single range).
"""

import re
import ssl
import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from http.client import HTTPConnection, HTTPException
from math import inf
from urllib.parse import urlsplit

from oss_cdn_refresh_box.cdn.edge.behaviour import Behaviour
from oss_cdn_refresh_box.cdn.edge.cache import Cache, Copy
from oss_cdn_refresh_box.cdn.edge.origin import Origin
from oss_cdn_refresh_box.cdn.refresh import Refresh
from oss_cdn_refresh_box.cdn.tasks import PRELOAD, UNSCRIPTED, Task
from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.wire.serving import EMPTY, Request, Response, StandIn

KEPT = ("ETag", "Last-Modified", "Content-Type", "Cache-Control", "Location")  # of the origin's headers
OK, PARTIAL, NOT_MODIFIED, FORBIDDEN, NOT_FOUND, NOT_ALLOWED, NOT_SATISFIABLE = 200, 206, 304, 403, 404, 405, 416
BAD_GATEWAY = 502
TIMEOUT = 10.0  # seconds
RANGE = re.compile(r"bytes=(\d+)-(\d*)|bytes=-(\d+)")


class Edge(StandIn):
    """The domains of a CDN behind one port of 127.0.0.1; use it as a context manager.

    It takes GET and HEAD with the domain in the Host header or in an absolute URL. `X-Cache` in the answer is HIT when
    the bytes come from the cache, else MISS. A copy that the origin has just confirmed with a 304 is a HIT.

    origins: the origins of each domain; where several match, the one with the longest path answers.
    delay: seconds by the clock from an accepted refresh until it takes effect here; about five minutes at the real CDN;
        a change of it holds for later refreshes. A scripted task takes effect when its script says, whatever the delay.
    plain: with `tls`, serve http on the same port, too.

    `cdn.tasks.subscribers.append(edge.follow)` connects it to the API, `cdn.subscribers.append(edge.refresh)` where
    neither preloads nor scripts matter.
    """

    def __init__(
        self,
        clock: Clock,
        origins: Mapping[str, Sequence[Origin]],
        *,
        delay: float = 0.0,
        tls: ssl.SSLContext | None = None,
        port: int = 0,
        plain: bool = False,
    ) -> None:
        self.origins = dict(origins)
        self._clock = clock
        self.delay = delay
        self._cache = Cache(clock)
        self._warming = threading.Lock()
        super().__init__(self._serve, tls=tls, name="cdn-edge", port=port, plain=plain)

    @property
    def behaviour(self) -> Behaviour:
        """How it treats URLs and refreshes where no document says it."""
        return self._cache.behaviour

    @behaviour.setter
    def behaviour(self, behaviour: Behaviour) -> None:
        self._cache.behaviour = behaviour

    def refresh(self, refresh: Refresh) -> None:
        """Let a refresh that the CDN has just accepted take effect after `delay`."""
        self._cache.refresh(refresh, self._clock.now() + self.delay)

    def follow(self, tasks: Iterable[Task]) -> None:
        """Let tasks that the CDN has just made take effect: at once, or as their scripts say.

        A preload asks the origin for each URL of which there is no fresh copy: at once, or before the next answer.
        """
        groups: defaultdict[tuple[str, bool, float, float], list[str]] = defaultdict(list)
        for task in tasks:
            begins, ends = task.effect
            if begins == inf:
                continue
            delay = self.delay if task.script is UNSCRIPTED else 0.0
            groups[task.object_type, task.force, begins + delay, ends].append(task.url)
        for (object_type, force, begins, ends), urls in groups.items():
            if object_type == PRELOAD:
                self._cache.preload((url.partition("://")[2] for url in urls), begins)
            else:
                self._cache.refresh(Refresh(object_type, force, tuple(urls)), begins, ends)
        self._warm()

    def _warm(self) -> None:
        with self._warming:
            for key in self._cache.wanted():
                path, _, query = key.partition("?")
                domain, slash, rest = path.partition("/")
                self._whole(domain, slash + rest, query)

    def _serve(self, request: Request) -> Response:
        if request.method not in {"GET", "HEAD"}:
            return Response(NOT_ALLOWED)
        self._warm()
        variant = self.behaviour.variant(request.headers.get("Accept-Encoding", ""))
        return _part(self._whole(*_address(request), request.query, variant), request)

    def _whole(self, domain: str, path: str, query: str, variant: str = "") -> Response:
        origin = _responsible(self.origins.get(domain, ()), path)
        if origin is None:
            return Response(FORBIDDEN, b"no such domain or path")
        key = domain + path + (f"?{query}" if query else "") + variant
        copy, epoch = self._cache.get(key)
        if copy is not None and not copy.expired:
            return _marked("HIT", copy.answer)
        answer = _ask(origin, path, query, copy)
        if copy is not None and answer.status == NOT_MODIFIED:
            self._cache.put(key, copy.answer, epoch)
            return _marked("HIT", copy.answer)
        if answer.status in {OK, NOT_FOUND}:
            self._cache.put(key, answer, epoch)
        return _marked("MISS", answer)


def _address(request: Request) -> tuple[str, str]:
    """The domain, lower-case and without a port, and the raw path that a request asks for."""
    if request.path.startswith("/"):
        host, path = request.headers.get("Host", ""), request.path
    else:
        host, slash, rest = request.path.partition("://")[2].partition("/")
        path = slash + rest or "/"
    return host.partition(":")[0].lower(), path


def _responsible(origins: Sequence[Origin], path: str) -> Origin | None:
    return max((origin for origin in origins if origin.shows(path)), key=lambda origin: len(origin.path), default=None)


def _ask(origin: Origin, path: str, query: str, copy: Copy | None) -> Response:
    """The origin's answer, its headers reduced to those that are kept; 502 where there is none."""
    cached = copy.answer.headers if copy else {}
    conditions = {"If-None-Match": cached.get("ETag"), "If-Modified-Since": cached.get("Last-Modified")}
    headers = {name: value for name, value in conditions.items() if value}
    answer = Response(NOT_FOUND)
    for target in origin.targets(path, query):
        try:
            answer = fetch(origin.bucket, target, headers)
        except (OSError, HTTPException) as error:
            return Response(BAD_GATEWAY, f"the origin does not answer: {error!r}".encode())
        if answer.status != NOT_FOUND:
            break
    sent = {name.lower(): value for name, value in answer.headers.items()}
    return answer._replace(headers={name: sent[name.lower()] for name in KEPT if name.lower() in sent})


def _part(answer: Response, request: Request) -> Response:
    """The range of an answer that a GET asks for; all of it for HEAD and for a Range that is no valid one."""
    span = RANGE.fullmatch(request.headers.get("Range", ""))
    if span is None or answer.status != OK or request.method != "GET":
        return answer
    size = len(answer.body)
    first, last, suffix = span.groups()
    start = int(first) if first else max(0, size - int(suffix))
    end = min(size, int(last) + 1) if last else size
    if start >= size:
        return Response(NOT_SATISFIABLE, headers={"Content-Range": f"bytes */{size}"})
    if start >= end:
        return answer
    headers = {**answer.headers, "Content-Range": f"bytes {start}-{end - 1}/{size}"}
    return Response(PARTIAL, answer.body[start:end], headers)


def _marked(cache: str, answer: Response) -> Response:
    return answer._replace(headers={**answer.headers, "X-Cache": cache})


def fetch(server: str, target: str, headers: Mapping[str, str] = EMPTY, method: str = "GET") -> Response:
    """The answer of the server at this base URL, over a connection of its own.

    The request target `target` goes out exactly as it is spelled: no library normalises it.
    """
    connection = HTTPConnection(urlsplit(server).netloc, timeout=TIMEOUT)
    try:
        connection.request(method, target, headers=dict(headers))
        answer = connection.getresponse()
        return Response(answer.status, answer.read(), dict(answer.headers))
    finally:
        connection.close()


def visit(edge: str, url: str, method: str = "GET") -> Response:
    """A visitor's GET of `url`, whose domain leads to the edge at the base URL `edge`; X-Cache says HIT or MISS."""
    host, slash, path = url.partition("://")[2].partition("/")
    return fetch(edge, slash + path or "/", {"Host": host}, method)
