"""Collects the distinct items of an event, with their histories, in the order of work."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from oss_cdn_refresh.events.parts import Reading, Waiting
from oss_cdn_refresh.mapping.from_url import domain_of, fault, items_of_urls
from oss_cdn_refresh.mapping.sites import items_of
from oss_cdn_refresh.model.confirmation import Confirmation
from oss_cdn_refresh.model.history import History
from oss_cdn_refresh.model.item import FILE, URL_LENGTH, Item, ItemName, Target
from oss_cdn_refresh.model.quota import midnight
from oss_cdn_refresh.products import NAMES
from oss_cdn_refresh.settings.config import Config


class Gathered(NamedTuple):
    """The distinct items of an event.

    items: each with its history. faults: the items that must not be submitted, with the reason. queued: the items that
    came through a queue trigger. with_messages: whether some items come from messages. ignored: how many changes led to
    no item, by reason. unknown: how many of them have an undocumented event, by the name of the event.
    confirmations: the accepted calls of earlier invocations that are looked up now.
    """

    items: dict[Item, History]
    faults: dict[Item, str]
    queued: set[Item]
    with_messages: bool
    ignored: Counter[str]
    unknown: Counter[str]
    confirmations: list[Confirmation]


def gather(reading: Reading, config: Config, now: float) -> Gathered:
    """Collect the items of all changes and messages. Fresh changes come first, items deferred on an earlier day last.

    An item that occurs several times gets one merged history. `now` is in epoch seconds.
    """
    gathered = Gathered({}, {}, set(), bool(reading.waiting), Counter(), Counter(), [])
    fresh: dict[tuple[float | None, str], History] = {}
    for change in reading.changes:
        items, ignored = items_of(change, config)
        if ignored:
            gathered.ignored[ignored] += 1
            if not change.known:
                gathered.unknown[change.event] += 1
            continue
        about = change.at, change.event
        history = fresh.get(about) or fresh.setdefault(
            about,
            History(now, change.at, change.at, force=change.headers_only, preload=config.preloads and change.written),
        )
        _add(gathered, items, history, queued=change.queued)
    for history, group in _by_urgency(reading.waiting, now):
        for message in group:
            _add(gathered, items_of_urls(message.type, message.urls, config), history, queued=message.queued)
    for asked in reading.confirmations:
        gathered.confirmations.extend(_of_targets(_trusted(asked, gathered, config), config))
    # An item of a change can have only one fault: its URL is too long.
    doubtful = (item for item in gathered.items if not item.key or len(item.url) > URL_LENGTH)
    gathered.faults.update((item, why) for item in doubtful if (why := fault(item, config.domains)))
    return gathered


def _add(gathered: Gathered, items: Iterable[Item], history: History, *, queued: bool) -> None:
    known = gathered.items
    for item in items:
        known_history = known.get(item)
        known[item] = known_history.merged(history) if known_history else history
    if queued:
        gathered.queued.update(items)


def _trusted(asked: Confirmation, gathered: Gathered, config: Config) -> Confirmation:
    """A confirmation without untrusted URLs. URLs that no call of ours can have submitted become items with a fault."""
    faults = {url: fault(ItemName(asked.type, url), config.domains) for url in asked.urls}
    invalid = [url for url, why in faults.items() if why]
    if invalid:
        history = History(asked.first_seen, asked.changed_at, asked.changed_last, kept=asked.kept)
        _add(gathered, items_of_urls(asked.type, invalid, config), history, queued=False)
    preload = tuple(url for url in asked.preload if not fault(ItemName(FILE, url), config.domains))
    return asked._replace(preload=preload).part([url for url, why in faults.items() if not why])


def _of_targets(asked: Confirmation, config: Config) -> Iterator[Confirmation]:
    """The confirmation in parts, one for each target of its URLs.

    A message names only the product. Where the domain has moved to another product since, the product of the message
    still has the tasks; a site of ESA is known only while the configuration names it.
    """
    urls: dict[Target, list[str]] = {}
    for url in asked.urls:
        current = config.domains[domain_of(url)]
        moved = current.product != asked.target.product and asked.target.product in NAMES
        urls.setdefault(asked.target if moved else current, []).append(url)
    for target, some in urls.items():
        yield asked.part(some)._replace(target=target)


def _by_urgency(waiting: Iterable[Waiting], now: float) -> list[tuple[History, list[Waiting]]]:
    """The messages, grouped by history. Order: priority (`History.turn`), newest day of the quotas, oldest first_seen.

    A first_seen in the future counts as now.
    """
    by_history: dict[int, list[Waiting]] = {}
    for message in waiting:
        by_history.setdefault(id(message.history), []).append(message)
    seen = [(_seen(group[0].history, now), group) for group in by_history.values()]
    return sorted(seen, key=lambda pair: _urgency(pair[0], now))


def _seen(history: History, now: float) -> History:
    return history._replace(first_seen=now) if history.first_seen > now else history


def _urgency(history: History, now: float) -> tuple[int, float, float]:
    return history.turn(midnight(now)), -midnight(history.first_seen), history.first_seen
