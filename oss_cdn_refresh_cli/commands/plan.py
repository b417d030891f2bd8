"""`plan`: what would be sent today for some changes, and why; nothing is sent, and nobody is asked."""

import gc
import sys
from itertools import repeat
from pathlib import Path

import click

from oss_cdn_refresh import events as payloads
from oss_cdn_refresh.events.change import Change
from oss_cdn_refresh.events.parts import Reading
from oss_cdn_refresh.mapping.gather import gather
from oss_cdn_refresh.model.item import DIRECTORY, FILE, IGNORE_PARAMS, ObjectType
from oss_cdn_refresh.planner.inventory import estimated
from oss_cdn_refresh.planner.optimizer.plan import Unchanged
from oss_cdn_refresh.settings.config import Config
from oss_cdn_refresh_cli.operation.changes import UPLOAD
from oss_cdn_refresh_cli.operation.handler import configuration
from oss_cdn_refresh_cli.operation.operation import Command, Operation
from oss_cdn_refresh_cli.operation.places import check_buckets, located
from oss_cdn_refresh_cli.planning import live, object_lists
from oss_cdn_refresh_cli.planning.inventories import content
from oss_cdn_refresh_cli.planning.planned import planned
from oss_cdn_refresh_cli.planning.shown import show
from oss_cdn_refresh_cli.shared.errors import Exit, Failed

A_FILE = click.Path(dir_okay=False, path_type=Path)
A_LIST = click.Path(dir_okay=False, allow_dash=True, path_type=Path)
STDIN = Path("-")
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
    gc.disable()  # nothing of the millions of texts is garbage, and looking for it takes an eighth of the time
    local = _local(operation, config)
    rules = configuration(local)
    left: dict[ObjectType, int] = {FILE: urls_left, DIRECTORY: directories_left, IGNORE_PARAMS: DAILY_IGNORE_PARAMS}
    objects, reading = _keys(keys, rules), _read(events)
    counted = inventory or _named(rules, local)
    unchanged = _unchanged(counted, objects, reading, rules)
    uploads = [Change(*located(each), UPLOAD) for each in objects]
    changes = reading._replace(changes=[*reading.changes, *uploads])
    found = planned(gather(changes, rules, operation.effects.now()), left, rules, unchanged)
    show(found, left, operation.output, counted=bool(counted))
    operation.output.document(found.document(counted=bool(counted)))
    return Exit.of(found=bool(found.deferred or found.dead_letters))


def _local(operation: Operation, config: Path | None) -> Operation:
    """The operation with a configuration that is a file: what lies in OSS would have to be asked for."""
    settings = operation.settings
    if config:
        where = str(Path.cwd() / config)
        settings = settings._replace(config=where, no_config="", environ={**settings.environ, "REFRESH_CONFIG": where})
    if settings.config.startswith("oss://"):
        raise Failed(f"REFRESH_CONFIG: {settings.config} lies in OSS, and plan asks nobody: give a copy with --config")
    return operation._replace(settings=settings)


def _named(rules: Config, operation: Operation) -> Path | None:
    """The inventory that the configuration names, if it is a file."""
    where = rules.collapse.inventory
    if where.startswith("oss://"):
        operation.output.warn(f"the inventory {where} is not asked for: give a copy with --inventory")
    return Path.cwd() / where if where and not where.startswith("oss://") else None


def _keys(file: Path | None, rules: Config) -> dict[str, None]:
    """The distinct objects that a list names, in its order.

    :raises Failed: it cannot be read, or a line names none or one in a bucket that the configuration does not know.
    """
    if file is None:
        return {}
    source = sys.stdin.buffer.read() if file == STDIN else file
    keys = dict.fromkeys(object_lists.read(content(source, str(file)), str(file)))
    known = tuple(f"{object_lists.SCHEME}{bucket}/" for bucket in rules.by_bucket)
    if not all(map(str.startswith, keys, repeat(known))):  # many at once: there may be a million of them
        check_buckets((located(key)[0] for key in keys), str(file), rules.by_bucket)
    return keys


def _read(events: Path | None) -> Reading:
    """What a payload holds; nothing where there is none.

    :raises Failed: it cannot be read, or something in it cannot.
    """
    if events is None:
        return Reading([], [], [], [])
    try:
        reading = payloads.read(events.read_bytes())
    except OSError as error:
        raise Failed(f"{events}: {error.strerror}: name a file that can be read") from error
    if reading.unreadable:
        raise Failed(f"{events}: a record cannot be read: {reading.unreadable[0].why}: give a payload of the function")
    return reading


def _unchanged(counted: Path | None, objects: dict[str, None], reading: Reading, rules: Config) -> Unchanged:
    """How many unchanged URLs each directory holds, from a file that counts them or estimated."""
    if counted is None:
        return estimated
    changed = {f"oss://{change.bucket}/{change.key}": None for change in reading.changes}
    return live.unchanged(counted, objects | changed if changed else objects, rules)
