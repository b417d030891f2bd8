"""Does the event stream read the backlog with its own roles?"""

from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Later, Notes, Unclear, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import Cost, Question, Text
from oss_cdn_refresh_cli.probing.questions.stream.draining import WAIT, is_submitted, put, waits


def begin(account: Account, _notes: Notes) -> Later:
    """Put a URL into the backlog of the deployment."""
    put(account)
    return Later(WAIT, {})


def look(account: Account, _notes: Notes) -> Answer:
    """See whether the function has submitted it: then the product has a task for it."""
    if is_submitted(account):
        return as_assumed("the function was called with the message, and refreshed its URL")
    if waits(account):
        return otherwise(f"the message is still in the backlog after {WAIT:.0f} s")
    raise Unclear("the message is gone, but the product has no task for its URL: look at the log of the function")


QUESTION = Question(
    name="reads-the-backlog",
    question=Text(
        en="Does EventBridge read the backlog, call the function and write dead records with its own "
        "service-linked roles?",
        zh="EventBridge 会用自己的服务关联角色读取积压队列、调用函数并写入失败记录吗？",
    ),
    assumption=Text(
        en="yes, no further right is needed",
        zh="是，不需要其他权限",
    ),
    otherwise=Text(
        en="the trigger exists but reads nothing: `doctor` reports nothing, the backlog grows",
        zh="触发器存在但不读取任何消息：`doctor` 不报告，积压队列不断增长",
    ),
    check=Text(
        en="put a message into the backlog; `oss-cdn-refresh backlog` after a minute",
        zh="向积压队列写入一条消息，一分钟后运行 `oss-cdn-refresh backlog`",
    ),
    steps=(begin, look),
    cost=Cost(urls=1),
    seconds=WAIT,
)
