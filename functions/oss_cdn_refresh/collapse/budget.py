"""What may be spent: refreshes of single URLs and of directories."""

from typing import NamedTuple


class Budget(NamedTuple):
    """So many URLs and so many directories."""

    urls: int
    directories: int
