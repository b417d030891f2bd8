"""One thing that is wrong with a deployment, said so that a person can fix it."""

from typing import NamedTuple


class Finding(NamedTuple):
    """What is wrong, where, and what to do about it."""

    file: str
    place: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}: {self.place}: {self.what}: {self.remedy}"
