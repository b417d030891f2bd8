"""From all that an event holds to its distinct items, in the order in which they are worked on."""

from collections import Counter
from collections.abc import Iterable
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from oss_cdn_refresh.events.change import Change
from oss_cdn_refresh.events.parts import Reading, Waiting
from oss_cdn_refresh.mapping.behind import returned
from oss_cdn_refresh.mapping.sites import items_of_alike
from oss_cdn_refresh.model.history import History
from oss_cdn_refresh.model.item import URL_LENGTH, Item, fault
from oss_cdn_refresh.model.quota import midnight
from oss_cdn_refresh.settings.config import Config


class Gathered(NamedTuple):
    """The distinct items with their histories, and why some of them must not be submitted.

    `queued` are the items that a queue trigger brought. `ignored` counts the changes that led to none, by reason;
    `unknown` those with an event that is not documented, by its name.
    """

    items: dict[Item, History]
    faults: dict[Item, str]
    queued: set[Item]
    ignored: Counter[str]
    unknown: Counter[str]


def gather(reading: Reading, config: Config, now: float) -> Gathered:
    """Map changes to items and join them with those of messages. Fresh changes come first, yesterday's backlog last.

    The histories of an item that is asked for several times are merged. `now` is in epoch seconds.
    """
    gathered = Gathered({}, {}, set(), Counter(), Counter())
    _add_changes(gathered, reading.changes, config, now)
    for history, group in _by_urgency(reading.waiting, now):
        for message in group:
            _add(gathered, returned(message.type, message.urls, config), history, queued=message.queued)
    # An item made of a change has no fault but its length.
    doubtful = (item for item in gathered.items if not item.key or len(item[1]) > URL_LENGTH)
    gathered.faults.update((item, why) for item in doubtful if (why := fault(item, config.domains)))
    return gathered


def _add_changes(gathered: Gathered, changes: Iterable[Change], config: Config, now: float) -> None:
    """Add the items of changes, those that share bucket and event together."""
    known = gathered.items
    fresh: dict[str, dict[float | None, History]] = {}  # by event and time
    for (_, event, queued), group in groupby(changes, attrgetter("bucket", "event", "queued")):
        alike = list(group)
        if not alike[0].known:
            gathered.unknown[event] += len(alike)
        force, histories = alike[0].headers_only, fresh.setdefault(event, {})
        for at, item in items_of_alike(alike, config, gathered.ignored):
            history = histories.get(at) or histories.setdefault(at, History(now, at, at, force=force))
            before = known.setdefault(item, history)
            if before is not history:
                known[item] = before.merged(history)
            if queued:
                gathered.queued.add(item)


def _add(gathered: Gathered, items: Iterable[Item], history: History, *, queued: bool) -> None:
    known = gathered.items
    for item in items:
        before = known.setdefault(item, history)
        if before is not history:
            known[item] = before.merged(history)
    if queued:
        gathered.queued.update(items)


def _by_urgency(waiting: Iterable[Waiting], now: float) -> list[tuple[History, list[Waiting]]]:
    """Messages that share a history, together: by their turn, then the newest day of the quotas, then the oldest.

    What was first seen in the future was first seen now.
    """
    alike: dict[int, list[Waiting]] = {}
    for message in waiting:
        alike.setdefault(id(message.history), []).append(message)
    seen = [(_seen(group[0].history, now), group) for group in alike.values()]
    return sorted(seen, key=lambda pair: _urgency(pair[0], now))


def _seen(history: History, now: float) -> History:
    return history._replace(first_seen=now) if history.first_seen > now else history


def _urgency(history: History, now: float) -> tuple[int, float, float]:
    return history.turn(midnight(now)), -midnight(history.first_seen), history.first_seen
