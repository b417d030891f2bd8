"""Tries a limit of items a minute and domain: submits the assumed number, and one more item within the minute."""

from oss_cdn_refresh.model.item import ObjectType
from oss_cdn_refresh.model.limits import MINUTE
from oss_cdn_refresh.model.verdict import Verdict
from oss_cdn_refresh_cli.probing.account import Account, Called
from oss_cdn_refresh_cli.probing.answers import Answer, Later, Unclear, as_assumed, otherwise

QUIET = 2 * MINUTE  # in which nothing else of the probe refreshes the domain
START = 1.0  # seconds after the beginning of a minute of the clock


def quiet(account: Account) -> Later:
    """Wait until earlier calls no longer count, and a minute of the clock begins: some APIs count by the clock."""
    ends = account.effects.now() + QUIET
    return Later(QUIET + MINUTE - ends % MINUTE + START, {})


def tried(account: Account, kind: ObjectType, most: int, setting: str) -> Answer:
    """Submit the assumed number of items in one call, and one item in a second call.

    :raises Unclear: another refusal, or the minute was over.
    """
    minute = account.effects.now() // MINUTE
    end = "/" if kind == "Directory" else ".txt"
    urls = [account.url(f"{number}{end}") for number in range(most + 1)]
    if not (first := account.refresh(*urls[:-1], object_type=kind)).accepted:
        raise Unclear(f"the product refused the first {most:,} in a minute: {first.code}: {first.message}")
    second = account.refresh(urls[-1], object_type=kind)
    if account.effects.now() // MINUTE != minute:
        raise Unclear("the two calls did not lie in one minute of the clock: run the probe again")
    return _judged(second, most, setting)


def _judged(second: Called, most: int, setting: str) -> Answer:
    if second.accepted:
        return otherwise(f"{most + 1:,} in one minute and domain were accepted: the limit is higher", setting)
    if second.verdict is Verdict.MINUTE_FULL:
        return as_assumed(f"{most:,} in one minute and domain were accepted, one more was refused: {second.code}")
    raise Unclear(f"the product refused the last one for another reason: {second.code}: {second.message}")
