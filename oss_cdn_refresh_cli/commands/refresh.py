"""`refresh`: refresh objects that nobody changed: after a mishap, a move, a new configuration."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, BinaryIO

import click

from oss_cdn_refresh.events.change import Change
from oss_cdn_refresh.events.parts import Reading
from oss_cdn_refresh.events.returned import lowered
from oss_cdn_refresh.mapping.behind import fault, returned
from oss_cdn_refresh.mapping.gather import Gathered, gather
from oss_cdn_refresh.model.item import DIRECTORY, Item, ObjectType
from oss_cdn_refresh.model.quota import Allowance
from oss_cdn_refresh.settings.config import Config
from oss_cdn_refresh.settings.environment import BATCHED, DIRECT
from oss_cdn_refresh_cli.clients import cdn_quota, listing
from oss_cdn_refresh_cli.commands.quota import NAMES
from oss_cdn_refresh_cli.operation import places as foreign
from oss_cdn_refresh_cli.operation.changes import UPLOAD, say_ignored
from oss_cdn_refresh_cli.operation.handler import Submitted, configuration, show, submit
from oss_cdn_refresh_cli.operation.operation import Command, Operation
from oss_cdn_refresh_cli.shared.errors import CredentialsRefused, Exit, Failed, Refused
from oss_cdn_refresh_cli.shared.output import Column, counted, shortened

SHOWN = 10  # URLs of a dry run
UNKNOWN = Allowance(None)


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
    asked = list(_directories(directories, config))
    changes = [Change(bucket, key, UPLOAD) for bucket, key in _objects(operation, places, keys, config.by_bucket)]
    gathered = gather(Reading(changes, [], [], []), config, operation.effects.now())
    items, faults = dict.fromkeys([*asked, *gathered.items]), gathered.faults
    cost = Counter(item.type for item in items if item not in faults)
    quotas = _quotas(operation)
    _show_cost(operation, cost, quotas)
    say_ignored(gathered.ignored, output)
    done = None
    if dry_run:
        output.table(["type", "url"], [(item.type, item.url) for item in list(items)[:SHOWN]])
        output.say(f"{counted(len(items) - len(faults), 'item')} would be refreshed.")
        for item, why in list(faults.items())[:SHOWN]:
            output.warn(f"{shortened(item.url)} would become a dead letter: {why}")
    elif items:
        with output.progress("Refreshing", len(items)) as step:
            done = submit(operation, items, DIRECT if now else BATCHED, step)
        if done.refreshed:
            output.say(f"{done.refreshed} accepted by the CDN.")
        show(operation, done, reasons=now)
        if done.deferred and not done.lost:
            output.next_step("see what waits: oss-cdn-refresh backlog")
    else:
        output.say("There is nothing to refresh.")
    output.document(_document(gathered, len(items), cost, quotas, done, dry_run=dry_run))
    if done is None:
        return Exit.of(found=bool(faults) or not items)
    return Exit.of(found=bool(done.dead_lettered or (now and done.deferred)), failed=bool(done.lost))


def _queues(operation: Operation, *, now: bool) -> None:
    """Complain about what is missing before anything is done."""
    if now and not (operation.settings.backlog and operation.settings.dead_letters):
        operation.output.warn(
            "BACKLOG_QUEUE and DEAD_LETTER_QUEUE are not both set: what the CDN does not take at once is only told here"
        )
    elif not now:
        operation.settings.smq_endpoint()
        operation.settings.backlog_queue()


def _directories(urls: Sequence[str], config: Config) -> Iterator[Item]:
    for item in returned(DIRECTORY, lowered(urls), config):
        why = fault(item, config.domains)
        if why:
            raise Failed(f"--directory {item.url}: {why}: give a directory's URL on a domain of the configuration")
        yield item


def _objects(
    operation: Operation, places: Sequence[str], keys: BinaryIO | None, buckets: Collection[str]
) -> Iterator[tuple[str, str]]:
    """The bucket and the key of each object.

    :raises Failed: one lies in another bucket than these, or a place holds none.
    """
    for place in places:
        foreign.check_place(place, listing.parts_of(place)[0], buckets)
    with operation.output.progress("Listing") as step:
        for place in places:
            for located in listing.of_prefix(operation, place):
                step(1)
                yield located
        yield from listing.of_file(keys, getattr(keys, "name", "<stdin>"), buckets) if keys else ()


def _quotas(operation: Operation) -> Mapping[ObjectType, Allowance]:
    """What is left of the day; nothing where the CDN does not tell, which is no reason to stop.

    :raises CredentialsRefused: nothing else would be accepted either.
    """
    try:
        return cdn_quota.read(operation)
    except CredentialsRefused:
        raise
    except Refused as refusal:
        operation.output.warn(f"the quota that is left is not known: {refusal}")
        return {}


def _show_cost(operation: Operation, cost: Counter[ObjectType], quotas: Mapping[ObjectType, Allowance]) -> None:
    figures = [Column(name, figures=True) for name in ("cost", "left today", "of a day")]
    rows = [(NAMES[kind], count, *quotas.get(kind, UNKNOWN)) for kind, count in cost.items()]
    operation.output.table(["", *figures], rows)
    for kind, count in cost.items():
        left = quotas.get(kind, UNKNOWN).left
        if left is not None and count > left:
            operation.output.warn(
                f"{count - left} {NAMES[kind]} are more than is left today: directories replace them, or they wait "
                "for 00:00 UTC+8: see oss-cdn-refresh plan"
            )


def _document(
    gathered: Gathered,
    items: int,
    cost: Counter[ObjectType],
    quotas: Mapping[ObjectType, Allowance],
    done: Submitted | None,
    *,
    dry_run: bool,
) -> dict[str, Any]:
    return {
        "dry_run": dry_run,
        "items": items,
        "cost": dict(cost),
        "left": {kind: found.left for kind, found in quotas.items()},
        "ignored": dict(gathered.ignored),
        "dead_letters": [{"url": item.url, "reason": why} for item, why in gathered.faults.items()],
        **({} if done is None else done._asdict()),
    }
