"""`plan`: shows what would be sent today for some changes, and why. It sends nothing and asks no service."""

import gc
from collections.abc import Sequence
from pathlib import Path

import click

from oss_cdn_refresh.events.change import Change
from oss_cdn_refresh.mapping.gather import gather
from oss_cdn_refresh.model.item import DIRECTORY, FILE, IGNORE_PARAMS, ObjectType, Target
from oss_cdn_refresh_cli.operation.changes import UPLOAD
from oss_cdn_refresh_cli.operation.handler import configuration
from oss_cdn_refresh_cli.operation.operation import Command, Operation
from oss_cdn_refresh_cli.operation.places import located
from oss_cdn_refresh_cli.planning import budgets, inputs
from oss_cdn_refresh_cli.planning.planned import planned
from oss_cdn_refresh_cli.planning.shown import show
from oss_cdn_refresh_cli.planning.waits import waits
from oss_cdn_refresh_cli.shared.errors import Exit

A_FILE = click.Path(dir_okay=False, path_type=Path)
A_LIST = click.Path(dir_okay=False, allow_dash=True, path_type=Path)
DAILY_URLS = 10_000  # RefreshObjectCaches, "Limits": URLs that an account may refresh in a day …
DAILY_DIRECTORIES = 100  # … directories …
DAILY_IGNORE_PARAMS = 100  # … and IgnoreParams


@click.command(cls=Command)
@click.option("--config", type=A_FILE, metavar="FILE", help="The configuration, instead of REFRESH_CONFIG.")
@click.option("--events", type=A_FILE, metavar="FILE", help="Changes: a payload that the function takes.")
@click.option("--keys", type=A_LIST, metavar="FILE", help="Changed objects, one bucket/key a line; - is stdin.")
@click.option(
    "--inventory",
    type=A_FILE,
    metavar="FILE",
    help="What is live: an inventory, a list, or the manifest.json of a report.",
)
@click.option(
    "--urls-left",
    type=budgets.Left(),
    multiple=True,
    help=f"URLs left of the day, of each product or of one: 500, or esa=500.  [default: {DAILY_URLS}]",
)
@click.option(
    "--directories-left",
    type=budgets.Left(),
    multiple=True,
    help=f"Directories left of the day, likewise.  [default: {DAILY_DIRECTORIES}]",
)
@click.pass_obj
def plan(
    operation: Operation,
    *,
    config: Path | None,
    events: Path | None,
    keys: Path | None,
    inventory: Path | None,
    urls_left: Sequence[budgets.Figure],
    directories_left: Sequence[budgets.Figure],
) -> Exit:
    """Show what would be sent for changes, and send nothing.

    Which URLs, which directories replace others, and which have to wait.
    """
    if not (events or keys):
        raise click.UsageError("nothing to plan: give --keys FILE or --events FILE")
    gc.disable()  # looking for garbage among millions of strings takes an eighth of the time and finds none
    local = inputs.local(operation, config)
    rules = configuration(local)
    left: dict[Target, dict[ObjectType, int]] = {
        target: {
            FILE: budgets.of(target, urls_left, DAILY_URLS),
            DIRECTORY: budgets.of(target, directories_left, DAILY_DIRECTORIES),
            IGNORE_PARAMS: DAILY_IGNORE_PARAMS,
        }
        for target in rules.targets
    }
    objects, reading = inputs.objects(keys, rules), inputs.reading(events)
    counted = inventory or inputs.inventory_file(rules, local)
    unchanged = inputs.unchanged(counted, objects, reading, rules)
    uploads = [Change(*located(each), UPLOAD) for each in objects]
    changes = reading._replace(changes=[*reading.changes, *uploads])
    now = operation.effects.now()
    gathered = gather(changes, rules, now)
    found = planned(gathered, left, rules, unchanged)
    show(found, left, operation.output, now, waits(gathered, found, left, rules, unchanged), counted=bool(counted))
    operation.output.document(found.document(counted=bool(counted)))
    return Exit.of(found=bool(found.deferred or found.dead_letters))
