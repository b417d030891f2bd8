"""Which words can the status of a task have?"""

from collections import Counter
from itertools import islice

from oss_cdn_refresh_cli.clients.tasks import FAILED, UNDER_WAY, tasks
from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Later, Notes, Unclear, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import MINUTE, Cost, Question, Text
from oss_cdn_refresh_cli.probing.questions.tasks.looking import COMPLETE, rows, submitted

MOST = 2_000  # rows of the account's list
KNOWN = FAILED | UNDER_WAY | {COMPLETE}
SOON = 15.0  # seconds


def begin(account: Account, _notes: Notes) -> Later:
    """Refresh one URL."""
    return Later(SOON, submitted(account, account.url("page.txt")))


def early(account: Account, notes: Notes) -> Later:
    """Note the status of a new task."""
    words = sorted({row.status for row in rows(account, notes)})
    return Later(MINUTE, {**notes, "words": words})


def look(account: Account, notes: Notes) -> Answer:
    """Note the status of this task, and of all tasks of the last three days."""
    listed = islice(tasks(account.operation, account.place.target), MOST)
    counts = Counter(task.status or "(none)" for task in listed) + Counter(notes["words"])
    if not counts:
        raise Unclear("the product shows no task a minute after a refresh: run the probe again")
    shown = ", ".join(f"{word} ({count})" for word, count in counts.most_common())
    if unknown := sorted(set(counts) - KNOWN):
        return otherwise(f"unknown words: {', '.join(unknown)}; of all rows: {shown}")
    return as_assumed(f"only known words: {shown}")


QUESTION = Question(
    name="status-words",
    question=Text(
        en="Which words can `Status` have? Complete, Refreshing, Pending and Failed are documented for answers, "
        "Timeout and Canceled only as filters",
        zh="`Status` 有哪些取值？文档中应答的取值为 Complete、Refreshing、Pending 和 Failed，Timeout 和 Canceled "
        "只作为过滤条件出现",
    ),
    assumption=Text(
        en="these six. `Failed`, `Timeout` and `Canceled` are failures; any other value means: not complete yet",
        zh="就是这六个。`Failed`、`Timeout` 和 `Canceled` 表示失败；其他任何取值都表示尚未完成",
    ),
    otherwise=Text(
        en="the items are `unconfirmed` after `give_up`; please report the word",
        zh="超过 `give_up` 后，这些刷新项为 `unconfirmed`；请把这个取值告诉我们",
    ),
    check=Text(
        en="`aliyun cdn DescribeRefreshTaskById --TaskId 704222904` of an `unconfirmed` item",
        zh="对 `unconfirmed` 的刷新项执行 `aliyun cdn DescribeRefreshTaskById --TaskId 704222904`",
    ),
    steps=(begin, early, look),
    cost=Cost(urls=1),
    seconds=SOON + MINUTE,
)
