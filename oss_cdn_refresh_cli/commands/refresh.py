"""`refresh`: refreshes objects without a change, for example after a mistake, a move or a new configuration."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

import click

from oss_cdn_refresh.events.change import Change
from oss_cdn_refresh.events.parts import Reading
from oss_cdn_refresh.mapping.gather import Gathered, gather
from oss_cdn_refresh.model.item import OBJECT_TYPES, Target
from oss_cdn_refresh.products import product
from oss_cdn_refresh.settings.environment import BATCHED, DIRECT
from oss_cdn_refresh_cli.clients.products import Quotas
from oss_cdn_refresh_cli.operation.changes import UPLOAD, say_ignored
from oss_cdn_refresh_cli.operation.handler import Submitted, configuration, show, submit
from oss_cdn_refresh_cli.operation.operation import Command, Operation
from oss_cdn_refresh_cli.planning import costs
from oss_cdn_refresh_cli.planning.inputs import named_directories, named_objects
from oss_cdn_refresh_cli.shared.errors import Exit
from oss_cdn_refresh_cli.shared.output import Column, Kind, counted, shortened

SHOWN = 10  # URLs of a dry run


@click.command(cls=Command)
@click.argument("places", nargs=-1, metavar="[oss://BUCKET/PREFIX]…")
@click.option("--keys", type=click.File("rb"), metavar="FILE", help="Objects, one bucket/key a line; - is stdin.")
@click.option(
    "--directory", "directories", multiple=True, metavar="URL", help="A directory of the CDN; may be repeated."
)
@click.option("--now", is_flag=True, help="Call the CDN from here instead of going through the backlog.")
@click.option("--dry-run", is_flag=True, help="Show the cost, and change nothing.")
@click.pass_obj
def refresh(
    operation: Operation,
    *,
    places: tuple[str, ...],
    keys: BinaryIO | None,
    directories: tuple[str, ...],
    now: bool,
    dry_run: bool,
) -> Exit:
    """Refresh objects by hand: under a prefix, or from a file.

    The configuration says which URLs an object has.
    """
    if not (places or keys or directories):
        raise click.UsageError("nothing to refresh: give oss://bucket/prefix, --keys FILE or --directory URL")
    output = operation.output
    config = configuration(operation)
    if not dry_run:
        _queues(operation, now=now)
    asked = list(named_directories(directories, config))
    changes = [Change(bucket, key, UPLOAD) for bucket, key in named_objects(operation, places, keys, config.by_bucket)]
    gathered = gather(Reading(changes, [], [], []), config, operation.effects.now())
    items, faults = dict.fromkeys([*asked, *gathered.items]), gathered.faults
    cost = costs.cost(item for item in items if item not in faults)
    quotas = costs.quotas(operation, cost or config.targets)
    costs.show(operation, cost, quotas)
    say_ignored(gathered.ignored, output)
    done = None
    if dry_run:
        columns = (Column("type", kind=Kind.ID), Column("url", kind=Kind.URL))
        output.say()
        output.table(columns, [(item.type, item.url) for item in list(items)[:SHOWN]])
        if len(items) > SHOWN:
            output.say(f"… and {len(items) - SHOWN:,} more.")
        output.say()
        output.say(f"{counted(len(items) - len(faults), 'item')} would be refreshed.")
        for item, why in list(faults.items())[:SHOWN]:
            output.warn(f"{shortened(item.url)} would become a dead letter: {why}")
    elif items:
        with output.progress("Refreshing", len(items)) as step:
            done = submit(operation, items, DIRECT if now else BATCHED, step)
        if done.refreshed:
            output.say(f"{done.refreshed:,} accepted by {', '.join(product(name).TITLE for name in _names(cost))}.")
        show(operation, done, reasons=now)
        if done.deferred and not done.lost:
            output.next_step("see the backlog: oss-cdn-refresh backlog")
    else:
        output.say("There is nothing to refresh.")
    output.document(_document(gathered, len(items), cost, quotas, done, dry_run=dry_run))
    if done is None:
        return Exit.of(found=bool(faults) or not items)
    return Exit.of(found=bool(done.dead_lettered or (now and done.deferred)), failed=bool(done.lost))


def _names(targets: Iterable[Target]) -> list[str]:
    return list(dict.fromkeys(target.product for target in targets))


def _queues(operation: Operation, *, now: bool) -> None:
    """Check that the queues are set, before any request."""
    if now and not (operation.settings.backlog and operation.settings.dead_letters):
        operation.output.warn(
            "BACKLOG_QUEUE and DEAD_LETTER_QUEUE are not both set: no queue keeps items that the CDN refuses now"
        )
    elif not now:
        operation.settings.smq_endpoint()
        operation.settings.backlog_queue()


def _document(
    gathered: Gathered,
    items: int,
    cost: costs.Cost,
    quotas: Mapping[Target, Quotas],
    done: Submitted | None,
    *,
    dry_run: bool,
) -> dict[str, Any]:
    return {
        "dry_run": dry_run,
        "items": items,
        "cost": dict(sum(cost.values(), Counter())),
        "left": [
            {**target.fields(), "object_type": kind, "cost": count, "left": found.get(kind, costs.UNKNOWN).left}
            for target, found in quotas.items()
            for kind in OBJECT_TYPES
            if (count := cost.get(target, Counter())[kind]) or kind in found
        ],
        "ignored": dict(gathered.ignored),
        "dead_letters": [{"url": item.url, "reason": why} for item, why in gathered.faults.items()],
        **({} if done is None else done._asdict()),
    }
