"""Waits for the objects that were refreshed just now."""

from collections.abc import Collection, Iterable

from oss_cdn_refresh.model.item import DIRECTORY, Item, ItemName
from oss_cdn_refresh.settings.config import Config
from oss_cdn_refresh_cli.audit.progress import START, Entry
from oss_cdn_refresh_cli.audit.wait import report
from oss_cdn_refresh_cli.audit.wait.polls import Terms, Wait, Waited
from oss_cdn_refresh_cli.operation.operation import Operation

NO_DIRECTORY = "a directory shows many objects: wait for them with oss-cdn-refresh wait oss://BUCKET/PREFIX"
NOTHING_ACCEPTED = "no URL was accepted"


def wait_for(
    operation: Operation, config: Config, items: Iterable[Item], accepted: Collection[ItemName], terms: Terms
) -> Waited:
    """Wait until the accepted items of objects are fresh, and show the result to people.

    items: all of the refresh. An item that was not accepted is not waited for: the backlog or a dead letter holds it.
    """
    wanted = [item for item in items if item in accepted]
    directories = sum(item.type == DIRECTORY for item in wanted)
    objects = dict.fromkeys(
        (config.sites[item.site].bucket, item.key) for item in wanted if item.site is not None and item.key
    )
    entries = (Entry(START, bucket, key, None) for bucket, key in objects)
    waited = Wait(operation, config, terms, only=frozenset(wanted)).until_fresh(entries)
    if directories and objects:
        operation.output.warn(
            f"{'1 directory' if directories == 1 else f'{directories} directories'} cannot be compared: {NO_DIRECTORY}"
        )
    report.show(operation, waited, NO_DIRECTORY if directories else NOTHING_ACCEPTED)
    return waited
