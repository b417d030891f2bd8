"""Checks that a domain has a copy for each query of a URL: otherwise no question about queries can be tried."""

from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import NotTried

NAME = "queries.txt"
OLD, NEW = "one", "two"


def check_apart(account: Account) -> None:
    """Let the edge cache the URL without a query, change the object, and ask with a query for the first time.

    :raises NotTried: the answer is the old copy: all queries of a URL have one copy.
    :raises Unclear: the answer is something else.
    """
    account.replace(NAME, OLD, NEW, [account.url(NAME)])
    if not account.is_new(account.url(NAME, "?probe=1"), OLD, NEW):
        what = "the domain ignores parameters, so all queries of a URL have one copy"
        raise NotTried(f"{what}: give a domain without Ignore Parameters")
