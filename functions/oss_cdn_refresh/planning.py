"""From items to calls that no limit of the API forbids."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple
from urllib.parse import quote_plus

from oss_cdn_refresh.cdn.limits import BODY_BYTES, IGNORE_PARAMS_PER_CALL
from oss_cdn_refresh.config import Limits
from oss_cdn_refresh.items import DIRECTORY, FILE, IGNORE_PARAMS, Item, ObjectType, Trail

FIXED_BYTES = 100  # of a form body, around the ObjectPath


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
    for item, trail in items.items():
        domains = kinds.setdefault((item.type, trail.force and item.type != FILE), {})
        domains.setdefault(item.domain, []).append(item)
    for (object_type, force), domains in kinds.items():
        for group in _groups(domains, most[object_type], limits.domains_per_call):
            yield Batch(object_type, force, group)


def _groups(domains: Mapping[str, Iterable[Item]], most: int, most_domains: int) -> Iterator[tuple[Item, ...]]:
    group: list[Item] = []
    inside: set[str] = set()
    used = FIXED_BYTES
    for domain, items in domains.items():
        for item in items:
            size = len(quote_plus(item.url)) + len("%0A")
            one_domain_too_many = domain not in inside and len(inside) >= most_domains
            if group and (len(group) >= most or one_domain_too_many or used + size > BODY_BYTES):
                yield tuple(group)
                group, used = [], FIXED_BYTES
                inside.clear()
            group.append(item)
            inside.add(domain)
            used += size
    if group:
        yield tuple(group)
