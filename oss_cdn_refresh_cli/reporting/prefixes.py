"""Finds the busiest prefixes: a host with the first directory of the path, such as `https://www.example.com/img/`.

The log does not name every URL. A line `accepted` names the first URL of its call, which may hold 1,000 URLs of other
prefixes; lines about deferred, failed and given-up items name all URLs unless the line was shortened. So this module
counts named URLs, and says how many items the lines are about.
"""

from collections import Counter
from typing import Any

from oss_cdn_refresh_cli.reporting.lines import Line
from oss_cdn_refresh_cli.reporting.values import text, texts, whole

BUSIEST = 10
NAMED = {"accepted": "calls", "deferred": "deferred", "dead_lettered": "dead_lettered", "refresh_failed": "failed"}


class Prefixes:
    """The named URLs of each prefix."""

    def __init__(self) -> None:
        self._named: dict[str, Counter[str]] = {}
        self._items = 0

    def add(self, line: Line) -> None:
        """Take a line."""
        column = NAMED.get(line.event)
        if column is None:
            return
        self._items += whole(line.fields, "items")
        urls = [text(line.fields, "first_url")] if line.event == "accepted" else texts(line.fields, "urls")
        for url in filter(None, urls):
            self._named.setdefault(prefix(url), Counter())[column] += 1

    def document(self) -> dict[str, Any]:
        """The ten prefixes with the most named URLs; `named` of `items` URLs are in the lines."""
        ordered = sorted(self._named.items(), key=lambda entry: (-entry[1].total(), entry[0]))
        rows = [
            {"prefix": place, **{column: named[column] for column in NAMED.values()}}
            for place, named in ordered[:BUSIEST]
        ]
        return {"named": sum(named.total() for named in self._named.values()), "items": self._items, "busiest": rows}


def prefix(url: str) -> str:
    """The scheme and the host with the first directory, or with `/` for an object at the root."""
    scheme, separator, rest = url.partition("://")
    host, _, path = rest.partition("/")
    first, slash, _ = path.partition("?")[0].partition("/")
    return f"{scheme}{separator}{host}/{first + slash if slash else ''}"
