"""Waits for the objects that were refreshed just now."""

from collections.abc import Collection, Iterable

from oss_cdn_refresh.model.item import DIRECTORY, Item, ItemName
from oss_cdn_refresh.settings.config import Config
from oss_cdn_refresh_cli.edge.audit.progress import START, Entry
from oss_cdn_refresh_cli.edge.audit.targets import Relation, Target
from oss_cdn_refresh_cli.edge.audit.wait import report
from oss_cdn_refresh_cli.edge.audit.wait.polls import Named, Terms, Wait, Waited
from oss_cdn_refresh_cli.operation.operation import Operation
from oss_cdn_refresh_cli.operation.urls import Behind, Way, behind

NO_DIRECTORY = "a directory shows many objects: wait for them with oss-cdn-refresh wait oss://BUCKET/PREFIX"
OF_OSS = "x-oss-"  # in a query that OSS itself reads, such as x-oss-process
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
    named = [_named(item, config) for item in wanted if item.type != DIRECTORY and not item.key]
    waited = Wait(operation, config, terms, only=frozenset(wanted)).until_fresh(entries, named)
    if directories and (objects or named):
        operation.output.warn(
            f"{'1 directory' if directories == 1 else f'{directories} directories'} cannot be compared: {NO_DIRECTORY}"
        )
    report.show(operation, waited, NO_DIRECTORY if directories else NOTHING_ACCEPTED)
    return waited


def _named(item: Item, config: Config) -> Named:
    """A URL that no change refreshes, with the objects that it may show: under its own path, or as the index page."""
    objects = tuple(
        (Entry(START, each.bucket, each.key, None), _target(item, each))
        for each in behind(item.url, config)
        if each.way is Way.NAME or (each.way is Way.INDEX and f"/{each.key}".endswith(f"/{each.site.index[0]}"))
        if not (each.site.index and each.key.endswith("/"))  # a folder object: its URL shows the index page
    )
    return Named(item, objects)


def _target(item: Item, shown: Behind) -> Target:
    """How closely the URL can be compared: OSS makes another content for a query of its own, and for a variant."""
    path, _, query = item.url.partition("?")
    root = dict(zip(shown.site.domains, shown.site.roots, strict=True))[item.domain]
    made = OF_OSS in query or path.endswith(tuple(shown.site.variants))
    relation = Relation.ALIAS if shown.way is Way.INDEX else Relation.VARIANT if made else Relation.OWN
    return Target(item, relation, root)
