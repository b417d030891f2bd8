"""Does the first look-up of a task return its current status?"""

from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Later, Notes, Unclear, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import MINUTE, Cost, Question, Text
from oss_cdn_refresh_cli.probing.questions.tasks.looking import COMPLETE, status, submitted

WAIT = 14 * MINUTE  # other questions list all tasks after 15 minutes, which updates their status
BETWEEN = 10.0  # seconds between two look-ups


def begin(account: Account, _notes: Notes) -> Later:
    """Refresh one URL, and do not look up its task before it must be complete."""
    return Later(WAIT, submitted(account, account.url("page.txt")))


def first(account: Account, notes: Notes) -> Answer | Later:
    """Look up the task for the first time."""
    found = status(account, notes)
    if found == COMPLETE:
        return otherwise("the first look-up, after 14 minutes, shows Complete")
    return Later(BETWEEN, {**notes, "first": found})


def second(account: Account, notes: Notes) -> Answer:
    """Look up the task again, some seconds later."""
    found, before = status(account, notes), notes["first"] or "no row"
    if found != COMPLETE:
        raise Unclear(
            f"the task is not complete after 14 minutes ({before}, then {found or 'no row'}): run the probe again"
        )
    return as_assumed(
        f"the first look-up, after 14 minutes, shows {before}, and one {BETWEEN:.0f} s later Complete: "
        "confirm: {every: 60} confirms sooner"
    )


QUESTION = Question(
    name="first-look",
    question=Text(
        en="Does the first look-up of a task return its current status? A call of DescribeRefreshTasks only "
        "starts the update of the status",
        zh="第一次查询任务返回的是当前状态吗？对 DescribeRefreshTasks 来说，请求本身才开始更新状态",
    ),
    assumption=Text(
        en="the status may be out of date: the function decides only by a final status. The URLs are then "
        "confirmed one look-up later; `confirm: {every: 60}` shortens the wait",
        zh="状态可能不是最新的：函数只按最终状态作决定。这时 URL 在下一次查询中得到确认；设置 `confirm: "
        "{every: 60}` 可以缩短等待",
    ),
    otherwise=Text(
        en="nothing: URLs are confirmed at the first look-up",
        zh="没有影响：URL 在第一次查询时就得到确认",
    ),
    check=Text(
        en="15 minutes after a refresh, look up its task twice, some seconds apart",
        zh="刷新 15 分钟后，隔几秒查询任务两次",
    ),
    steps=(begin, first, second),
    cost=Cost(urls=1),
    seconds=WAIT + BETWEEN,
    is_timed=True,
)
