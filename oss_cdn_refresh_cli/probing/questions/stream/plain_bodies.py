"""Does IsBase64Decode false leave plain bodies as they are?"""

from oss_cdn_refresh.queueing.messages import UNREADABLE
from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.account.deployed import dead_letters
from oss_cdn_refresh_cli.probing.account.messages import read
from oss_cdn_refresh_cli.probing.answers import Answer, Later, Notes, NotTried, Unclear, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import Cost, Question, Text
from oss_cdn_refresh_cli.probing.questions.stream.draining import WAIT, is_submitted, put, url, waits
from oss_cdn_refresh_cli.queues import records


def begin(account: Account, _notes: Notes) -> Later:
    """Put a URL into the backlog of the deployment, in plain JSON."""
    with dead_letters(account.operation):
        put(account)
    return Later(WAIT, {})


def look(account: Account, _notes: Notes) -> Answer:
    """See whether the function could read it: its URL was refreshed, or is a dead letter of another reason."""
    if is_submitted(account):
        return as_assumed("the function read a plain message, and refreshed its URL")
    if waits(account):
        raise NotTried("the event stream has not read the message: reads-the-backlog asks about that")
    reasons = _reasons(account)
    if UNREADABLE in reasons:
        return otherwise(f"the message became a dead letter with {UNREADABLE}")
    if reasons:
        return as_assumed(f"the function read a plain message, and gave its URL up ({reasons[0]})")
    raise Unclear("the message is gone, and no dead letter has its URL: look at the log of the function")


def _reasons(account: Account) -> list[str]:
    """The reasons of the function's dead letters with the URL, which are deleted."""
    with dead_letters(account.operation) as queue:
        messages = read(queue, lambda message: url(account) in message.body)
    found = [records.read(message.body) for message in messages if url(account) in message.body]
    return [record.reason for record in found if record.source == records.OURS]


QUESTION = Question(
    name="plain-bodies",
    question=Text(
        en="Does `IsBase64Decode: false` leave plain bodies as they are?",
        zh="`IsBase64Decode: false` 会原样保留明文消息吗？",
    ),
    assumption=Text(
        en="yes; Base64 is understood as well",
        zh="是；Base64 也能读取",
    ),
    otherwise=Text(
        en="the message becomes a dead letter with `UnreadableEvent`",
        zh="消息成为死信，原因为 `UnreadableEvent`",
    ),
    check=Text(
        en="put a message of plain JSON into the backlog, and run `oss-cdn-refresh dead-letters list` after a minute",
        zh="向积压队列写入一条明文 JSON 消息，一分钟后运行 `oss-cdn-refresh dead-letters list`",
    ),
    steps=(begin, look),
    cost=Cost(urls=1),
    seconds=WAIT,
)
