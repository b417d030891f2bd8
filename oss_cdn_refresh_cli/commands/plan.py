"""`plan`: shows what would be sent today for some changes, and why. It sends nothing and asks no service."""

import gc
from pathlib import Path

import click

from oss_cdn_refresh.events.change import Change
from oss_cdn_refresh.mapping.gather import gather
from oss_cdn_refresh.model.item import DIRECTORY, FILE, IGNORE_PARAMS, ObjectType
from oss_cdn_refresh_cli.operation.changes import UPLOAD
from oss_cdn_refresh_cli.operation.handler import configuration
from oss_cdn_refresh_cli.operation.operation import Command, Operation
from oss_cdn_refresh_cli.operation.places import located
from oss_cdn_refresh_cli.planning import inputs
from oss_cdn_refresh_cli.planning.planned import planned
from oss_cdn_refresh_cli.planning.shown import show
from oss_cdn_refresh_cli.shared.errors import Exit

A_FILE = click.Path(dir_okay=False, path_type=Path)
A_LIST = click.Path(dir_okay=False, allow_dash=True, path_type=Path)
A_NUMBER = click.IntRange(min=0)
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
@click.option("--urls-left", type=A_NUMBER, default=DAILY_URLS, show_default=True, help="URLs left of the day.")
@click.option(
    "--directories-left",
    type=A_NUMBER,
    default=DAILY_DIRECTORIES,
    show_default=True,
    help="Directories left of the day.",
)
@click.pass_obj
def plan(
    operation: Operation,
    *,
    config: Path | None,
    events: Path | None,
    keys: Path | None,
    inventory: Path | None,
    urls_left: int,
    directories_left: int,
) -> Exit:
    """Show what would be sent for changes, and send nothing.

    Which URLs, which directories replace others, and which have to wait.
    """
    if not (events or keys):
        raise click.UsageError("nothing to plan: give --keys FILE or --events FILE")
    gc.disable()  # looking for garbage among millions of strings takes an eighth of the time and finds none
    local = inputs.local(operation, config)
    rules = configuration(local)
    budget: dict[ObjectType, int] = {FILE: urls_left, DIRECTORY: directories_left, IGNORE_PARAMS: DAILY_IGNORE_PARAMS}
    left = dict.fromkeys(rules.targets, budget)
    objects, reading = inputs.objects(keys, rules), inputs.reading(events)
    counted = inventory or inputs.inventory_file(rules, local)
    unchanged = inputs.unchanged(counted, objects, reading, rules)
    uploads = [Change(*located(each), UPLOAD) for each in objects]
    changes = reading._replace(changes=[*reading.changes, *uploads])
    found = planned(gather(changes, rules, operation.effects.now()), left, rules, unchanged)
    show(found, left, operation.output, counted=bool(counted))
    operation.output.document(found.document(counted=bool(counted)))
    return Exit.of(found=bool(found.deferred or found.dead_letters))
