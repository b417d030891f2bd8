"""Storing the items that were not refreshed: in the backlog, or in the dead letters, so that no item loops forever."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from oss_cdn_refresh.events.message_format import BACKLOG, DEAD_LETTER, dumped
from oss_cdn_refresh.model.effects import Effects
from oss_cdn_refresh.model.history import History
from oss_cdn_refresh.model.item import Item, ItemName, ObjectType
from oss_cdn_refresh.model.outcome import Outcome, Result, Until
from oss_cdn_refresh.queueing.delays import delay
from oss_cdn_refresh.queueing.messages import Message, letters, record
from oss_cdn_refresh.queueing.smq import Queue

ATTEMPTS = 10  # the transient failure that is the last
LIFETIME = 7 * 86_400  # seconds since an item was first seen: SMQ keeps no message longer, read or not


class Settled(NamedTuple):
    """How each item ended.

    outcomes: of all items that were refreshed or stored. unaccounted: the items that no queue took, each with the
    reason. unstored_records: the reasons why dead letters of rejected records were not stored, with how often.
    """

    outcomes: list[Outcome]
    unaccounted: list[tuple[ItemName, str]]
    unstored_records: Counter[str]


def settle(
    outcomes: Iterable[Outcome],
    histories: Mapping[Item, History],
    backlog: Queue,
    dead_letters: Queue,
    effects: Effects,
) -> Settled:
    """Store each outcome that is not a refresh in its queue. One queue never stands in for the other."""
    now = effects.now()
    settled = Settled([], [], Counter())
    by_result: dict[Result, list[Outcome]] = {result: [] for result in Result}
    for outcome in outcomes:
        if outcome.result is Result.REFRESHED:
            settled.outcomes.append(outcome)
            continue
        for alike in _by_history(outcome, histories):
            final = _final(alike, histories[alike.items[0]], now)
            by_result[final.result].append(final)
    for result, kind, queue in ((Result.DEAD_LETTERED, DEAD_LETTER, dead_letters), (Result.DEFERRED, BACKLOG, backlog)):
        stored: dict[ItemName, tuple[Outcome, Item]] = {
            item: (outcome, item) for outcome in by_result[result] for item in outcome.items
        }
        for letter, refusal in queue.send(_letters(kind, by_result[result], histories, effects)):
            if refusal is None:
                for outcome, pairs in groupby(map(stored.__getitem__, letter.items), key=itemgetter(0)):
                    settled.outcomes.append(outcome._replace(items=tuple(item for _, item in pairs)))
            else:
                settled.unaccounted.extend((name, str(refusal)) for name in letter.items)
    return settled


def _by_history(outcome: Outcome, histories: Mapping[Item, History]) -> Iterator[Outcome]:
    """The outcome in parts, each of items of one type that have been through the same."""
    parts: dict[tuple[int, ObjectType], list[Item]] = {}
    for item in outcome.items:
        parts.setdefault((id(histories[item]), item.type), []).append(item)
    for items in parts.values():
        yield outcome._replace(items=tuple(items))


def _final(outcome: Outcome, history: History, now: float) -> Outcome:
    """A deferral too many is a dead letter, with the last reason."""
    if outcome.result is not Result.DEFERRED:
        return outcome
    if outcome.failed and history.attempts + 1 >= ATTEMPTS:
        return outcome._replace(
            result=Result.DEAD_LETTERED, message=f"{outcome.message} (attempt {history.attempts + 1} was the last)"
        )
    if now - history.first_seen > LIFETIME:
        return outcome._replace(result=Result.DEAD_LETTERED, message=f"{outcome.message} (first seen 7 days ago)")
    return outcome


def _letters(
    kind: str, outcomes: Iterable[Outcome], histories: Mapping[Item, History], effects: Effects
) -> Iterator[Message]:
    """The messages of outcomes. Those that differ in nothing but URLs and request id share one, with the last id."""
    now = effects.now()
    groups: dict[tuple[str, Until, float], list[Outcome]] = {}
    fields: dict[tuple[str, Until, float], dict[str, Any]] = {}
    for outcome in outcomes:
        written = record(kind, outcome, histories[outcome.items[0]], now)
        alike = dumped({**written, "request_id": ""}), outcome.until, outcome.at_least
        groups.setdefault(alike, []).append(outcome)
        fields[alike] = written
    for alike, group in groups.items():
        _, until, at_least = alike
        attempts = histories[group[-1].items[0]].attempts
        seconds = delay(until, attempts, at_least, now, effects.uniform) if kind == BACKLOG else 0
        yield from letters(fields[alike], (item for outcome in group for item in outcome.items), seconds)
