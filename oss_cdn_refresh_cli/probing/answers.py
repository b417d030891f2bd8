"""The answers of the probe.

A step returns an `Answer`, or `Later` if another step follows after a wait. A step without an answer raises an error:

Failed              the command's errors
├── Unclear         the question was tried, but the observation does not answer it
└── NotTried        the question was not tried, because something is missing: an option, a product, a rule of the domain
"""

from enum import Enum
from typing import Any, NamedTuple

from oss_cdn_refresh_cli.shared.errors import Failed

Notes = dict[str, Any]
"""Values that a step hands to the next step. JSON must hold them: the next step may run in another process."""


class Kind(Enum):
    """The kinds of answers, as people and documents see them."""

    AS_ASSUMED = "as assumed"
    OTHERWISE = "otherwise"
    UNCLEAR = "unclear"
    NOT_TRIED = "not tried"
    BY_HAND = "by hand"


class Answer(NamedTuple):
    """seen: the observation, one sentence. setting: the line for the configuration, "" for none."""

    kind: Kind
    seen: str
    setting: str = ""


class Later(NamedTuple):
    """The next step follows after so many seconds, with these notes."""

    seconds: float
    notes: Notes


class Unclear(Failed):
    """The observation does not answer the question. The message has the observation, and the next step."""


class NotTried(Failed):
    """Something is missing. The message says what, and how to give it."""


def as_assumed(seen: str) -> Answer:
    """The cloud does what the project assumes."""
    return Answer(Kind.AS_ASSUMED, seen)


def otherwise(seen: str, setting: str = "") -> Answer:
    """The cloud does something else."""
    return Answer(Kind.OTHERWISE, seen, setting)
