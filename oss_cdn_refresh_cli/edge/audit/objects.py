"""The objects of an audit: listed ones, those of a file, or a sample of both."""

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import BinaryIO, NamedTuple

from oss_cdn_refresh.settings.config import Config
from oss_cdn_refresh_cli.clients import listing
from oss_cdn_refresh_cli.edge.audit.progress import Entry, Progress
from oss_cdn_refresh_cli.operation.operation import Operation
from oss_cdn_refresh_cli.operation.places import check_places, parts_of
from oss_cdn_refresh_cli.planning import object_lists


class Objects(NamedTuple):
    """The operator's choice: places in OSS, a file of keys, and the size of a sample, if any.

    digest: of the file of keys; None without a file, "" for a pipe, which can be read only once.
    """

    places: Sequence[str]
    keys: BinaryIO | None
    sample: int | None
    digest: str | None

    @classmethod
    def of(cls, places: Sequence[str], keys: BinaryIO | None, sample: int | None) -> "Objects":
        """The objects under places, and those of a file.

        :raises Failed: a place is malformed.
        """
        for place in places:
            parts_of(place)
        return cls(places, keys, sample, None if keys is None else _digest(keys))

    @property
    def from_a_pipe(self) -> bool:
        """Whether the keys can be read only once."""
        return self.digest == ""

    def check(self, config: Config) -> None:
        """Check that the configuration names all buckets, before any request.

        :raises Failed: it does not name one of them.
        """
        check_places(self.places, config.by_bucket)
        if self.keys and not self.from_a_pipe:
            for _ in object_lists.of_buckets(self.keys, getattr(self.keys, "name", "<stdin>"), config.by_bucket):
                pass
            self.keys.seek(0)

    def entries(self, operation: Operation, after: tuple[int, str], buckets: Collection[str]) -> Iterator[Entry]:
        """The objects after a position: under the places in turn, then those of the file. Memory holds one at a time.

        A position in the file is the number of keys that were read, without empty lines.

        :raises Failed: a line names no object, or OSS does not list a place.
        """
        source, place = after
        for number, where in enumerate(self.places):
            if number >= source:
                for stored in listing.stored_under(operation, where, place if number == source else ""):
                    yield Entry((number, stored.key), stored.bucket, stored.key, stored)
        if self.keys is not None:
            number = len(self.places)
            done = int(place or 0) if source == number else 0
            named = object_lists.of_buckets(self.keys, getattr(self.keys, "name", "<stdin>"), buckets)
            for line, (bucket, key) in enumerate(islice(named, done, None), done + 1):
                yield Entry((number, str(line)), bucket, key, None)


def draw(
    candidates: Iterable[Entry], size: int, progress: Progress, uniform: Callable[[float, float], float]
) -> Iterator[None]:
    """Draw a sample in which each candidate is equally likely, in one pass; it yields at each candidate.

    Source: Vitter, "Random Sampling with a Reservoir", ACM TOMS 11 (1985), algorithm R. The progress keeps the sample.
    """
    for entry in candidates:
        seen = progress.counts["candidates"]
        slot = seen if seen < size else int(uniform(0, seen + 1))
        progress.offer(entry, slot if slot < size else None)
        yield


def _digest(keys: BinaryIO) -> str:
    if not keys.seekable():
        return ""
    digest = hashlib.sha256()
    while piece := keys.read(1 << 20):
        digest.update(piece)
    keys.seek(0)
    return digest.hexdigest()
