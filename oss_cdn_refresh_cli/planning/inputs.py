"""Reads the input of `plan` and `refresh`: the configuration, the objects, and how many unchanged objects there are."""

import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from itertools import repeat
from pathlib import Path
from typing import BinaryIO

from oss_cdn_refresh import events
from oss_cdn_refresh.events.parts import Reading
from oss_cdn_refresh.events.returned import lowered
from oss_cdn_refresh.mapping.from_url import fault, items_of_urls
from oss_cdn_refresh.model.item import DIRECTORY, Item
from oss_cdn_refresh.planner import inventory
from oss_cdn_refresh.planner.inventory import Inventory, estimated
from oss_cdn_refresh.planner.optimizer.plan import Unchanged
from oss_cdn_refresh.settings.config import Config
from oss_cdn_refresh_cli.clients import listing
from oss_cdn_refresh_cli.operation.operation import Operation
from oss_cdn_refresh_cli.operation.places import check_places
from oss_cdn_refresh_cli.operation.urls import as_sent, refreshed_for
from oss_cdn_refresh_cli.planning import object_lists
from oss_cdn_refresh_cli.planning.inventories import content, inventory_of, is_list
from oss_cdn_refresh_cli.shared.errors import Failed

STDIN = Path("-")


def local(operation: Operation, config: Path | None) -> Operation:
    """The operation with the configuration in a file: a plan asks no service, so it reads none from OSS.

    :raises Failed: the configuration lies in OSS, and no copy is given.
    """
    settings = operation.settings
    if config:
        where = str(Path.cwd() / config)
        settings = settings._replace(config=where, no_config="", environ={**settings.environ, "REFRESH_CONFIG": where})
    if settings.config.startswith("oss://"):
        raise Failed(
            f"REFRESH_CONFIG: {settings.config} lies in OSS, and plan calls no service: give a copy with --config"
        )
    return operation._replace(settings=settings)


def inventory_file(rules: Config, operation: Operation) -> Path | None:
    """The inventory that the configuration names, if it is a file."""
    where = rules.collapse.inventory
    if where.startswith("oss://"):
        operation.output.warn(f"the inventory {where} is not asked for: give a copy with --inventory")
    return Path.cwd() / where if where and not where.startswith("oss://") else None


def objects(file: Path | None, rules: Config) -> dict[str, None]:
    """The distinct objects that a list names, in its order.

    :raises Failed: the file cannot be read, or a line names no object of a bucket of the configuration.
    """
    if file is None:
        return {}
    source = sys.stdin.buffer.read() if file == STDIN else file
    body = content(source, str(file))
    keys = dict.fromkeys(object_lists.read(body, str(file)))
    known = tuple(f"{object_lists.SCHEME}{bucket}/" for bucket in rules.by_bucket)
    if not all(map(str.startswith, keys, repeat(known))):  # a million keys at once
        list(object_lists.of_buckets(BytesIO(body), str(file), rules.by_bucket))  # names the wrong lines
    return keys


def reading(file: Path | None) -> Reading:
    """What a payload holds; an empty reading without a file.

    :raises Failed: the file, or a record in it, cannot be read.
    """
    if file is None:
        return Reading([], [], [], [])
    try:
        found = events.read(file.read_bytes())
    except OSError as error:
        raise Failed(f"{file}: {error.strerror}: name a file that can be read") from error
    if found.unreadable:
        raise Failed(f"{file}: a record cannot be read: {found.unreadable[0].why}: give a payload of the function")
    return found


def named_directories(urls: Sequence[str], config: Config) -> Iterator[Item]:
    """The items of directories that are given by their URLs.

    :raises Failed: a URL is no directory on a domain of the configuration.
    """
    for item in items_of_urls(DIRECTORY, lowered(urls), config):
        why = fault(item, config.domains)
        if why:
            raise Failed(f"--directory {item.url}: {why}: give a directory's URL on a domain of the configuration")
        yield item


def named_urls(operation: Operation, urls: Iterable[str], config: Config) -> Iterator[Item]:
    """The items of the objects behind some URLs, with a note for each URL that a change of them does not refresh.

    :raises Failed: no site serves a URL.
    """
    for url in urls:
        sent = as_sent(url, config)
        objects, items = refreshed_for(sent, config)
        if not any(each.covered for each in objects):
            operation.output.warn(f"{sent} is refreshed now, and not by changes: oss-cdn-refresh explain says why")
        yield from items


def named_objects(
    operation: Operation, places: Sequence[str], keys: BinaryIO | None, buckets: Collection[str]
) -> Iterator[tuple[str, str]]:
    """The bucket and the key of each object under some places and in a list.

    :raises Failed: an object lies in a bucket that is not in `buckets`, or no object lies under a place.
    """
    check_places(places, buckets)
    with operation.output.progress("Listing") as step:
        for place in places:
            for located in listing.of_prefix(operation, place):
                step(1)
                yield located
        yield from object_lists.of_buckets(keys, getattr(keys, "name", "<stdin>"), buckets) if keys else ()


def unchanged(file: Path | None, objects: Mapping[str, None], reading: Reading, config: Config) -> Unchanged:
    """How many live URLs have not changed, by directory, as the planner asks for them; an estimate without a file.

    file: an inventory, which counts the objects, or a list, which names each of them once. objects: changed ones, as
    `oss://bucket/key`.

    :raises Failed: the file is neither; `ConfigurationError` where it is a wrong inventory.
    """
    if file is None:
        return estimated
    body = content(file, str(file))
    if not is_list(body):
        live = inventory_of(file).live(config)
        return lambda needs: inventory.unchanged(live, needs)
    changed = {**objects, **dict.fromkeys(f"oss://{change.bucket}/{change.key}" for change in reading.changes)}
    # The difference of a set takes half of the time of a question for each of two million objects.
    others = (set(some).difference(changed) for some in object_lists.runs(body, str(file)))
    counts: Mapping[str, float] = Inventory(object_lists.counts(others)).live(config)
    return lambda _changes: counts
