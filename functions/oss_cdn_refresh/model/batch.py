"""A batch: the items of one API call."""

from typing import NamedTuple

from oss_cdn_refresh.model.item import Item, ObjectType


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
