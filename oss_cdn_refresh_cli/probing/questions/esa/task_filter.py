"""Does ESA filter tasks by `TaskId` without documenting it?"""

from collections.abc import Mapping

from oss_cdn_refresh.model.errors import CallRefused
from oss_cdn_refresh.products.esa.client import LOOK_UP
from oss_cdn_refresh.products.task_lists import TaskList
from oss_cdn_refresh.products.tasks import task_rows
from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Later, Notes, Unclear, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import MINUTE, Cost, Question, Text
from oss_cdn_refresh_cli.probing.questions.esa.calling import FILES, call
from oss_cdn_refresh_cli.probing.questions.tasks.looking import submitted

LOOKS = 5
NO_TASK = {"TaskId": "1"}
INVALID = "Invalid"  # the beginning of the codes for a parameter that is not allowed


def begin(account: Account, _notes: Notes) -> Later:
    """Refresh one URL, so that the site has a task."""
    return Later(MINUTE, submitted(account, account.url("page.txt")))


def look(account: Account, notes: Notes) -> Answer | Later:
    """List the tasks of the last minutes, and those with an id that no task has."""
    notes["looks"] = notes.get("looks", 0) + 1
    period = TaskList(notes["at"] - MINUTE, account.effects.now()).period()
    every = _count(account, period)
    if not every:
        if notes["looks"] == LOOKS:
            raise Unclear(f"the site shows no task {LOOKS} minutes after a refresh: run the probe again")
        return Later(MINUTE, notes)
    try:
        filtered = _count(account, {**period, **NO_TASK})
    except CallRefused as refusal:
        if not refusal.code.startswith(INVALID):
            raise
        return as_assumed(f"the parameter is refused ({refusal.code})")
    if filtered:
        return as_assumed("an id that no task has brings the tasks with other ids")
    return otherwise(f"the site has {every} tasks, and none with an id that no task has")


def _count(account: Account, more: Mapping[str, str]) -> int:
    return len(task_rows(call(account, LOOK_UP, {**FILES, **more}, "GET")))


QUESTION = Question(
    name="esa-task-filter",
    question=Text(
        en="Does ESA filter tasks by `TaskId` without documenting it?",
        zh="ESA 是否支持按 `TaskId` 过滤任务，只是没有写进文档？",
    ),
    assumption=Text(
        en="no: the parameter is never sent; the function lists the tasks of the ESA site by type and time and finds "
        "its own",
        zh="否：从不发送该参数；函数按类型和时间列出 ESA 站点的任务，从中找出自己的",
    ),
    otherwise=Text(
        en="the function could make fewer look-ups",
        zh="函数可以减少查询次数",
    ),
    check=Text(
        en="`aliyun esa DescribePurgeTasks --SiteId 123456789012345 --Type file --TaskId 1 --force` (the CLI knows no "
        "`TaskId` of this call)",
        zh="`aliyun esa DescribePurgeTasks --SiteId 123456789012345 --Type file --TaskId 1 --force`"
        "（CLI 不知道该接口有 `TaskId`）",
    ),
    steps=(begin, *(look,) * LOOKS),
    cost=Cost(urls=1),
    seconds=LOOKS * MINUTE,
    products=frozenset({"esa"}),
)
