"""When are the day's quotas reset? It can be tried only in the last half-hour of the quotas' day, UTC+8."""

from oss_cdn_refresh.model.item import FILE
from oss_cdn_refresh.model.quota import DAY, midnight
from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Later, Notes, NotTried, Unclear, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import MINUTE, Cost, Question, Text
from oss_cdn_refresh_cli.probing.questions.quotas.spending.remaining import left

BEFORE = 30 * MINUTE  # before 00:00 UTC+8
LOOKS = (1, 5, 35)  # minutes after it
SLACK = 3  # minutes by which a look may be late


def begin(account: Account, _notes: Notes) -> Later:
    """Use one URL, so that a reset can be seen."""
    to_midnight = _to_midnight(account)
    if not MINUTE < to_midnight <= BEFORE:
        raise NotTried(
            "a reset is at midnight only: run the probe between 23:30 and 23:59 UTC+8, and let it run until 00:35"
        )
    called = account.refresh(account.url("a.txt"))
    called.expect("the product refused the URL: {}")
    return Later(to_midnight - MINUTE, {"at": account.effects.now() + to_midnight})


def read(account: Account, notes: Notes) -> Later:
    """Read how much is left just before midnight."""
    if _minutes(account, notes) >= 0:
        raise Unclear("midnight has passed before the quota was read: run the probe again on another evening")
    allowance = account.quotas()[FILE]
    if allowance.left is None or allowance.of_a_day is None or allowance.left >= allowance.of_a_day:
        raise Unclear("the answer about the quota does not show that any of it is used")
    return _next(account, {**notes, "left": allowance.left}, LOOKS[0])


def look(account: Account, notes: Notes) -> Answer | Later:
    """Look a minute after midnight."""
    return _seen(account, notes, LOOKS[0]) or _next(account, notes, LOOKS[1])


def look_again(account: Account, notes: Notes) -> Answer | Later:
    """Look five minutes after midnight."""
    return _seen(account, notes, LOOKS[1]) or _next(account, notes, LOOKS[2])


def look_last(account: Account, notes: Notes) -> Answer:
    """Look after the half-hour in which the function tries again every ten minutes."""
    was = "was" if left(account, FILE) > notes["left"] else "was not"
    return otherwise(f"the quota was not reset at 00:05 UTC+8, and {was} at {_clock(_minutes(account, notes))}")


def _seen(account: Account, notes: Notes, planned: float) -> Answer | None:
    minutes = _minutes(account, notes)
    if minutes > planned + SLACK:
        raise Unclear(
            f"the probe continued only {minutes:.0f} minutes after midnight: run the probe again on another evening"
        )
    if left(account, FILE) <= notes["left"]:
        return None
    return as_assumed(f"the quota was reset at {_clock(minutes)} UTC+8, or earlier")


def _next(account: Account, notes: Notes, minutes: float) -> Later:
    return Later((minutes - _minutes(account, notes)) * MINUTE, notes)


def _minutes(account: Account, notes: Notes) -> float:
    """The minutes since midnight, negative before it."""
    since: float = account.effects.now() - notes["at"]
    return since / MINUTE


def _clock(minutes: float) -> str:
    hours, rest = divmod(int(minutes), 60)
    return f"{hours:02}:{rest:02}"


def _to_midnight(account: Account) -> float:
    now = account.effects.now()
    return midnight(now) + DAY - now


QUESTION = Question(
    name="quota-reset",
    question=Text(en="Are the quotas reset exactly at 00:00 UTC+8?", zh="配额是否正好在 UTC+8 的 00:00 重置？"),
    assumption=Text(
        en="by 00:05; a refusal in the first half-hour is tried again after 10 minutes",
        zh="不晚于 00:05；前半小时内被拒绝的刷新项在 10 分钟后重试",
    ),
    otherwise=Text(en="items wait a little longer", zh="刷新项多等待一会儿"),
    check=Text(en="`oss-cdn-refresh quota` at 00:01", zh="在 00:01 执行 `oss-cdn-refresh quota`"),
    steps=(begin, read, look, look_again, look_last),
    cost=Cost(urls=1),
    seconds=BEFORE + LOOKS[-1] * MINUTE,
    products=frozenset({"cdn", "dcdn"}),
)
