"""How many live objects each directory of a bucket holds: what an unchanged neighbour costs.

A file of JSON, `{"kind": "oss-cdn-refresh/inventory", "version": 1, "made_at": "…Z", "buckets": {bucket: {directory:
objects}}}`, gzipped or not: counted are the objects directly in a directory, whose name is the beginning of their keys
up to the last `/`. So a million objects take some hundred kilobytes, and are read in milliseconds.

An old inventory never makes a plan wrong: what is covered follows from the changes alone.
"""

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote

from oss_cdn_refresh.model.errors import ConfigurationError
from oss_cdn_refresh.model.urls import spellings
from oss_cdn_refresh.planner.optimizer.needs import Needs
from oss_cdn_refresh.planner.optimizer.tree import above, directory_of, parent_of
from oss_cdn_refresh.settings.config import Config

KIND = "oss-cdn-refresh/inventory"
VERSION = 1
GZIPPED = b"\x1f\x8b"  # RFC 1952, the first bytes
MOST_OBJECTS = 10**12  # in a directory: more is a mistake
MOST_BYTES = 268_435_456  # of an inventory, unpacked: 256 MB would be some million directories


class Inventory(NamedTuple):
    """The live objects directly in each directory, by bucket and directory; `made_at` as it stands in the file."""

    buckets: Mapping[str, Mapping[str, int]]
    made_at: str = ""

    def live(self, config: Config) -> dict[str, float]:
        """How many live URLs lie directly in each directory of the sites' domains, by its URL."""
        counts: dict[str, float] = {}
        for root, site in dict.fromkeys(_shown(config)):
            for name, objects in self.buckets.get(site.bucket, {}).items():
                if name.startswith(site.prefix):
                    for spelled in spellings(name[len(site.prefix) :], site.spellings):
                        counts[root + spelled] = counts.get(root + spelled, 0) + objects
        return counts


class _Place(NamedTuple):
    """What of a site says which keys are shown where."""

    bucket: str
    prefix: str
    spellings: tuple[str, ...]


def _shown(config: Config) -> Iterator[tuple[str, _Place]]:
    for site in config.sites:
        place = _Place(site.bucket, site.prefix, site.spellings)
        yield from ((root, place) for root in site.roots)


def unchanged(live: Mapping[str, float], needs: Needs) -> dict[str, float]:
    """What is live and has not changed, if all that has changed is live.

    An object counts once, however often it is spelled, and an index page under its own name alone: else more would
    seem to have changed than there is.
    """
    changed: dict[str, set[str]] = {}
    pages: set[str] = set()
    for (place, _), urls in needs.urls.items():
        for one in urls:
            url = one if isinstance(one, str) else one.url
            name = url[len(place) :]
            if not name:
                pages.add(url[:-1])  # `/d` shows the same page as `/d/`
            elif place:
                changed.setdefault(place, set()).add(unquote(name) if "%" in name else name)
    for page in pages:
        changed.get(directory_of(page), set()).discard(unquote(page[page.rfind("/") + 1 :]))
    return {name: max(0.0, count - len(changed.get(name, ()))) for name, count in live.items()}


def estimated(needs: Needs) -> dict[str, float]:
    """A guess where there is no inventory: as much again as has changed, and something unseen in each directory above.

    So of two directories that cover the same the deeper one is taken, and one that has changed as a whole before one
    of which little has.
    """
    changed = needs.counts()
    guess = {name: float(max(1, changed.get(name, 0))) for name in above(changed)}
    for name in list(guess):
        higher = parent_of(name)
        if higher:
            guess[higher] += 1
    return guess


def parse(body: bytes, where: str) -> Inventory:
    """Read an inventory; `where` is what complaints call it.

    :raises ConfigurationError: it is none.
    """
    try:
        document = json.loads(_unpacked(body, where))
    except (ValueError, RecursionError, OSError, EOFError, zlib.error) as error:
        raise _refused(where, "the whole file", "is not JSON, gzipped or not") from error
    if not isinstance(document, dict) or document.get("kind") != KIND or document.get("version") != VERSION:
        raise _refused(where, "kind", f'is not "{KIND}" of version {VERSION}')
    buckets = document.get("buckets")
    if not isinstance(buckets, dict) or not _are_names(buckets) or not all(map(_is_directories, buckets.values())):
        raise _refused(where, "buckets", "does not hold numbers of objects by bucket and directory")
    return Inventory(buckets, str(document.get("made_at", "")))


def written(buckets: Mapping[str, Mapping[str, int]], made_at: str) -> bytes:
    """The file of an inventory."""
    sizes = {bucket: dict(sorted(directories.items())) for bucket, directories in sorted(buckets.items())}
    document = {"kind": KIND, "version": VERSION, "made_at": made_at, "buckets": sizes}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _is_directories(value: Any) -> bool:
    if not isinstance(value, dict) or not _are_names(value):
        return False
    figures = value.values()
    return set(map(type, figures)) <= {int} and min(figures, default=0) >= 0 and max(figures, default=0) <= MOST_OBJECTS


def _are_names(names: Iterable[str]) -> bool:
    """Whether a key can be called so: JSON may write halves of characters, which no URL has."""
    try:
        "".join(names).encode()
    except UnicodeEncodeError:
        return False
    return True


def _unpacked(body: bytes, where: str) -> bytes:
    if not body.startswith(GZIPPED):
        return body
    unpacked = zlib.decompressobj(wbits=31).decompress(body, MOST_BYTES)
    if len(unpacked) == MOST_BYTES:
        raise _refused(where, "the whole file", f"is larger than {MOST_BYTES:,} bytes")
    return unpacked


def _refused(where: str, place: str, what: str) -> ConfigurationError:
    return ConfigurationError(where, place, what, "make it with oss-cdn-refresh inventory")
