"""When is the daily quota of ESA reset? The steps compare the used quota with the tasks since the two midnights."""

from itertools import islice

from oss_cdn_refresh.model.effects import timestamp
from oss_cdn_refresh.products.esa.client import QUOTA
from oss_cdn_refresh_cli.clients.tasks import tasks
from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Later, Notes, NotTried, Unclear, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import Question, Text
from oss_cdn_refresh_cli.probing.questions.esa.calling import FILES, call
from oss_cdn_refresh_cli.probing.questions.tasks.looking import QUIET

DAY, UTC_PLUS_8 = 86_400, 28_800  # seconds
MOST = 2_000  # tasks that are listed


def begin(account: Account, _notes: Notes) -> Later:
    """Check that the two midnights make a difference, and let the other questions of the run submit their items."""
    ours, utc = _since(account)
    if ours == utc:
        raise NotTried(
            "no URL was refreshed between the two midnights: run the probe after 08:00 UTC+8 on a day with some"
        )
    return Later(QUIET, {})


def look(account: Account, _notes: Notes) -> Answer:
    """Compare the usage with the number of URLs since 00:00 UTC+8, and since 00:00 UTC."""
    before = _usage(account)
    ours, utc = _since(account)
    used = _usage(account)
    if used != before:
        raise Unclear("somebody else refreshed URLs during this question: run the probe again")
    seen = f"{used} URLs are used; {ours} were refreshed since 00:00 UTC+8, {utc} since 00:00 UTC"
    if used == ours:
        return as_assumed(seen)
    if used == utc:
        return otherwise(seen)
    raise Unclear(f"{seen}: the figures do not match, because something else uses quota")


def _since(account: Account) -> tuple[int, int]:
    """How many URLs were refreshed since 00:00 UTC+8, and since 00:00 UTC."""
    listed = [task for task in islice(tasks(account.operation, account.place.target), MOST) if task.type == "file"]
    now = account.effects.now()
    ours, utc = (
        sum(task.created_at.replace(" ", "T") >= timestamp((now + zone) // DAY * DAY - zone) for task in listed)
        for zone in (UTC_PLUS_8, 0)
    )
    return ours, utc


def _usage(account: Account) -> int:
    used = call(account, QUOTA, FILES).figure("Usage")
    if used is None:
        raise Unclear("the answer of ESA has no usage")
    return used


QUESTION = Question(
    name="esa-reset",
    question=Text(en="When is the daily quota of ESA reset?", zh="ESA 的每日配额何时重置？"),
    assumption=Text(
        en="at 00:00 UTC+8, like the quota of the CDN; the function reads `Usage` again then",
        zh="与 CDN 相同，在 UTC+8 的 00:00；函数届时重新读取 `Usage`",
    ),
    otherwise=Text(
        en="items wait for the wrong hour, and then for another reset",
        zh="刷新项等到错误的时刻，然后再等下一次重置",
    ),
    check=Text(
        en="`oss-cdn-refresh quota` around 00:00 UTC+8 and 00:00 UTC",
        zh="在 UTC+8 的 00:00 和 UTC 的 00:00 前后执行 `oss-cdn-refresh quota`",
    ),
    steps=(begin, look),
    seconds=QUIET,
    products=frozenset({"esa"}),
)
