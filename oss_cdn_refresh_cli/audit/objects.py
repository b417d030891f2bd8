"""Which objects an audit looks at: those listed, those named in a file, or a sample of both."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import BinaryIO

from oss_cdn_refresh_cli.audit.progress import Entry, Progress
from oss_cdn_refresh_cli.clients import listing
from oss_cdn_refresh_cli.operation.operation import Operation


def entries(
    operation: Operation,
    places: Sequence[str],
    keys: BinaryIO | None,
    after: tuple[int, str],
    buckets: Collection[str],
) -> Iterator[Entry]:
    """Each object from a position on: under the places in turn, then those of the file. Nothing is held in memory.

    :raises Failed: a place or a line is none, or OSS does not list a place.
    """
    source, place = after
    for number, where in enumerate(places):
        if number >= source:
            for stored in listing.stored_under(operation, where, place if number == source else ""):
                yield Entry((number, stored.key), stored.bucket, stored.key, stored)
    if keys is not None:
        yield from _named(keys, len(places), int(place or 0) if source == len(places) else 0, buckets)


def _named(keys: BinaryIO, number: int, done: int, buckets: Collection[str]) -> Iterator[Entry]:
    """A line's position is how many have been read: those that mean nothing are not counted."""
    named = listing.of_file(keys, getattr(keys, "name", "<stdin>"), buckets)
    for line, (bucket, key) in enumerate(islice(named, done, None), done + 1):
        yield Entry((number, str(line)), bucket, key, None)


def draw(
    candidates: Iterable[Entry], size: int, progress: Progress, uniform: Callable[[float, float], float]
) -> Iterator[None]:
    """Draw a sample in which each candidate is equally likely, in one pass; it yields at each candidate.

    Source: Vitter, "Random Sampling with a Reservoir", ACM TOMS 11 (1985), algorithm R. The sample lies in the trail.
    """
    for entry in candidates:
        seen = progress.counts["candidates"]
        slot = seen if seen < size else int(uniform(0, seen + 1))
        progress.offer(entry, slot if slot < size else None)
        yield
