"""From accepted calls to the confirmations that look them up later."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from oss_cdn_refresh.delivery.calls import Accepted
from oss_cdn_refresh.mapping.preload import preload_urls
from oss_cdn_refresh.model.confirmation import Confirmation
from oss_cdn_refresh.model.history import History
from oss_cdn_refresh.model.item import Item
from oss_cdn_refresh.settings.config import Config

Covers = Callable[[Iterable[Item]], Iterable[Item]]
"""From items that are sent to the items that they replace, or to themselves."""


def confirmations(
    call: Accepted, covers: Covers, histories: Mapping[Item, History], config: Config, now: float
) -> Iterator[Confirmation]:
    """The confirmations of a call: one for each number of resubmissions, with the product's task ids of the call."""
    for resubmissions, items in _by_resubmissions(call.batch.items, covers, histories).items():
        covered = list(covers(items))
        through = list({id(histories[item]): histories[item] for item in covered}.values())
        wanted = (item for item in covered if histories[item].preload) if config.preloads else ()
        yield Confirmation(
            product=items[0].product,
            type=call.batch.type,
            urls=tuple(item.url for item in items),
            task_ids=call.task_ids,
            submitted_at=now,
            first_seen=min(history.first_seen for history in through),
            changed_at=min((history.changed_at for history in through if history.changed_at is not None), default=None),
            changed_last=max(
                (history.changed_last for history in through if history.changed_last is not None), default=None
            ),
            force=call.batch.force,
            resubmissions=resubmissions,
            preload=tuple(dict.fromkeys(url for item in wanted for url in preload_urls(item, config))),
        )


def _by_resubmissions(
    items: Sequence[Item], covers: Covers, histories: Mapping[Item, History]
) -> Mapping[int, Sequence[Item]]:
    """Items by how often they were submitted again; for a directory, the fewest of the items that it replaces count."""
    through = {id(history): history for history in map(histories.__getitem__, covers(items))}.values()
    numbers = {history.resubmissions for history in through}
    if len(numbers) == 1:  # fast path: nothing was submitted again
        return {numbers.pop(): items}
    groups: dict[int, list[Item]] = {}
    for item in items:
        fewest = min(histories[covered].resubmissions for covered in covers((item,)))
        groups.setdefault(fewest, []).append(item)
    return groups
