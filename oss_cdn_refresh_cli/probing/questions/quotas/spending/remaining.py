"""Reads how much of a day's quota is left, and checks that nobody else uses it meanwhile."""

from oss_cdn_refresh.model.item import ObjectType
from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Unclear

SETTLES = 60.0  # seconds after which the answer about the quota shows a call: no document says how long it takes
QUIET = 720.0  # seconds after which no other question of a run submits items: OSS's own refreshes are seen after 660
AGAIN = "run the probe again with --only, in a quiet hour"


def left(account: Account, kind: ObjectType) -> int:
    """How many items of a type are left today.

    :raises Unclear: the answer has no figure.
    """
    found = account.quotas()[kind].left
    if found is None:
        raise Unclear(f"the answer about the quota has no number of remaining {kind} items")
    return found


def check_quiet(account: Account, kind: ObjectType, before: int) -> None:
    """Check that the remaining quota has not changed.

    :raises Unclear: somebody else uses it.
    """
    now = left(account, kind)
    if now != before:
        what = f"somebody else uses the quota: {before:,} {kind} items were left, and {now:,} a minute later"
        raise Unclear(f"{what}: {AGAIN}")
