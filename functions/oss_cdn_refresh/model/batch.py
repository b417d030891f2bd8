"""A batch: the items of one API call."""

from typing import NamedTuple

from oss_cdn_refresh.model.item import Item, ObjectType


class Batch(NamedTuple):
    """The items of one call: at least one."""

    type: ObjectType
    force: bool
    items: tuple[Item, ...]

    @property
    def domains(self) -> tuple[str, ...]:
        """The distinct domains of the items, in the order of the items."""
        return tuple(dict.fromkeys(item.domain for item in self.items))

    def halves(self) -> "tuple[Batch, Batch]":
        """The first and the second half of the items, as two batches."""
        middle = len(self.items) // 2
        return self._replace(items=self.items[:middle]), self._replace(items=self.items[middle:])

    def by_domain(self) -> "list[Batch]":
        """One batch for each domain."""
        return [
            self._replace(items=tuple(item for item in self.items if item.domain == domain)) for domain in self.domains
        ]
