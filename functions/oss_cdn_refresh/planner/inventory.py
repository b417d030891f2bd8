"""The inventory: how many objects each directory of a bucket holds, from which the planner computes the collateral.

The file is JSON, gzipped or not: `{"kind": "oss-cdn-refresh/inventory", "version": 1, "made_at": "…Z", "buckets":
{bucket: {directory: objects}}}`. The name of a directory is the part of a key up to its last `/`; only objects directly
in a directory count. A million objects take some hundred kilobytes and are read in milliseconds.

An old inventory can make a plan more expensive, but never wrong: the changes alone decide what must be covered.
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
MOST_OBJECTS = 10**12  # in a directory; a larger number is a mistake
MOST_BYTES = 268_435_456  # of an inventory after unpacking; 256 MB hold some million directories


class Inventory(NamedTuple):
    """How many objects lie directly in each directory, by bucket and directory. `made_at`: the text from the file."""

    buckets: Mapping[str, Mapping[str, int]]
    made_at: str = ""

    def live(self, config: Config) -> dict[str, float]:
        """How many URLs of the inventory's objects lie directly in each directory of the domains, by its URL."""
        counts: dict[str, float] = {}
        for root, site in dict.fromkeys(_shown(config)):
            for name, objects in self.buckets.get(site.bucket, {}).items():
                if name.startswith(site.prefix):
                    for spelled in spellings(name[len(site.prefix) :], site.spellings):
                        counts[root + spelled] = counts.get(root + spelled, 0) + objects
        return counts


class _Place(NamedTuple):
    """The fields of a site that decide the URLs of a key."""

    bucket: str
    prefix: str
    spellings: tuple[str, ...]


def _shown(config: Config) -> Iterator[tuple[str, _Place]]:
    for site in config.sites:
        place = _Place(site.bucket, site.prefix, site.spellings)
        yield from ((root, place) for root in site.roots)


def unchanged(live: Mapping[str, float], needs: Needs) -> dict[str, float]:
    """How many URLs in each directory have not changed, by its URL: those in `live` minus the changed ones.

    An object counts once for all its spellings, and an index page only under its own name. Otherwise more objects would
    count as changed than there are.
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
    """A guess of the unchanged URLs in each directory, used without an inventory.

    It assumes as many unchanged URLs as changed ones, and at least one more in each directory above. So of two
    directories that cover the same changes, the planner prefers the deeper one.
    """
    changed = needs.counts()
    guess = {name: float(max(1, changed.get(name, 0))) for name in above(changed)}
    for name in list(guess):
        higher = parent_of(name)
        if higher:
            guess[higher] += 1
    return guess


def parse(body: bytes, file: str) -> Inventory:
    """Read an inventory; `file` is its name in error messages.

    :raises ConfigurationError: the file is not an inventory.
    """
    try:
        document = json.loads(_unpacked(body, file))
    except (ValueError, RecursionError, OSError, EOFError, zlib.error) as error:
        raise _refused(file, "the whole file", "is not JSON, gzipped or not") from error
    if not isinstance(document, dict) or document.get("kind") != KIND or document.get("version") != VERSION:
        raise _refused(file, "kind", f'is not "{KIND}" of version {VERSION}')
    buckets = document.get("buckets")
    if not isinstance(buckets, dict) or not _are_names(buckets) or not all(map(_is_directories, buckets.values())):
        raise _refused(file, "buckets", "does not hold numbers of objects by bucket and directory")
    return Inventory(buckets, str(document.get("made_at", "")))


def written(buckets: Mapping[str, Mapping[str, int]], made_at: str) -> bytes:
    """The bytes of an inventory's file."""
    sizes = {bucket: dict(sorted(directories.items())) for bucket, directories in sorted(buckets.items())}
    document = {"kind": KIND, "version": VERSION, "made_at": made_at, "buckets": sizes}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _is_directories(value: Any) -> bool:
    if not isinstance(value, dict) or not _are_names(value):
        return False
    figures = value.values()
    return set(map(type, figures)) <= {int} and min(figures, default=0) >= 0 and max(figures, default=0) <= MOST_OBJECTS


def _are_names(names: Iterable[str]) -> bool:
    """Whether all names are valid Unicode, as in a key: JSON can contain lone surrogates, which no URL has."""
    try:
        "".join(names).encode()
    except UnicodeEncodeError:
        return False
    return True


def _unpacked(body: bytes, file: str) -> bytes:
    if not body.startswith(GZIPPED):
        return body
    unpacked = zlib.decompressobj(wbits=31).decompress(body, MOST_BYTES)
    if len(unpacked) == MOST_BYTES:
        raise _refused(file, "the whole file", f"is larger than {MOST_BYTES:,} bytes")
    return unpacked


def _refused(file: str, place: str, what: str) -> ConfigurationError:
    return ConfigurationError(file, place, what, "make it with oss-cdn-refresh inventory")
