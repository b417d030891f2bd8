"""`audit`: checks whether the CDN serves what the bucket holds."""

import json
from typing import BinaryIO

import click

from oss_cdn_refresh_cli.clients import listing
from oss_cdn_refresh_cli.edge.audit import report, run
from oss_cdn_refresh_cli.edge.audit.edge import RATE, Address, Edge, RequestRate
from oss_cdn_refresh_cli.edge.audit.examination import Examination
from oss_cdn_refresh_cli.edge.audit.objects import Objects
from oss_cdn_refresh_cli.edge.audit.options import edge_options
from oss_cdn_refresh_cli.edge.audit.progress import NOWHERE
from oss_cdn_refresh_cli.operation.handler import configuration
from oss_cdn_refresh_cli.operation.operation import Command, Operation
from oss_cdn_refresh_cli.operation.settings import Figure
from oss_cdn_refresh_cli.shared import times
from oss_cdn_refresh_cli.shared.errors import Exit

GRACE = times.TAKES_EFFECT[1]  # seconds


@click.command(cls=Command)
@click.argument("places", nargs=-1, metavar="[oss://BUCKET/PREFIX]…")
@click.option(
    "--keys",
    type=click.File("rb"),
    metavar="FILE",
    help="Objects, one bucket/key a line, also deleted ones; - is stdin.",
)
@click.option("--sample", type=click.IntRange(min=1), metavar="N", help="Look at N objects only, chosen at random.")
@click.option(
    "--grace", type=Figure(min=0), default=GRACE, metavar="SECONDS", show_default=True,
    help="Pass over objects that are younger: their refresh may be under way.",
)  # fmt: skip
@click.option("--repair", is_flag=True, help="Refresh the stale URLs, as `refresh --now` does.")
@edge_options
@click.option(
    "--rate", type=Figure(min=0, min_open=True), default=RATE, metavar="N", show_default=True,
    help="Requests a second to the edge, at most.",
)  # fmt: skip
@click.option("--state", metavar="FILE", help="Where to note how far it got, instead of the usual place.")
@click.pass_obj
def audit(
    operation: Operation,
    *,
    places: tuple[str, ...],
    keys: BinaryIO | None,
    sample: int | None,
    grace: float,
    repair: bool,
    added: dict[str, str],
    connect_to: Address | None,
    rate: float,
    state: str | None,
) -> Exit:
    """Compare what the CDN serves with what the bucket holds.

    The nearest node is asked, as a visitor would ask it. Nothing is refreshed without --repair.

    A run that was killed goes on where it stopped when the same command is given again.
    """
    if not (places or keys):
        raise click.UsageError("nothing to audit: give oss://bucket/prefix or --keys FILE")
    objects = Objects.of(places, keys, sample)
    if state and objects.from_a_pipe:
        raise click.UsageError("keys from a pipe cannot be gone on with: save them to a file, or leave out --state")
    config = configuration(operation)
    objects.check(config)
    about = {
        "places": places,
        "keys": objects.digest,
        "sample": sample,
        "grace": grace,
        "headers": run.digest_of(json.dumps(sorted(added.items()))) if added else "",  # their values may be secrets
        "connect_to": connect_to,
        "oss": operation.settings.oss,
        "config": repr(config),
    }
    progress = run.progress_of(operation, about, NOWHERE if objects.from_a_pipe else state or None)
    finished = False
    try:
        pace = RequestRate(operation.effects, rate)
        seconds = operation.settings.seconds
        with Edge(operation.effects, pace, seconds=seconds, connect_to=connect_to, added=added) as edge:
            lookup = listing.Lookup(operation)
            examination = Examination(edge, lookup, config, operation.effects, grace)
            stopped = run.examine(operation, objects, examination, progress, config.by_bucket)
        done = run.repair(operation, progress) if repair else None
        finished = not stopped
        return report.show(operation, progress, stopped, done, grace=grace, repair=repair)
    finally:
        progress.close(finished=finished)
