"""Can a task that failed become complete later?"""

from itertools import islice

from oss_cdn_refresh.model.confirmation import Task
from oss_cdn_refresh.model.effects import timestamp
from oss_cdn_refresh_cli.clients.tasks import FAILED, tasks
from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Later, Notes, NotTried, Unclear, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import MINUTE, Question, Text
from oss_cdn_refresh_cli.probing.questions.tasks.looking import COMPLETE

MOST = 2_000  # rows of the account's list
HOUR = 60 * MINUTE
WAIT = 15 * MINUTE


def _identity(task: Task) -> list[str]:
    return [task.id, task.type, task.url, task.created_at]


def begin(account: Account, _notes: Notes) -> Later:
    """Find failed tasks in the account's list. The list call updates their status, so a later step lists them again."""
    listed = islice(tasks(account.operation, account.place.target), MOST)
    failed = [_identity(task) for task in listed if task.status in FAILED]
    if not failed:
        what = f"none of the newest {MOST:,} tasks of the last 3 days failed"
        raise NotTried(f"{what}: run the probe within 3 days after a line refresh_failed")
    return Later(WAIT, {"failed": failed})


def look(account: Account, notes: Notes) -> Answer:
    """List the tasks again: if the assumption holds, tasks older than an hour are still failed."""
    now = {
        tuple(_identity(task)): task.status
        for task in islice(tasks(account.operation, account.place.target), MOST)
        if _identity(task) in notes["failed"]
    }
    if any(status == COMPLETE for status in now.values()):
        return otherwise("a task that had failed is complete 15 minutes later", "confirm: {resubmit: 0}")
    old = timestamp(account.effects.now() - HOUR)
    still = [identity for identity, status in now.items() if status in FAILED and identity[-1].replace(" ", "T") < old]
    if not still:
        raise Unclear("the failed tasks are less than an hour old: run the probe again in an hour")
    return as_assumed(f"{len(still)} tasks that are more than an hour old are still failed")


QUESTION = Question(
    name="failed-is-final",
    question=Text(
        en="Can `Failed` become `Complete` later?",
        zh="`Failed` 之后会变为 `Complete` 吗？",
    ),
    assumption=Text(en="no: a failed task is final", zh="否：失败的任务不会再变"),
    otherwise=Text(
        en="the function submits the URL once more than needed: with `confirm: {resubmit: 0}` the item "
        "becomes a dead letter at once",
        zh="函数多提交一次该 URL：设置 `confirm: {resubmit: 0}` 后，刷新项直接成为死信",
    ),
    check=Text(
        en="look up a failed task again after an hour: `oss-cdn-refresh tasks 704222904`",
        zh="一小时后再查询一次失败的任务：`oss-cdn-refresh tasks 704222904`",
    ),
    steps=(begin, look),
    seconds=WAIT,
)
