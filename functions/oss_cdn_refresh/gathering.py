"""From all that an event holds to its distinct items, in the order in which they are worked on."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from oss_cdn_refresh.cdn.limits import RESET_OFFSET_HOURS
from oss_cdn_refresh.config import Config
from oss_cdn_refresh.delays import DAY
from oss_cdn_refresh.events import Reading
from oss_cdn_refresh.items import Item, Trail
from oss_cdn_refresh.sites import items_of

HOUR = 3_600


class Gathered(NamedTuple):
    """The distinct items with what each has been through, and how many changes led to none, by reason.

    `unqueued` are the items that no message of a queue asks for; `unknown` counts the changes with an event that is not
    documented, by its name.
    """

    items: dict[Item, Trail]
    unqueued: dict[Item, None]
    ignored: Counter[str]
    unknown: Counter[str]


def gather(reading: Reading, config: Config, now: float) -> Gathered:
    """Map changes to items and join them with those that wait. Fresh changes come first, yesterday's backlog last.

    What an item has been through before counts, whatever else asks for it. `now` is in epoch seconds.
    """
    gathered = Gathered({}, {}, Counter(), Counter())
    fresh: dict[tuple[float | None, bool], Trail] = {}
    for change in reading.changes:
        led_to, ignored = items_of(change, config)
        if ignored:
            gathered.ignored[ignored] += 1
            if not change.known:
                gathered.unknown[change.event] += 1
            continue
        trail = Trail(now, change.at, change.at, force=change.headers_only)
        trail = fresh.setdefault((change.at, change.headers_only), trail)
        _add(gathered, led_to, trail, queued=change.queued)
    waiting = [(items, _seen(trail, now), queued) for items, trail, queued in reading.waiting]
    waiting.sort(key=lambda asked: _urgency(asked[1]))
    for items, trail, queued in waiting:
        _add(gathered, items, trail, queued=queued)
    return gathered


def _add(gathered: Gathered, items: Iterable[Item], trail: Trail, *, queued: bool) -> None:
    for item in items:
        known = gathered.items.get(item)
        if known is None:
            gathered.items[item] = trail
            if not queued:
                gathered.unqueued[item] = None
        else:
            gathered.items[item] = known.merged(trail)
            if queued:
                gathered.unqueued.pop(item, None)


def _seen(trail: Trail, now: float) -> Trail:
    """The trail of an item that no one can have seen in the future."""
    return trail._replace(first_seen=now) if trail.first_seen > now else trail


def _urgency(trail: Trail) -> tuple[bool, int, float]:
    """What sorts items that wait: never put off before, then the newest day of the quotas, then the longest waiting."""
    day = int((trail.first_seen + RESET_OFFSET_HOURS * HOUR) // DAY)
    return trail.put_off, -day, trail.first_seen
