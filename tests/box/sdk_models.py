"""Compares answers with the models of the official SDKs."""

from collections.abc import Iterator
from typing import Any


def missing(model: Any, place: str = "") -> Iterator[str]:
    """The fields of a model, and of those inside it, that an answer did not fill."""
    for name, value in vars(model).items():
        for inner in value if isinstance(value, list) else [value]:
            if inner is None:
                yield f"{place}{name}"
            elif hasattr(inner, "to_map"):
                yield from missing(inner, f"{place}{name}.")
