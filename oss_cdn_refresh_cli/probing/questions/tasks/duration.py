"""How long does a task take?"""

import math

from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Later, Notes, Unclear, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import MINUTE, Cost, Question, Text
from oss_cdn_refresh_cli.probing.questions.tasks.looking import COMPLETE, FINAL, LONGEST, LOOKS, status, submitted

EARLY, FIRST_LOOK_UP = 2, 6  # minutes: much earlier than the first look-up, and the first look-up


def begin(account: Account, _notes: Notes) -> Later:
    """Refresh one URL."""
    return Later(MINUTE, submitted(account, account.url("page.txt")))


def look(account: Account, notes: Notes) -> Answer | Later:
    """Look up the task, each minute."""
    looks = notes["looks"] = notes.get("looks", 0) + 1
    minute = math.ceil((account.effects.now() - notes["at"]) / MINUTE)
    found = status(account, notes)
    if found in FINAL - {COMPLETE}:
        raise Unclear(f"the task ended with {found}: run the probe again")
    if found != COMPLETE and looks < LOOKS:
        return Later(MINUTE, notes)
    if found != COMPLETE:
        return otherwise(f"one task was not complete after {minute} minutes", f"confirm: {{after: {int(LONGEST)}}}")
    seen = f"one task was complete within {minute} minutes"
    if EARLY < minute <= FIRST_LOOK_UP:
        return as_assumed(seen)
    return otherwise(seen, f"confirm: {{after: {int(minute * MINUTE)}}}")


QUESTION = Question(
    name="task-duration",
    question=Text(
        en="How long does a task take? Documents say 5 to 6 minutes, the only published task took 8 s",
        zh="一个任务需要多长时间？文档说 5 到 6 分钟，唯一公开的任务用了 8 秒",
    ),
    assumption=Text(
        en="more than two minutes, and at most six: the first look-up is after 6 minutes, the last one after an hour",
        zh="两分钟以上，最多六分钟：6 分钟后第一次查询，一小时后最后一次查询",
    ),
    otherwise=Text(
        en="earlier: `fresh_ms` is too large, set `confirm: {after: 60}`; later: tasks are confirmed at a "
        "later look-up, set a larger `after`, and a larger `give_up` if lines `unconfirmed` appear",
        zh="更早：`fresh_ms` 偏大，设置 `confirm: {after: 60}`；更晚：任务在之后的查询中才得到确认，请把 "
        "`after` 设大，出现 `unconfirmed` 行时也把 `give_up` 设大",
    ),
    check=Text(
        en="[fresh.sql](../infra/sls/queries/fresh.sql), of many refreshes",
        zh="用 [fresh.sql](../infra/sls/queries/fresh.sql) 统计多次刷新",
    ),
    steps=(begin, *(look,) * LOOKS),
    cost=Cost(urls=1),
    seconds=LONGEST,
    is_timed=True,
)
