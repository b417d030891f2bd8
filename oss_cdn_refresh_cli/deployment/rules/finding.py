"""A finding of a rule: one fault of a deployment, with its remedy."""

from enum import Enum
from typing import NamedTuple


class Weight(Enum):
    """The weight of a finding."""

    FAULT = "changes are lost, wait for ever or are not refreshed"  # stops a deployment; a failure in the account
    WEAKNESS = "it works, but not as well as it could"  # stops a deployment; a warning in the account
    HINT = "it works all the same"  # a warning in both


class Finding(NamedTuple):
    """The place, the fault and the remedy. `file` is "" for the template or the account itself."""

    place: str
    what: str
    remedy: str
    weight: Weight = Weight.FAULT
    file: str = ""
