"""From items to calls that no limit of the API forbids."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from urllib.parse import quote_plus

from oss_cdn_refresh.model.batch import Batch
from oss_cdn_refresh.model.history import History, distinct
from oss_cdn_refresh.model.item import DIRECTORY, FILE, IGNORE_PARAMS, Item, ObjectType
from oss_cdn_refresh.model.limits import Limits

FIXED_BYTES = 200  # of all parameters of a call, beside its items
ESCAPED, LONGEST_CHARACTER = len("%2F"), len("%F0%9F%8E%84")  # bytes of a percent-encoded character


def batches(items: Mapping[Item, History], limits: Limits, midnight: float = 0.0) -> Iterator[Batch]:
    """Group items into calls, in the order given, so that no call breaks a limit of the API.

    A batch holds one object type, at most `limits.domains_per_call` domains, as many items as the type allows, and fits
    into `limits.bytes_per_call`. Items of one domain stay together where they can: a refusal of a domain then
    costs one call. But no item goes ahead of another domain's item whose turn is earlier, by `History.turn` and the
    `midnight` that began the quotas' day: the quota of a type may end with any item, the time with any call.
    """
    if len(items) == 1:  # as after most uploads: nothing to group
        ((item, history),) = items.items()
        yield Batch(item.type, history.force and item.type != FILE, (item,))
        return
    most: Mapping[ObjectType, int] = {
        FILE: limits.urls_per_call,
        DIRECTORY: limits.directories_per_call,
        IGNORE_PARAMS: min(limits.urls_per_call, limits.ignore_params_per_call),
    }
    queues = _queues(items, midnight)
    found = (
        Batch(object_type, force, group)
        for (object_type, force, _), lanes in queues.items()
        for group in _groups(lanes, most[object_type], limits)
    )
    yield from found if len(queues) == 1 else sorted(found, key=lambda batch: items[batch.items[0]].turn(midnight))


def _queues(
    items: Mapping[Item, History], midnight: float
) -> dict[tuple[ObjectType, bool, int], list[tuple[str, list[Item]]]]:
    """The items that may share calls, turn after turn, by domain.

    They are of one type and alike in whether deletion is asked for. Where a type has both kinds, which share a quota,
    only items of one turn share calls.
    """
    lanes = _lanes(items, midnight)
    kinds = {(object_type, force) for _, object_type, force, _ in lanes}
    queues: dict[tuple[ObjectType, bool, int], list[tuple[str, list[Item]]]] = {}
    for (turn, object_type, force, domain), inside in sorted(lanes.items(), key=lambda lane: lane[0][0]):
        apart = turn if (object_type, not force) in kinds else 0
        queues.setdefault((object_type, force, apart), []).append((domain, inside))
    return queues


def _lanes(items: Mapping[Item, History], midnight: float) -> dict[tuple[int, ObjectType, bool, str], list[Item]]:
    """Items by their turn, by object type, by whether deletion is asked for, and by domain."""
    turns = {number: history.turn(midnight) for number, history in distinct(items.values()).items()}
    lanes: dict[tuple[int, ObjectType, bool, str], list[Item]] = {}
    for item, history in items.items():
        object_type = item[0]
        lane = turns[id(history)], object_type, history.force and object_type != FILE, item.domain
        if lane in lanes:
            lanes[lane].append(item)
        else:
            lanes[lane] = [item]
    return lanes


def _groups(lanes: Iterable[tuple[str, Sequence[Item]]], most: int, limits: Limits) -> Iterator[tuple[Item, ...]]:
    """The items of some domains in calls of at most so many items, within the other limits of a call."""
    group: list[Item] = []
    inside: set[str] = set()
    for domain, items in lanes:
        if domain not in inside and len(inside) >= limits.domains_per_call:
            yield tuple(group)
            group, inside = [], set()
        inside.add(domain)
        taken = 0
        while taken < len(items):
            more = _fitting(group, items[taken : taken + most - len(group)], limits)
            group += more
            taken += len(more)
            if taken < len(items):
                yield tuple(group)
                group, inside = [], {domain}
    if group:
        yield tuple(group)


def _fitting(group: Sequence[Item], more: Sequence[Item], limits: Limits) -> Sequence[Item]:
    """The first of further items, as many as fit into a call beside a group; at least one beside none."""
    if _at_most(group, limits) + _at_most(more, limits) <= limits.bytes_per_call - FIXED_BYTES:
        return more
    used = FIXED_BYTES + sum(_bytes(item, limits) for item in group)
    for count, item in enumerate(more):
        used += _bytes(item, limits)
        if used > limits.bytes_per_call and (group or count):
            return more[:count]
    return more


def _at_most(items: Sequence[Item], limits: Limits) -> int:
    """What items take in a call if each of their characters takes the most."""
    text = "".join([item.url for item in items])
    of_a_character = ESCAPED if text.isascii() and not _escapes(text) else LONGEST_CHARACTER
    return of_a_character * len(text) + limits.item_bytes * len(items)


def _bytes(item: Item, limits: Limits) -> int:
    """What an item takes in a call."""
    return len(quote_plus(item.url)) + ESCAPED * _escapes(item.url) + limits.item_bytes


def _escapes(text: str) -> int:
    """How many characters of a text need a backslash, where a product takes JSON."""
    return text.count('"') + text.count("\\")
