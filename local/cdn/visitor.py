"""One GET, its URL exactly as it is spelled: no library in between that normalises it."""

from collections.abc import Mapping
from http.client import HTTPConnection
from urllib.parse import urlsplit

from local.wire.serving import EMPTY, Response

TIMEOUT = 10.0  # seconds


def fetch(server: str, target: str, headers: Mapping[str, str] = EMPTY, method: str = "GET") -> Response:
    """What the server at this base URL answers for the request target `target`, over a connection of its own."""
    connection = HTTPConnection(urlsplit(server).netloc, timeout=TIMEOUT)
    try:
        connection.request(method, target, headers=dict(headers))
        answer = connection.getresponse()
        return Response(answer.status, answer.read(), dict(answer.headers))
    finally:
        connection.close()


def visit(edge: str, url: str, method: str = "GET") -> Response:
    """What a visitor of `url` sees whose name server leads to the edge at the base URL `edge`.

    `headers["X-Cache"]` says HIT or MISS.
    """
    _, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return fetch(edge, slash + path or "/", {"Host": host}, method)
