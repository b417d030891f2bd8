"""`inventory`: count the objects of buckets by directory, so that plans know what an unchanged neighbour costs."""

import gzip
import shlex
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations
from pathlib import Path
from typing import NamedTuple

import click

from oss_cdn_refresh.model.effects import timestamp
from oss_cdn_refresh.model.urls import directory
from oss_cdn_refresh.planner.inventory import written
from oss_cdn_refresh_cli.clients import listing
from oss_cdn_refresh_cli.operation.operation import Command, Operation
from oss_cdn_refresh_cli.planning.inventories import inventory_of
from oss_cdn_refresh_cli.shared import replacing
from oss_cdn_refresh_cli.shared.errors import Exit, Failed
from oss_cdn_refresh_cli.shared.output import Column

STDIN = "-"


class _Counted(NamedTuple):
    """What one source says of one bucket."""

    bucket: str
    directories: Mapping[str, int]
    made_at: str
    source: str


@click.command(cls=Command)
@click.argument("places", nargs=-1, metavar="[oss://BUCKET[/PREFIX]]…")
@click.option(
    "--from",
    "sources",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, allow_dash=True),
    metavar="FILE",
    help="Count what a file tells: the output of ossutil ls -s, the manifest.json of OSS's own inventory, or one made "
    "here before; - is stdin.",
)
@click.option(
    "-o",
    "--output",
    "file",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The inventory; gzipped where it ends in .gz.",
)
@click.pass_obj
def inventory(operation: Operation, *, places: tuple[str, ...], sources: tuple[str, ...], file: Path) -> Exit:
    """Count the objects of each directory, for the planner.

    With it (`collapse.inventory`), the planner knows what a refreshed directory costs. An old one makes a plan less
    good, never wrong.
    """
    if not (places or sources):
        raise click.UsageError("nothing to count: give oss://bucket, or --from FILE")
    replacing.check(file)
    _check_places(places)
    now = timestamp(operation.effects.now())
    buckets, made_at = _together([*_listed(operation, places, now), *_told(sources, now)])
    body = written(buckets, made_at)
    body = gzip.compress(body, mtime=0) if file.suffix == ".gz" else body
    replacing.replace(file, body)
    _show(operation, buckets, file, len(body))
    return Exit.DONE


def _check_places(places: Sequence[str]) -> None:
    """An object that two places hold would count twice."""
    whole = [place if "/" in place.removeprefix("oss://") else f"{place}/" for place in places]
    for one, other in permutations(whole, 2):
        if other.startswith(one):
            raise Failed(f"{other} lies in {one}: its objects would count twice: name one of them")


def _listed(operation: Operation, places: Sequence[str], now: str) -> Iterator[_Counted]:
    """What OSS lists; nothing is kept of an object but its directory."""
    with operation.output.progress("Listing") as step:
        for place in places:
            counts: Counter[str] = Counter()
            bucket = ""
            for number, (bucket, key) in enumerate(listing.of_prefix(operation, place), 1):  # noqa: B007 - the same each time
                counts[directory(key)] += 1
                if number % listing.PAGE == 0:
                    step(listing.PAGE)
            yield _Counted(bucket, counts, now, "OSS")


def _told(sources: Sequence[str], now: str) -> Iterator[_Counted]:
    for source in sources:
        name = "<stdin>" if source == STDIN else source
        found = inventory_of(sys.stdin.buffer.read() if source == STDIN else Path(source), name)
        if not any(map(sum, (counts.values() for counts in found.buckets.values()))):
            raise Failed(f"{name}: it names no object: see whether what made it went well")
        for bucket, directories in found.buckets.items():
            yield _Counted(bucket, directories, found.made_at or now, name)


def _together(parts: Sequence[_Counted]) -> tuple[dict[str, Counter[str]], str]:
    """All of it, and when the oldest part of it was made."""
    buckets: dict[str, Counter[str]] = {}
    origins: dict[str, str] = {}
    for part in parts:
        origin = origins.setdefault(part.bucket, part.source)
        if origin != part.source:
            both = f"{origin} and {part.source}"
            raise Failed(f"{part.bucket}: {both} tell of it: its objects would count twice: name one of them")
        buckets.setdefault(part.bucket, Counter()).update(part.directories)
    return buckets, min(part.made_at for part in parts)


def _show(operation: Operation, buckets: Mapping[str, Counter[str]], file: Path, size: int) -> None:
    output = operation.output
    rows = [(bucket, counts.total(), len(counts)) for bucket, counts in sorted(buckets.items())]
    figures = [Column(name, figures=True) for name in ("objects", "directories")]
    output.table(["bucket", *figures], [(bucket, f"{objects:,}", f"{count:,}") for bucket, objects, count in rows])
    output.say()
    output.say(f"{file}: {size:,} bytes.")
    output.say("Make it anew each night, with this command in a job of yours: an old one makes plans less good.")
    output.next_step(
        f"let the function read it: ossutil cp -f {shlex.quote(str(file))} oss://BUCKET/KEY, then oss://BUCKET/KEY as "
        "collapse.inventory in the configuration and as REFRESH_INVENTORY in .env"
    )
    output.document(
        {
            "file": str(file),
            "objects": sum(objects for _, objects, _ in rows),
            "directories": sum(count for _, _, count in rows),
            "bytes": size,
            "buckets": {bucket: {"objects": objects, "directories": count} for bucket, objects, count in rows},
        }
    )
