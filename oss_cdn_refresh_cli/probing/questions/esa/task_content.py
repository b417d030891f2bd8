"""Does `Content` in a task of ESA hold one URL or all URLs of the call?"""

from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Later, Notes, Unclear, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import MINUTE, Cost, Question, Text
from oss_cdn_refresh_cli.probing.questions.tasks.looking import rows, statuses, submitted

LOOKS = 5


def begin(account: Account, _notes: Notes) -> Later:
    """Refresh two URLs in one call."""
    return Later(MINUTE, submitted(account, account.url("a.txt"), account.url("b.txt")))


def look(account: Account, notes: Notes) -> Answer | Later:
    """Check whether the function finds both URLs."""
    notes["looks"] = notes.get("looks", 0) + 1
    if all(statuses(account, notes).values()):
        return as_assumed("the function finds both URLs of the call in its tasks")
    if notes["looks"] < LOOKS:
        return Later(MINUTE, notes)
    found = sorted({row.url for row in rows(account, notes)})
    if not found:
        raise Unclear(f"ESA shows no task of the call after {LOOKS} minutes: run the probe again")
    return otherwise(f"two URLs were submitted, the tasks have {', '.join(found)}", "confirm: {mode: never}")


QUESTION = Question(
    name="esa-task-content",
    question=Text(
        en="Does `Content` in a task of ESA hold one URL or all URLs of the call?",
        zh="ESA 任务中的 `Content` 含一个 URL 还是请求的所有 URL？",
    ),
    assumption=Text(
        en="the function understands both",
        zh="函数两种都能理解",
    ),
    otherwise=Text(
        en="the items are `unconfirmed`: `confirm: {mode: never}`",
        zh="刷新项为 `unconfirmed`：设置 `confirm: {mode: never}`",
    ),
    check=Text(
        en="`aliyun esa DescribePurgeTasks --SiteId 123456789012345 --Type file` after a refresh of two URLs",
        zh="刷新两个 URL 之后执行 `aliyun esa DescribePurgeTasks --SiteId 123456789012345 --Type file`",
    ),
    steps=(begin, *(look,) * LOOKS),
    cost=Cost(urls=2),
    seconds=LOOKS * MINUTE,
    products=frozenset({"esa"}),
)
