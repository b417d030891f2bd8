"""Visits a URL at the edge as a visitor does, with the whole body: one connection a visit.

A URL is sent exactly as it is spelled, and no redirect is followed.
"""

import ssl
from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple
from urllib.parse import urlsplit

from urllib3.connection import HTTPConnection, HTTPSConnection

from oss_cdn_refresh.transport.session import USER_AGENT
from oss_cdn_refresh.transport.tls import tls_context
from oss_cdn_refresh_cli.edge.audit.edge import NO_ANSWER, NO_HEADERS, Address
from oss_cdn_refresh_cli.edge.audit.headers import joined
from oss_cdn_refresh_cli.probing.answers import Unclear
from oss_cdn_refresh_cli.shared.waiting import waiting

CACHE_HEADERS = ("X-Cache", "X-Site-Cache-Status")  # of CDN and DCDN; of ESA
ENCODING = {"Accept-Encoding": "identity"}


class Served(NamedTuple):
    """An answer of the edge. hit: it came from the cache, as far as its headers say."""

    status: int
    body: bytes
    headers: Mapping[str, str]
    hit: bool

    def header(self, name: str) -> str:
        """A header by its name in upper or lower case; "" if there is none."""
        return next((value for each, value in self.headers.items() if each.lower() == name.lower()), "")


class Visitor:
    """seconds: how long the edge may be silent. connect_to: replaces the address of the domain."""

    def __init__(self, seconds: float, connect_to: Address | None, added: Mapping[str, str] = NO_HEADERS) -> None:
        self._seconds = seconds
        self._connect_to = connect_to
        self._added = added

    def get(self, url: str, headers: Mapping[str, str] = NO_HEADERS) -> Served:
        """The edge's answer for a URL.

        :raises Unclear: no answer came.
        """
        host = urlsplit(url).netloc
        target = url.partition("://")[2][len(host) :] or "/"
        connection = self._connection(url)
        sent = joined({"Host": host, "Accept": "*/*", "User-Agent": f"{USER_AGENT} probe", **ENCODING}, self._added)
        try:
            with waiting("the edge", host):
                connection.request("GET", target, headers=joined(sent, headers), decode_content=False)
                answer = connection.getresponse()
            found = dict(answer.headers)
            return Served(answer.status, answer.data, found, _is_hit(found))
        except NO_ANSWER as error:
            raise Unclear(f"{host}: no answer of the edge ({error}): check the domain, or give --connect-to") from error
        finally:
            connection.close()

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return tls_context()

    def _connection(self, url: str) -> HTTPConnection:
        where = urlsplit(url)
        host, encrypted = where.hostname or "", where.scheme == "https"
        address = self._connect_to or Address(host, where.port or (443 if encrypted else 80))
        if encrypted:
            return HTTPSConnection(*address, timeout=self._seconds, ssl_context=self._tls, server_hostname=host)
        return HTTPConnection(*address, timeout=self._seconds)


def _is_hit(headers: Mapping[str, str]) -> bool:
    values = [value.upper() for name, value in headers.items() if name.lower() in map(str.lower, CACHE_HEADERS)]
    return any(value.startswith("HIT") for value in values)
