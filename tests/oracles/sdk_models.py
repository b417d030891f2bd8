"""Compares JSON with the models of Alibaba Cloud's SDKs: unknown fields, values of another type, missing fields.

A model has an attribute for each field, with its type as an annotation; its `to_map` knows the field's name in JSON.
A comment above the attribute says which fields of a request are required. No request is sent.
"""

import inspect
import re
from collections.abc import Iterator, Mapping
from functools import cache
from types import NoneType
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints

REQUIRED = re.compile(r"# This parameter is required\.\n\s+self\.(\w+) = ")


class Complaint(NamedTuple):
    """A difference between a field and its model."""

    model: str  # the class's name
    field: str  # its name in JSON
    place: str  # its place, such as "drain.triggers[0].runOptions.mode"
    what: str


class _Marker(list[Any]):
    """A value for any attribute, which can be found again in the JSON."""

    def to_map(self) -> str:
        """Be the JSON of a model inside another."""
        return "marked"


@cache
def fields(model: Any) -> Mapping[str, Any]:
    """The type of each field of a model, by its name in JSON."""
    without = model().to_map() or {}
    known = {}
    for attribute, hint in get_type_hints(model.__init__).items():
        if attribute != "return":
            written = model(**{attribute: _Marker([_Marker()])}).to_map()
            (name,) = (name for name, value in written.items() if name not in without or without[name] != value)
            known[name] = hint
    return known


def of_an_answer(models: Any, action: str) -> Any:
    """The model of the JSON that an action answers; `models` is the module of an SDK."""
    return next(_models(get_type_hints(getattr(models, f"{action}Response").__init__)["body"]))


@cache
def required(model: Any) -> frozenset[str]:
    """The names in JSON of the required fields of a request."""
    attributes = [name for name in get_type_hints(model.__init__) if name != "return"]
    names = dict(zip(attributes, fields(model), strict=True))
    return frozenset(names[attribute] for attribute in REQUIRED.findall(inspect.getsource(model)))


def complaints(model: Any, value: Any, place: str) -> Iterator[Complaint]:
    """The fields of a value, and of those inside it, that the model does not know or whose type it does not allow."""
    known = fields(model)
    for name, inner in value.items():
        if name in known:
            yield from _typed(known[name], inner, Complaint(model.__name__, name, f"{place}.{name}", ""))
        else:
            yield Complaint(model.__name__, name, f"{place}.{name}", "is unknown")


def missing(model: Any, value: Mapping[str, Any], place: str) -> Iterator[Complaint]:
    """The fields of the model, and of those inside it, that an answer lacks, and its lists without a row."""
    for name, hint in fields(model).items():
        inside = list(_models(hint))
        written = value.get(name)
        if written is None or (inside and written == []):
            yield Complaint(model.__name__, name, f"{place}.{name}", "is missing" if written is None else "is empty")
        for row in written if isinstance(written, list) else [written]:
            for inner in inside if isinstance(row, Mapping) else ():
                yield from missing(inner, row, f"{place}.{name}")


def _typed(hint: Any, value: Any, subject: Complaint) -> Iterator[Complaint]:
    """Whether a value has the type of an annotation; `subject` names the field."""
    types = [each for each in get_args(hint) if each is not NoneType]
    outer = get_origin(hint)
    if NoneType in get_args(hint):  # Python 3.10 reads `field: str = None` as optional
        yield from _typed(types[0], value, subject)
    elif _is_model(hint) and isinstance(value, Mapping):
        yield from complaints(hint, value, subject.place)
    elif outer is list and isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _typed(types[0], inner, subject._replace(place=f"{subject.place}[{number}]"))
    elif outer is dict and isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _typed(types[1], inner, subject._replace(place=f"{subject.place}.{name}"))
    elif outer is not None or _is_model(hint) or not _is(hint, value):
        wanted = getattr(hint, "__name__", str(hint)).lower()
        yield subject._replace(what=f"is a {type(value).__name__}, not a {wanted}")


def _is(hint: Any, value: Any) -> bool:
    if hint is Any:
        return True
    accepted = (int, float) if hint is float else hint
    return isinstance(value, accepted) and (hint is bool or not isinstance(value, bool))


def _is_model(hint: Any) -> bool:
    return hasattr(hint, "from_map")


def _models(hint: Any) -> Iterator[Any]:
    """The models in an annotation: of a field that is one, or of the rows of a list."""
    if _is_model(hint):
        yield hint
    for inner in get_args(hint):
        yield from _models(inner)
