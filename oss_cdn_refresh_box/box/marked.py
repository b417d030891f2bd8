"""The terms of a box that a test's marker gives: people write them by hand, and nothing else checks their types."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from oss_cdn_refresh_box.box import LONGEST_DELAY, PORTS
from oss_cdn_refresh_box.box.terms import Terms
from oss_cdn_refresh_cli.shared.errors import Failed

Check = Callable[[Any], bool]


def _a_list(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and all(isinstance(each, str) for each in value)


def _a_file(value: Any) -> bool:
    return value is None or isinstance(value, (str, Path))


def _a_delay(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= LONGEST_DELAY


A_LIST: tuple[Check, str] = (_a_list, "a list of texts")
A_FILE: tuple[Check, str] = (_a_file, "the path of a file")
TYPES: Mapping[str, tuple[Check, str]] = {
    "buckets": A_LIST,
    "domains": A_LIST,
    "queues": A_LIST,
    "notify": (lambda value: isinstance(value, str), "the name of a queue"),
    "base64": (lambda value: isinstance(value, bool), "True or False"),
    "template": A_FILE,
    "refresh_config": A_FILE,
    "delay": (_a_delay, f"seconds, from 0 to {LONGEST_DELAY}"),
    "port": (lambda value: value == 0 or value in PORTS, f"a number from {PORTS[0]} to {PORTS[-1]}, or 0"),
    "variables": (lambda value: isinstance(value, Mapping), "a dictionary"),
}


def terms(positional: tuple[Any, ...], named: Mapping[str, Any]) -> Terms:
    """The terms of a marker with these arguments.

    :raises Failed: there is no such term, or its value has another type.
    """
    if positional:
        raise Failed(f"{positional[0]!r} has no name: write such as buckets=[…]")
    for name, value in named.items():
        if name not in TYPES:
            raise Failed(f"{name} is no term: write one of {', '.join(TYPES)}")
        check, wanted = TYPES[name]
        if not check(value):
            raise Failed(f"{name} is {value!r}: write {wanted}")
    return Terms(**named)
