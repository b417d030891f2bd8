"""One thing that is wrong with a deployment, said so that a person can fix it."""

from enum import Enum
from typing import NamedTuple


class Weight(Enum):
    """How bad it is."""

    FAULT = "changes are lost, wait for ever or are not refreshed"  # nobody should deploy it; a failure in the account
    WEAKNESS = "it works, but not as well as it could"  # nobody should deploy it; a warning in the account
    HINT = "it works all the same"  # a warning in both


class Finding(NamedTuple):
    """Where, what is wrong, and what to do. `file` is "" where it is about the template or the account itself."""

    place: str
    what: str
    remedy: str
    weight: Weight = Weight.FAULT
    file: str = ""
