"""A million objects in 25,000 directories: what the function reads of them, and what the operators' command counts.

In CPU time. The inventory is read against a bare `json.loads` of the same bytes, as a file and gzipped; a list of
keys, a line each, is counted by directory against Python putting its lines into a set.
"""

import gzip
import json
from collections import Counter
from collections.abc import Callable, Iterator

from bench.shared.pairs import Result, cpu_seconds, in_turn
from oss_cdn_refresh.model.urls import directory
from oss_cdn_refresh.planner.inventory import parse, written
from oss_cdn_refresh_cli.planning.inventories import inventory_of

OBJECTS = 1_000_000
DIRECTORIES = 25_000
READ = 2.0  # the most that it may cost: each name and count is looked at once
COUNTED = 2.0
ROUNDS = 3


def results() -> Iterator[Result]:
    """The ratios for an inventory, a gzipped one, and a list."""
    keys = sorted(map(_key, range(OBJECTS)))
    plain = written({"my-site": Counter(map(directory, keys))}, "2026-11-22T04:00:00Z")
    packed = gzip.compress(plain)
    if len(parse(packed, "").buckets["my-site"]) != DIRECTORIES:
        raise RuntimeError("not every directory was read: nothing was measured")
    sizes = f"{len(plain) / 1e6:.2f} MB, gzipped {len(packed) / 1e6:.2f} MB"
    yield _result("inventory/json.loads", lambda: parse(plain, ""), lambda: json.loads(plain), READ, sizes)
    yield _result(
        "inventory-gz/json.loads", lambda: parse(packed, ""), lambda: json.loads(gzip.decompress(packed)), READ, sizes
    )
    lines = "".join(f"oss://my-site/{key}\n" for key in keys).encode()
    of_list = f"{OBJECTS:,} lines of {len(lines) // OBJECTS} bytes"
    yield _result(
        "list/set-of-lines", lambda: inventory_of(lines), lambda: set(lines.decode().split("\n")), COUNTED, of_list
    )


def _key(number: int) -> str:
    place = number % DIRECTORIES
    return f"assets/{place % 250:03}/{place // 250:03}/image-{number:08}-large.jpg"


def _result(name: str, ours: Callable[[], object], theirs: Callable[[], object], limit: float, what: str) -> Result:
    one, other = in_turn(5, lambda: cpu_seconds(ours, ROUNDS), lambda: cpu_seconds(theirs, ROUNDS))
    return Result(name, one / other, limit, f"{1e3 * one:.1f} against {1e3 * other:.1f} ms CPU for {what}")
