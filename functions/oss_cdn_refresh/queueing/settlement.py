"""Putting away what was not refreshed: into the backlog, or into the dead letters where nothing may circle for ever."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import NamedTuple

from oss_cdn_refresh.events.messages import BACKLOG, DEAD_LETTER, dumped
from oss_cdn_refresh.model.effects import Effects
from oss_cdn_refresh.model.item import Item, ObjectType, Trail
from oss_cdn_refresh.model.outcome import Fate, Outcome, Until
from oss_cdn_refresh.queueing.delays import delay
from oss_cdn_refresh.queueing.letters import Letter, letters, record
from oss_cdn_refresh.queueing.smq import Queue

ATTEMPTS = 10  # the transient failure that is the last
LIFETIME = 7 * 86_400  # seconds since an item was first seen: SMQ keeps no message longer, read or not


class Settled(NamedTuple):
    """Outcomes that came true, and items that no queue took, with why."""

    outcomes: list[Outcome]
    unaccounted: list[tuple[Item, str]]


def settle(
    outcomes: Iterable[Outcome], trails: Mapping[Item, Trail], backlog: Queue, dead_letters: Queue, effects: Effects
) -> Settled:
    """Store each outcome that is not a refresh in its queue. One queue never stands in for the other."""
    now = effects.now()
    settled = Settled([], [])
    by_fate: dict[Fate, list[Outcome]] = {fate: [] for fate in Fate}
    for outcome in outcomes:
        if outcome.fate is Fate.REFRESHED:
            settled.outcomes.append(outcome)
            continue
        for alike in _by_trail(outcome, trails):
            final = _final(alike, trails[alike.items[0]], now)
            by_fate[final.fate].append(final)
    for fate, kind, queue in ((Fate.DEAD_LETTERED, DEAD_LETTER, dead_letters), (Fate.DEFERRED, BACKLOG, backlog)):
        stored = {item: outcome for outcome in by_fate[fate] for item in outcome.items}
        for letter, refusal in queue.send(_letters(kind, by_fate[fate], trails, effects)):
            if refusal is None:
                for outcome, items in groupby(letter.items, key=stored.__getitem__):
                    settled.outcomes.append(outcome._replace(items=tuple(items)))
            else:
                settled.unaccounted.extend((item, str(refusal)) for item in letter.items)
    return settled


def _by_trail(outcome: Outcome, trails: Mapping[Item, Trail]) -> Iterator[Outcome]:
    """The outcome in parts, each of items of one type that have been through the same."""
    parts: dict[tuple[int, ObjectType], list[Item]] = {}
    for item in outcome.items:
        parts.setdefault((id(trails[item]), item.type), []).append(item)
    for items in parts.values():
        yield outcome._replace(items=tuple(items))


def _final(outcome: Outcome, trail: Trail, now: float) -> Outcome:
    """A deferral too many is a dead letter, with the last reason."""
    if outcome.fate is not Fate.DEFERRED:
        return outcome
    if outcome.failed and trail.attempts + 1 >= ATTEMPTS:
        return outcome._replace(
            fate=Fate.DEAD_LETTERED, message=f"{outcome.message} (attempt {trail.attempts + 1} was the last)"
        )
    if now - trail.first_seen > LIFETIME:
        return outcome._replace(fate=Fate.DEAD_LETTERED, message=f"{outcome.message} (first seen 7 days ago)")
    return outcome


def _letters(
    kind: str, outcomes: Iterable[Outcome], trails: Mapping[Item, Trail], effects: Effects
) -> Iterator[Letter]:
    """Outcomes whose messages differ in nothing but the URLs and the request id share one, with the last request id."""
    now = effects.now()
    groups: dict[tuple[str, Until, float], list[Outcome]] = {}
    for outcome in outcomes:
        head = dumped(record(kind, outcome._replace(request_id=""), trails[outcome.items[0]], now))
        groups.setdefault((head, outcome.until, outcome.at_least), []).append(outcome)
    for (_, until, at_least), group in groups.items():
        last, trail = group[-1], trails[group[-1].items[0]]
        seconds = delay(until, trail.attempts, at_least, now, effects.uniform) if kind == BACKLOG else 0
        yield from letters(record(kind, last, trail, now), (i for outcome in group for i in outcome.items), seconds)
