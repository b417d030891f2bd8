"""Reads parts of a template or of an answer by their types.

A value of another type is a fault in a template, and an unknown value in an answer: `complain` decides.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

EMPTY: Mapping[str, Any] = {}
Complain = Callable[[str, str, str], None]  # gets the place, the fault and the remedy; may raise


def ignore(_place: str, _what: str, _remedy: str) -> None:
    """Use the default for a value of another type."""


class Props(NamedTuple):
    """A mapping and its place. If `complain` does not raise, an unreadable value is its default or empty."""

    place: str
    values: Mapping[str, Any]
    complain: Complain = ignore

    def text(self, key: str, default: str | None = None) -> str:
        """The text under a key; required without a default."""
        value = self.values.get(key, default)
        if isinstance(value, str):
            return value
        self.complain(f"{self.place}.{key}", "is missing or no text", "write a text")
        return default or ""

    def number(self, key: str, default: int | None = None) -> int:
        """The whole number under a key; required without a default."""
        value = self.values.get(key, default)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        self.complain(f"{self.place}.{key}", "is missing or no whole number", "write one")
        return default or 0

    def flag(self, key: str, *, default: bool) -> bool:
        """The truth value under a key."""
        value = self.values.get(key, default)
        if isinstance(value, bool):
            return value
        self.complain(f"{self.place}.{key}", "is neither true nor false", "write true or false")
        return default

    def inner(self, *keys: str) -> "Props":
        """The mapping under a path of keys, an empty one if it is missing."""
        values: Any = self.values
        for key in keys:
            values = values.get(key) or EMPTY
            if not isinstance(values, Mapping):
                self.complain(f"{self.place}.{'.'.join(keys)}", f"{key} is no mapping", "write one")
                values = EMPTY
        return Props(".".join((self.place, *keys)), values, self.complain)

    def entries(self, key: str) -> Iterator["Props"]:
        """The mappings of the list under a key."""
        for number, value in enumerate(self._listed(key)):
            place = f"{self.place}.{key}[{number}]"
            if isinstance(value, Mapping):
                yield Props(place, value, self.complain)
            else:
                self.complain(place, "is no mapping", "write lines `name: value` below it")

    def texts(self, key: str) -> tuple[str, ...]:
        """The texts of the list under a key."""
        return tuple(str(value) for value in self._listed(key))

    def _listed(self, key: str) -> list[Any]:
        values = self.values.get(key) or []
        if isinstance(values, list):
            return values
        self.complain(f"{self.place}.{key}", "is no list", "write lines `- value` below it")
        return []
