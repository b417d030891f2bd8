"""What may be spent: refreshes of single URLs and of directories."""

import math
from collections.abc import Iterator
from typing import NamedTuple


class Budget(NamedTuple):
    """So many URLs and so many directories."""

    urls: int
    directories: int


NOTHING_KEPT = Budget(0, 0)


class SavingsRule(NamedTuple):
    """What is kept for later changes of the day, and how many shares the directories have to last for."""

    kept: Budget = NOTHING_KEPT
    shares: int = 1

    def steps(self, budget: Budget) -> Iterator[Budget]:
        """Budgets to try one after the other, from the share that the savings rule allows to all there is.

        With all directories the first batch of a day would expire a little less, and the next one could only wait: so
        it has a share of them, and more only where that does not suffice. What is kept comes last.
        """
        spare = max(0, budget.directories - self.kept.directories)
        urls = max(0, budget.urls - self.kept.urls)
        spent = math.ceil(spare / self.shares)
        while spent < spare:
            yield Budget(urls, spent)
            spent *= 2
        yield Budget(urls, spare)
        more = 1
        while spare + more < budget.directories:
            yield Budget(budget.urls, spare + more)
            more *= 2
        yield budget
