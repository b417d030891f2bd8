"""`refresh`: refreshes objects without a change, for example after a mistake, a move or a new configuration."""

from itertools import filterfalse
from typing import Any, BinaryIO

import click

from oss_cdn_refresh.events.change import Change
from oss_cdn_refresh.events.parts import Reading
from oss_cdn_refresh.mapping.from_url import fault
from oss_cdn_refresh.mapping.gather import gather
from oss_cdn_refresh.settings.environment import BATCHED, DIRECT
from oss_cdn_refresh_cli.edge.audit.wait import report
from oss_cdn_refresh_cli.edge.audit.wait.options import refuse_without_wait, wait_options
from oss_cdn_refresh_cli.edge.audit.wait.polls import Terms
from oss_cdn_refresh_cli.edge.audit.wait.refreshed import wait_for
from oss_cdn_refresh_cli.operation.changes import UPLOAD, say_ignored
from oss_cdn_refresh_cli.operation.handler import configuration, submit
from oss_cdn_refresh_cli.operation.operation import Command, Operation
from oss_cdn_refresh_cli.operation.urls import is_url
from oss_cdn_refresh_cli.planning import costs
from oss_cdn_refresh_cli.planning.inputs import named_directories, named_objects, named_urls
from oss_cdn_refresh_cli.planning.refreshed import document, show_submitted
from oss_cdn_refresh_cli.shared.errors import Exit
from oss_cdn_refresh_cli.shared.output import Column, Kind, counted, shortened

SHOWN = 10  # URLs of a dry run


@click.command(cls=Command)
@click.argument("places", nargs=-1, metavar="[oss://BUCKET/PREFIX | URL]…")
@click.option("--keys", type=click.File("rb"), metavar="FILE", help="Objects, one bucket/key a line; - is stdin.")
@click.option(
    "--directory", "directories", multiple=True, metavar="URL", help="A directory of the CDN; may be repeated."
)
@click.option("--now", is_flag=True, help="Call the products from here instead of going through the backlog.")
@click.option("--dry-run", is_flag=True, help="Show the cost, and change nothing.")
@click.option("--wait", is_flag=True, help="Wait until the edge serves the objects; needs --now.")
@wait_options
@click.pass_obj
def refresh(
    operation: Operation,
    /,
    *,
    places: tuple[str, ...],
    keys: BinaryIO | None,
    directories: tuple[str, ...],
    now: bool,
    dry_run: bool,
    wait: bool,
    **terms: Any,
) -> Exit:
    """Refresh objects by hand: under a prefix, behind a URL, or from a file.

    The configuration says which URLs an object has. A URL that is none of them is refreshed too.
    """
    if not (places or keys or directories):
        raise click.UsageError(
            "nothing to refresh: give oss://bucket/prefix, https://…, --keys FILE or --directory URL"
        )
    if wait and not now:
        raise click.UsageError(
            "--wait needs --now: nobody knows when the function refreshes what goes through the backlog; "
            "to wait for it all the same, run oss-cdn-refresh wait afterwards"
        )
    if not wait:
        refuse_without_wait(click.get_current_context())
    output = operation.output
    config = configuration(operation)
    if not dry_run:
        _queues(operation, now=now)
    asked = [*named_directories(directories, config), *named_urls(operation, filter(is_url, places), config)]
    listed = named_objects(operation, list(filterfalse(is_url, places)), keys, config.by_bucket)
    changes = [Change(bucket, key, UPLOAD) for bucket, key in listed]
    gathered = gather(Reading(changes, [], [], []), config, operation.effects.now())
    faults = {item: why for item in asked if (why := fault(item, config.domains))} | gathered.faults
    gathered = gathered._replace(faults=faults)
    items = dict.fromkeys([*asked, *gathered.items])
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
        show_submitted(operation, done, cost, now=now)
    else:
        output.say("There is nothing to refresh.")
    waited = wait_for(operation, config, items, done.accepted, Terms(**terms)) if wait and done else None
    written = document(gathered, len(items), cost, quotas, done, dry_run=dry_run)
    output.document({**written, "wait": report.document(waited)} if waited else written)
    if done is None:
        return Exit.of(found=bool(faults) or not items)
    code = Exit.of(found=bool(done.dead_lettered or (now and done.deferred)), failed=bool(done.lost))
    return report.code(waited, code) if waited else code


def _queues(operation: Operation, *, now: bool) -> None:
    """Check that the queues are set, before any request."""
    if now and not (operation.settings.backlog and operation.settings.dead_letters):
        operation.output.warn(
            "BACKLOG_QUEUE and DEAD_LETTER_QUEUE are not both set: no queue keeps items that a product refuses now"
        )
    elif not now:
        operation.settings.smq_endpoint()
        operation.settings.backlog_queue()
