"""When do calls share the id of a task?"""

import math

from oss_cdn_refresh.model.item import DIRECTORY
from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Notes, Unclear, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import Cost, Question, Text

A_PAIR = 0.9  # seconds from a second's beginning, in which both calls are answered
TRIES = 3  # pairs of calls: a pair may lie in two seconds


def look(account: Account, _notes: Notes) -> Answer:
    """Submit pairs of calls in the same second, and one directory."""
    within = 0
    for number in range(TRIES):
        account.effects.sleep(math.ceil(account.effects.now()) - account.effects.now())  # a second begins
        began = account.effects.monotonic()
        first = account.refresh(account.url(f"{number}/a.txt"))
        second = account.refresh(account.url(f"{number}/b.txt"))
        within += account.effects.monotonic() - began < A_PAIR
        directory = account.refresh(account.url(f"{number}/"), object_type=DIRECTORY)
        if not first.accepted or not second.accepted:
            raise Unclear(f"the product refused a call ({first.code or second.code}): run the probe again")
        shared = set(first.task_ids) & set(second.task_ids)
        if shared:
            also = "has the same id" if shared & set(directory.task_ids) else "has an id of its own"
            kind = f"a directory in the same second {also}" if directory.accepted else "a directory was refused"
            return as_assumed(f"two calls with URLs in the same second have one id; {kind}")
    if not within:
        raise Unclear("no two calls were answered within a second: run it from a place nearer to the product")
    return otherwise(f"{within} of {TRIES} pairs of calls lay in one second, and all have an id for each call")


QUESTION = Question(
    name="shared-ids",
    question=Text(
        en="When do calls share an id? The SDK says: URLs of a domain in the same second, up to 2,000; a comment "
        "elsewhere says: directories too",
        zh="多次请求何时共用一个任务 ID？SDK 说：同一域名在同一秒提交的 URL，最多 2,000 个；另一处注释说：目录也是",
    ),
    assumption=Text(
        en="calls with URLs in the same second do: an id may have rows of any caller. Rows are matched by "
        "type and URL, never by the id alone",
        zh="同一秒提交的 URL 共用：一个 ID 下可能有任何行，包括其他调用者的。函数按类型和 URL 匹配，从不只看 ID",
    ),
    otherwise=Text(
        en="nothing. Under the assumption, a row of another caller for the same URL counts as a row of the function",
        zh="没有影响。按现在的假设，其他调用者对同一 URL 的行会算作函数自己的行",
    ),
    check=Text(
        en="two calls in the same second, then compare the ids",
        zh="在同一秒内发出两次请求，再比较 ID",
    ),
    steps=(look,),
    cost=Cost(urls=2 * TRIES, directories=TRIES),
    products=frozenset({"cdn", "dcdn"}),
)
