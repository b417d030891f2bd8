"""Does the event stream read the backlog with its own roles?"""

from oss_cdn_refresh.events.message_format import BACKLOG, dumped
from oss_cdn_refresh.model.item import FILE
from oss_cdn_refresh_cli.clients.smq import Queue
from oss_cdn_refresh_cli.clients.tasks import tasks
from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Later, Notes, NotTried, Unclear, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import Cost, Question, Text

WAIT = 90.0  # seconds: a batch waits 15 s at most, and the function's call takes a moment


def begin(account: Account, _notes: Notes) -> Later:
    """Put a URL into the backlog of the deployment."""
    with _backlog(account) as queue:
        refusal = queue.put([dumped({"kind": BACKLOG, "version": 1, "object_type": FILE, "urls": [_url(account)]})])[0]
    if refusal:
        raise refusal
    return Later(WAIT, {})


def look(account: Account, _notes: Notes) -> Answer:
    """See whether the function has submitted it: then the product has a task for it."""
    url = _url(account)
    if any(tasks(account.operation, account.place.target, url)):
        return as_assumed("the function was called with the message, and refreshed its URL")
    with _backlog(account) as queue:
        if any(url in message.body for message in queue.peek()):
            return otherwise(f"the message is still in the backlog after {WAIT:.0f} s")
    raise Unclear("the message is gone, but the product has no task for its URL: look at the log of the function")


def _url(account: Account) -> str:
    return account.url("from-the-backlog.txt")


def _backlog(account: Account) -> Queue:
    settings = account.operation.settings
    if not settings.backlog:
        raise NotTried("it needs the backlog of a deployment: run it in the clone, or give --backlog-queue NAME")
    return Queue(
        settings.smq_endpoint(), settings.backlog, "BACKLOG_QUEUE", account.operation.credentials, account.effects
    )


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
