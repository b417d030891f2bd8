"""From accepted calls to the confirmations that look them up later."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from oss_cdn_refresh.delivery.calls import Accepted
from oss_cdn_refresh.mapping.preload import preload_urls
from oss_cdn_refresh.model.confirmation import Confirmation
from oss_cdn_refresh.model.history import NOTHING_KEPT, History, distinct
from oss_cdn_refresh.model.item import Item
from oss_cdn_refresh.settings.config import Config

Covers = Callable[[Iterable[Item]], Iterable[Item]]
"""From items that are sent to the items that they replace, or to themselves."""


def confirmations(
    call: Accepted, covers: Covers, histories: Mapping[Item, History], config: Config
) -> Iterator[Confirmation]:
    """The confirmations of a call, with its task ids: one for each number of resubmissions, deleted items apart."""
    for (resubmissions, force), items in _alike(call.batch.items, covers, histories).items():
        covered = list(covers(items))
        through = list(distinct(map(histories.__getitem__, covered)).values())
        wanted = (item for item in covered if histories[item].preload) if config.preloads else ()
        yield Confirmation(
            target=items[0].target,
            type=call.batch.type,
            urls=tuple(item.url for item in items),
            task_ids=call.task_ids,
            submitted_at=call.at,
            first_seen=min(history.first_seen for history in through),
            changed_at=min((history.changed_at for history in through if history.changed_at is not None), default=None),
            changed_last=max(
                (history.changed_last for history in through if history.changed_last is not None), default=None
            ),
            force=force,
            resubmissions=resubmissions,
            kept=through[0].kept if all(history.kept == through[0].kept for history in through) else NOTHING_KEPT,
            preload=tuple(dict.fromkeys(url for item in wanted for url in preload_urls(item, config))),
        )


def _alike(
    items: Sequence[Item], covers: Covers, histories: Mapping[Item, History]
) -> Mapping[tuple[int, bool], Sequence[Item]]:
    """Items by how often they were submitted again and by `force`; a directory has those of the items it replaces."""
    through = distinct(map(histories.__getitem__, covers(items))).values()
    kinds = {(history.resubmissions, history.force) for history in through}
    if len(kinds) == 1:  # fast path: nothing was submitted again
        return {kinds.pop(): items}
    groups: dict[tuple[int, bool], list[Item]] = {}
    for item in items:
        replaced = [histories[covered] for covered in covers((item,))]
        kind = min(history.resubmissions for history in replaced), any(history.force for history in replaced)
        groups.setdefault(kind, []).append(item)
    return groups
