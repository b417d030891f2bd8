"""Putting away what was not refreshed: into the backlog, or into the dead letters where nothing may circle for ever."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from oss_cdn_refresh.delays import delay
from oss_cdn_refresh.effects import Effects
from oss_cdn_refresh.items import Item, Trail
from oss_cdn_refresh.letters import Letter, letters, record
from oss_cdn_refresh.messages import BACKLOG, DEAD_LETTER, dumped
from oss_cdn_refresh.outcomes import Fate, Outcome, Until
from oss_cdn_refresh.queues import Queue

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
        final = _final(outcome, trails[outcome.item], now)
        by_fate[final.fate].append(final)
    settled.outcomes.extend(by_fate[Fate.REFRESHED])
    for fate, kind, queue in ((Fate.DEAD_LETTERED, DEAD_LETTER, dead_letters), (Fate.DEFERRED, BACKLOG, backlog)):
        stored = {outcome.item: outcome for outcome in by_fate[fate]}
        for letter, refusal in queue.send(_letters(kind, by_fate[fate], trails, effects)):
            if refusal is None:
                settled.outcomes.extend(stored[item] for item in letter.items)
            else:
                settled.unaccounted.extend((item, str(refusal)) for item in letter.items)
    return settled


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
    """Outcomes whose messages differ in nothing but the URLs share one."""
    now = effects.now()
    heads: dict[tuple[object, ...], str] = {}
    groups: dict[tuple[str, Until, float], list[Outcome]] = {}
    for outcome in outcomes:
        trail = trails[outcome.item]
        alike = (id(trail), outcome.item.type, *outcome[1:])
        if alike not in heads:
            heads[alike] = dumped(record(kind, outcome, trail, now))
        groups.setdefault((heads[alike], outcome.until, outcome.at_least), []).append(outcome)
    for (_, until, at_least), group in groups.items():
        first, trail = group[0], trails[group[0].item]
        seconds = delay(until, trail.attempts, at_least, now, effects.uniform) if kind == BACKLOG else 0
        yield from letters(record(kind, first, trail, now), [outcome.item for outcome in group], seconds)
