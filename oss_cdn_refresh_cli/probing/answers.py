"""What a question of the probe ends with.

A step returns an `Answer`, or `Later` where it has to wait. It raises one of these where it cannot tell:

Failed              the command's errors
├── Unclear         it was tried, and what was seen decides nothing
└── NotTried        it was not tried, because something is missing: an option, a product, a rule of the domain
"""

from enum import Enum
from typing import Any, NamedTuple

from oss_cdn_refresh_cli.shared.errors import Failed

Notes = dict[str, Any]
"""What a step leaves to the next one, as JSON holds it: the next one may run in another process."""


class Kind(Enum):
    """The kinds of answers, as people and documents see them."""

    AS_ASSUMED = "as assumed"
    OTHERWISE = "otherwise"
    UNCLEAR = "unclear"
    NOT_TRIED = "not tried"
    BY_HAND = "by hand"


class Answer(NamedTuple):
    """seen: what was seen, one sentence. setting: what to set in the configuration, "" for nothing."""

    kind: Kind
    seen: str
    setting: str = ""


class Later(NamedTuple):
    """The next step follows after so many seconds, with these notes."""

    seconds: float
    notes: Notes


class Unclear(Failed):
    """What was seen decides nothing. The message says what was seen, and what would help."""


class NotTried(Failed):
    """Something is missing. The message says what, and how to give it."""


def as_assumed(seen: str) -> Answer:
    """The cloud does what the project assumes."""
    return Answer(Kind.AS_ASSUMED, seen)


def otherwise(seen: str, setting: str = "") -> Answer:
    """The cloud does something else."""
    return Answer(Kind.OTHERWISE, seen, setting)
