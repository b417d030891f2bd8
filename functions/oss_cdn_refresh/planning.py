"""From items to calls that no limit of the API forbids."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import quote_plus

from oss_cdn_refresh.cdn.limits import BODY_BYTES, IGNORE_PARAMS_PER_CALL
from oss_cdn_refresh.config import Limits
from oss_cdn_refresh.items import DIRECTORY, FILE, IGNORE_PARAMS, Item, ObjectType, Trail

FIXED_BYTES = 100  # of a form body, around the ObjectPath
ESCAPED, LONGEST_CHARACTER = len("%2F"), len("%F0%9F%8E%84")  # bytes of a character in a form body


class Batch(NamedTuple):
    """Items that go into one call. They are never empty."""

    type: ObjectType
    force: bool
    items: tuple[Item, ...]

    @property
    def domains(self) -> tuple[str, ...]:
        """The distinct domains, in order."""
        return tuple(dict.fromkeys(item.domain for item in self.items))

    def halves(self) -> "tuple[Batch, Batch]":
        """Two smaller batches; domains stay together where they stood together."""
        middle = len(self.items) // 2
        return self._replace(items=self.items[:middle]), self._replace(items=self.items[middle:])

    def by_domain(self) -> "list[Batch]":
        """One batch a domain."""
        return [
            self._replace(items=tuple(item for item in self.items if item.domain == domain)) for domain in self.domains
        ]


def batches(items: Mapping[Item, Trail], limits: Limits) -> Iterator[Batch]:
    """Group items into calls, in the order given, so that no call breaks a limit of the API.

    A batch holds one object type, at most `limits.domains_per_call` domains, as many items as the type allows, and fits
    into a body of `BODY_BYTES`. Items of one domain stay together where they can: a refusal of a domain then costs one
    call.
    """
    most: Mapping[ObjectType, int] = {
        FILE: limits.urls_per_call,
        DIRECTORY: limits.directories_per_call,
        IGNORE_PARAMS: min(limits.urls_per_call, IGNORE_PARAMS_PER_CALL),
    }
    kinds: dict[tuple[ObjectType, bool], dict[str, list[Item]]] = {}
    for lane, inside in _lanes(items).items():
        kinds.setdefault(lane[:2], {})[lane[2]] = inside
    for (object_type, force), domains in kinds.items():
        for group in _groups(domains.values(), most[object_type], limits.domains_per_call):
            yield Batch(object_type, force, group)


def _lanes(items: Mapping[Item, Trail]) -> dict[tuple[ObjectType, bool, str], list[Item]]:
    """Items by object type, by whether deletion is asked for, and by domain."""
    lanes: dict[tuple[ObjectType, bool, str], list[Item]] = {}
    for item, trail in items.items():
        lane = item.type, trail.force and item.type != FILE, item.domain
        if lane in lanes:
            lanes[lane].append(item)
        else:
            lanes[lane] = [item]
    return lanes


def _groups(domains: Iterable[Sequence[Item]], most: int, most_domains: int) -> Iterator[tuple[Item, ...]]:
    """The items of some domains in calls of so many items and so many domains at most."""
    group: list[Item] = []
    inside = 0
    for items in domains:
        if inside >= most_domains:
            yield tuple(group)
            group, inside = [], 0
        inside += 1
        taken = 0
        while taken < len(items):
            more = _fitting(group, items[taken : taken + most - len(group)])
            group += more
            taken += len(more)
            if taken < len(items):
                yield tuple(group)
                group, inside = [], 1
    if group:
        yield tuple(group)


def _fitting(group: Sequence[Item], more: Sequence[Item]) -> Sequence[Item]:
    """The first of further items, as many as fit into a body beside a group; at least one beside none."""
    if _at_most(group) + _at_most(more) <= BODY_BYTES - FIXED_BYTES:
        return more
    used = FIXED_BYTES + sum(map(_bytes, group))
    for count, item in enumerate(more):
        used += _bytes(item)
        if used > BODY_BYTES and (group or count):
            return more[:count]
    return more


def _at_most(items: Sequence[Item]) -> int:
    """What items take in a form body if each of their characters takes the most."""
    text = "\n".join([item.url for item in items])
    return (ESCAPED if text.isascii() else LONGEST_CHARACTER) * (len(text) + 1)


def _bytes(item: Item) -> int:
    """What an item takes in a form body, with the newline after it."""
    return len(quote_plus(item.url)) + len("%0A")
