"""`inventory`: counts the objects of buckets by directory, so that a plan knows the collateral of each directory."""

import gzip
import shlex
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import click

from oss_cdn_refresh.planner.inventory import written
from oss_cdn_refresh_cli.operation.operation import Command, Operation
from oss_cdn_refresh_cli.planning import counting
from oss_cdn_refresh_cli.shared import replacing
from oss_cdn_refresh_cli.shared.errors import Exit
from oss_cdn_refresh_cli.shared.output import Column, Kind

STDIN = "-"


@click.command(cls=Command)
@click.argument("places", nargs=-1, metavar="[oss://BUCKET[/PREFIX]]…")
@click.option(
    "--from",
    "sources",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, allow_dash=True),
    metavar="FILE",
    help="Count the objects in a file: the output of ossutil ls -s, the manifest.json of OSS's own inventory, or an "
    "inventory of this command; - is stdin.",
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
    buckets, made_at = counting.count(operation, places, sources)
    body = written(buckets, made_at)
    body = gzip.compress(body, mtime=0) if file.suffix == ".gz" else body
    replacing.replace(file, body)
    _show(operation, buckets, file, len(body))
    return Exit.DONE


def _show(operation: Operation, buckets: Mapping[str, Counter[str]], file: Path, size: int) -> None:
    output = operation.output
    rows = [(bucket, counts.total(), len(counts)) for bucket, counts in sorted(buckets.items())]
    figures = [Column(name, figures=True) for name in ("objects", "directories")]
    output.table([Column("bucket", kind=Kind.ID), *figures], rows)
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
