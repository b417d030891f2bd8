"""Parts of a template, read by their types: what has another one is refused with its place."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from infra.reading.variables import TemplateError

EMPTY: Mapping[str, Any] = {}


def mapping(file: str, place: str, value: Any) -> Mapping[str, Any]:
    """A value that has to be a mapping.

    :raises TemplateError: it is none.
    """
    if not isinstance(value, Mapping):
        raise TemplateError(file, place, "is no mapping", "write lines `name: value` below it")
    return value


class Props(NamedTuple):
    """A mapping of the template and where it stands."""

    file: str
    place: str
    values: Mapping[str, Any]

    def text(self, key: str, default: str | None = None) -> str:
        """The text under a key; required where it has no default."""
        value = self.values.get(key, default)
        if not isinstance(value, str):
            raise TemplateError(self.file, f"{self.place}.{key}", "is missing or no text", "write a text")
        return value

    def number(self, key: str, default: int | None = None) -> int:
        """The whole number under a key; required where it has no default."""
        value = self.values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int):
            raise TemplateError(self.file, f"{self.place}.{key}", "is missing or no whole number", "write one")
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        """The truth value under a key."""
        value = self.values.get(key, default)
        if not isinstance(value, bool):
            raise TemplateError(self.file, f"{self.place}.{key}", "is neither true nor false", "write true or false")
        return value

    def inner(self, *keys: str) -> "Props":
        """The mapping under a path of keys, an empty one where it is missing."""
        values: Any = self.values
        for key in keys:
            values = values.get(key) or EMPTY
            if not isinstance(values, Mapping):
                raise TemplateError(self.file, f"{self.place}.{'.'.join(keys)}", f"{key} is no mapping", "write one")
        return Props(self.file, ".".join((self.place, *keys)), values)

    def entries(self, key: str) -> Iterator["Props"]:
        """The mappings of the list under a key."""
        for number, value in enumerate(self._listed(key)):
            place = f"{self.place}.{key}[{number}]"
            yield Props(self.file, place, mapping(self.file, place, value))

    def texts(self, key: str) -> tuple[str, ...]:
        """The texts of the list under a key."""
        return tuple(str(value) for value in self._listed(key))

    def _listed(self, key: str) -> list[Any]:
        values = self.values.get(key) or []
        if not isinstance(values, list):
            raise TemplateError(self.file, f"{self.place}.{key}", "is no list", "write lines `- value` below it")
        return values
