"""Budgets: how many URLs and how many directories may be refreshed."""

import math
from collections.abc import Iterator
from typing import NamedTuple


class Budget(NamedTuple):
    """A number of URLs and a number of directories."""

    urls: int
    directories: int


NOTHING_KEPT = Budget(0, 0)


class SavingsRule(NamedTuple):
    """How much is kept for later changes of the day, and the number of batches for which directories must suffice."""

    kept: Budget = NOTHING_KEPT
    shares: int = 1

    def steps(self, budget: Budget) -> Iterator[Budget]:
        """The budgets to try, one after the other, from one share of the directories up to the whole budget.

        With all directories, the first batch of a day would have a little less collateral, and the next batch would be
        deferred. So a batch gets one share, and more only if that is not enough. The kept part comes last.
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
