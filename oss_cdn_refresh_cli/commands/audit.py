"""The command `audit` and its flow."""

import hashlib
import json
import os
from collections.abc import Iterator
from typing import Any, BinaryIO

import click

from oss_cdn_refresh.settings.config import Config
from oss_cdn_refresh.settings.environment import DIRECT
from oss_cdn_refresh_cli.audit import edge as edges
from oss_cdn_refresh_cli.audit import report
from oss_cdn_refresh_cli.audit.edge import Address, Edge, RequestRate
from oss_cdn_refresh_cli.audit.examination import PASSED_OVER, Examination
from oss_cdn_refresh_cli.audit.headers import headers
from oss_cdn_refresh_cli.audit.objects import draw, entries
from oss_cdn_refresh_cli.audit.progress import NOWHERE, Entry, Progress, usual_path
from oss_cdn_refresh_cli.audit.verdicts import Finding
from oss_cdn_refresh_cli.clients import listing
from oss_cdn_refresh_cli.operation import places as foreign
from oss_cdn_refresh_cli.operation.handler import Submitted, configuration, submit
from oss_cdn_refresh_cli.operation.operation import Command, Operation
from oss_cdn_refresh_cli.shared.errors import Exit, Failed
from oss_cdn_refresh_cli.shared.figure import Figure

GRACE = 360  # seconds; "Refresh takes effect in about 5 to 6 minutes", RefreshObjectCaches
RATE = 100.0  # requests a second: a page of a website is as many at once
NAME = 16  # characters of a digest that tell one audit from another


def _address(_context: click.Context, _parameter: click.Parameter, value: str | None) -> Address | None:
    try:
        return None if value is None else edges.address(value)
    except ValueError as error:
        raise click.BadParameter(f'"{value}" is no address: write HOST:PORT, an IPv6 address in brackets') from error


def _headers(_context: click.Context, _parameter: click.Parameter, value: tuple[str, ...]) -> dict[str, str]:
    try:
        return headers(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


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
@click.option("--repair", is_flag=True, help="Refresh what is stale, as `refresh --now` does.")
@click.option(
    "--header",
    "added",
    callback=_headers,
    multiple=True,
    metavar="'NAME: VALUE'",
    help="Send this header to the edge, such as a Referer; may be repeated.",
)
@click.option("--connect-to", callback=_address, metavar="HOST:PORT", help="Ask this address for every domain.")
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
    digest = _digest(keys)
    if state and digest == "":
        raise click.UsageError("keys from a pipe cannot be gone on with: save them to a file, or leave out --state")
    for place in places:
        listing.parts_of(place)
    config = configuration(operation)
    _check_buckets(places, keys if digest else None, config)
    about = {
        "places": places,
        "keys": digest,
        "sample": sample,
        "grace": grace,
        "headers": _name(json.dumps(sorted(added.items()))) if added else "",  # their values may be secrets
        "connect_to": connect_to,
        "oss": operation.settings.oss,
        "config": repr(
            config._replace(domains=frozenset())
        ),  # a set is written anew in each process; sites name them too
    }
    progress = _trail(operation, about, state)
    finished = False
    try:
        pace = RequestRate(operation.effects, rate)
        seconds = operation.settings.seconds
        with Edge(operation.effects, pace, seconds=seconds, connect_to=connect_to, added=added) as edge:
            stopped = _examine(operation, progress, config, edge, places, keys, grace=grace, sample=sample)
        done = _repair(operation, progress) if repair else None
        finished = not stopped
        return report.show(operation, progress, stopped, done, grace=grace, repair=repair)
    finally:
        progress.close(finished=finished)


def _check_buckets(places: tuple[str, ...], keys: BinaryIO | None, config: Config) -> None:
    """Complain of buckets that the configuration does not know before anything is done."""
    for place in places:
        foreign.check_place(place, listing.parts_of(place)[0], config.by_bucket)
    if keys:
        for _ in listing.of_file(keys, getattr(keys, "name", "<stdin>"), config.by_bucket):
            pass
        keys.seek(0)


def _digest(keys: BinaryIO | None) -> str | None:
    """What tells one file of keys from another; "" for what can be read only once."""
    if keys is None:
        return None
    if not keys.seekable():
        return ""
    digest = hashlib.sha256()
    while piece := keys.read(1 << 20):
        digest.update(piece)
    keys.seek(0)
    return digest.hexdigest()


def _trail(operation: Operation, about: dict[str, Any], state: str | None) -> Progress:
    """Where an earlier run of the same audit stopped, or a new one."""
    written = json.dumps(about, sort_keys=True)
    once = about["keys"] == ""
    path = state or (NOWHERE if once else usual_path(_name(written), os.environ, operation.effects.now()))
    progress = Progress(path, json.loads(written))
    if progress.resumed:
        count = progress.counts["checked"]
        operation.output.warn(
            f"going on where an earlier run stopped, {count} URLs checked; to begin anew, remove {path}"
        )
    return progress


def _name(written: str) -> str:
    return hashlib.sha256(written.encode()).hexdigest()[:NAME]


def _examine(
    operation: Operation,
    progress: Progress,
    config: Config,
    edge: Edge,
    places: tuple[str, ...],
    keys: BinaryIO | None,
    *,
    grace: float,
    sample: int | None,
) -> str:
    """Look at every object that is left; why that ended early, or ""."""
    examination = Examination(edge, listing.Lookup(operation), config, operation.effects, grace)

    def candidates() -> Iterator[Entry]:
        for entry in entries(operation, places, keys, progress.position, config.by_bucket):
            obstacle = examination.obstacle(entry)
            if obstacle:
                young = obstacle == PASSED_OVER and entry.stored
                progress.note(
                    entry.position, (), {obstacle: 1}, entry.stored.modified if young and entry.stored else 0.0
                )
            else:
                yield entry

    try:
        if sample and not progress.sampled:
            with operation.output.progress("Drawing the sample") as step:
                for _ in draw(candidates(), sample, progress, operation.effects.uniform):
                    step(1)
            progress.drawn()
        with operation.output.progress("Asking the edge", sample) as step:
            for entry in progress.sample() if sample else candidates():
                progress.note(entry.position, *examination.examine(entry))
                step(1)
    except Failed as error:
        if not progress.resumed and not progress.counts:  # nothing has been done
            raise
        return str(error)
    return ""


def _repair(operation: Operation, progress: Progress) -> Submitted | None:
    """Refresh what is stale as `refresh --now` does: what the CDN does not take at once goes into the backlog."""
    items = [found.item for found in progress.found(Finding.STALE)]
    if not items:
        return None
    with operation.output.progress("Refreshing", len(items)) as step:
        return submit(operation, items, DIRECT, step)
