"""From all that an event holds to its distinct items, in the order in which they are worked on."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from oss_cdn_refresh.events.parts import Reading, Waiting
from oss_cdn_refresh.mapping.sites import items_of
from oss_cdn_refresh.model.history import History
from oss_cdn_refresh.model.item import Item, fault
from oss_cdn_refresh.model.limits import URL_LENGTH
from oss_cdn_refresh.model.quota import midnight
from oss_cdn_refresh.settings.config import Config


class Gathered(NamedTuple):
    """The distinct items with what each has been through, and why some of them must not be submitted.

    `ignored` counts the changes that led to none, by reason; `unknown` those with an event that is not documented, by
    its name.
    """

    items: dict[Item, History]
    faults: dict[Item, str]
    ignored: Counter[str]
    unknown: Counter[str]


def gather(reading: Reading, config: Config, now: float) -> Gathered:
    """Map changes to items and join them with those that wait. Fresh changes come first, yesterday's backlog last.

    What an item has been through before counts, whatever else asks for it. `now` is in epoch seconds.
    """
    gathered = Gathered({}, {}, Counter(), Counter())
    fresh: dict[tuple[float | None, str], History] = {}
    for change in reading.changes:
        items_of_change, ignored = items_of(change, config)
        if ignored:
            gathered.ignored[ignored] += 1
            if not change.known:
                gathered.unknown[change.event] += 1
            continue
        about = change.at, change.event
        history = fresh.get(about) or fresh.setdefault(
            about, History(now, change.at, change.at, force=change.headers_only)
        )
        _add(gathered.items, items_of_change, history)
    long = (item for item in gathered.items if len(item.url) > URL_LENGTH)  # else an item of ours has no fault
    gathered.faults.update((item, fault(item, config.domains) or "") for item in long)
    waiting: dict[int, list[Waiting]] = {}
    for asked in reading.waiting:
        waiting.setdefault(id(asked.history), []).append(asked)
    alike = [(_seen(group[0].history, now), group) for group in waiting.values()]
    for history, group in sorted(alike, key=lambda pair: _urgency(pair[0], now)):
        for asked in group:
            _add(gathered.items, asked.items, history)
            for item in asked.items:
                why = fault(item, config.domains)
                if why:
                    gathered.faults[item] = why
    return gathered


def _add(gathered: dict[Item, History], items: Iterable[Item], history: History) -> None:
    for item in items:
        known = gathered.get(item)
        gathered[item] = known.merged(history) if known else history


def _seen(history: History, now: float) -> History:
    """The history of an item; one that was first seen in the future was first seen now."""
    return history._replace(first_seen=now) if history.first_seen > now else history


def _urgency(history: History, now: float) -> tuple[int, float, float]:
    """What sorts items that wait: whose turn it is, then the newest day of the quotas, then the longest waiting."""
    return history.turn(midnight(now)), -midnight(history.first_seen), history.first_seen
