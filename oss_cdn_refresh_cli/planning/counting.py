"""Counts the objects of buckets by directory, from listings of OSS and from files."""

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations
from pathlib import Path
from typing import NamedTuple

from oss_cdn_refresh.model.effects import timestamp
from oss_cdn_refresh.model.urls import directory
from oss_cdn_refresh_cli.clients import listing
from oss_cdn_refresh_cli.operation.operation import Operation
from oss_cdn_refresh_cli.planning.inventories import inventory_of
from oss_cdn_refresh_cli.shared.errors import Failed

STDIN = "-"


class _Counted(NamedTuple):
    """The objects of one bucket by directory, as one source has them."""

    bucket: str
    directories: Mapping[str, int]
    made_at: str
    source: str


def count(operation: Operation, places: Sequence[str], sources: Sequence[str]) -> tuple[dict[str, Counter[str]], str]:
    """How many objects lie directly in each directory, by bucket; and when the oldest source was made.

    places: `oss://bucket/prefix`, which OSS lists. sources: files, `-` for stdin.

    :raises Failed: an object would count twice, or a source names no object.
    """
    _check_places(places)
    now = timestamp(operation.effects.now())
    return _together([*_listed(operation, places, now), *_in_files(sources, now)])


def _check_places(places: Sequence[str]) -> None:
    """Refuse a place inside another one, because its objects would count twice."""
    whole = [place if "/" in place.removeprefix("oss://") else f"{place}/" for place in places]
    for one, other in permutations(whole, 2):
        if other.startswith(one):
            raise Failed(f"{other} lies in {one}: its objects would count twice: name one of them")


def _listed(operation: Operation, places: Sequence[str], now: str) -> Iterator[_Counted]:
    """The objects that OSS lists. Memory holds their directories only."""
    with operation.output.progress("Listing") as step:
        for place in places:
            counts: Counter[str] = Counter()
            bucket = ""
            for number, (bucket, key) in enumerate(listing.of_prefix(operation, place), 1):  # noqa: B007 - the same each time
                counts[directory(key)] += 1
                if number % listing.PAGE == 0:
                    step(listing.PAGE)
            yield _Counted(bucket, counts, now, "OSS")


def _in_files(sources: Sequence[str], now: str) -> Iterator[_Counted]:
    for source in sources:
        name = "<stdin>" if source == STDIN else source
        found = inventory_of(sys.stdin.buffer.read() if source == STDIN else Path(source), name)
        if not any(map(sum, (counts.values() for counts in found.buckets.values()))):
            raise Failed(f"{name}: it names no object: check whether the command that wrote it succeeded")
        for bucket, directories in found.buckets.items():
            yield _Counted(bucket, directories, found.made_at or now, name)


def _together(parts: Sequence[_Counted]) -> tuple[dict[str, Counter[str]], str]:
    """The sum of all parts, and when the oldest of them was made."""
    buckets: dict[str, Counter[str]] = {}
    origins: dict[str, str] = {}
    for part in parts:
        origin = origins.setdefault(part.bucket, part.source)
        if origin != part.source:
            both = f"{origin} and {part.source}"
            raise Failed(f"{part.bucket}: {both} tell of it: its objects would count twice: name one of them")
        buckets.setdefault(part.bucket, Counter()).update(part.directories)
    return buckets, min(part.made_at for part in parts)
