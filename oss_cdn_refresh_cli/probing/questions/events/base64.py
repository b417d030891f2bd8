"""Are notifications to a queue in Base64?"""

from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.account.notified import WAIT, notified
from oss_cdn_refresh_cli.probing.answers import Answer, Later, Notes, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import Question, Text


def begin(account: Account, _notes: Notes) -> Later:
    """Write an object."""
    with account.queue():
        account.put("page.txt", "one")
    return Later(WAIT, {})


def look(account: Account, _notes: Notes) -> Answer:
    """Check whether the message is in Base64."""
    if any(record.base64 for record in notified(account)):
        return otherwise("the messages are in Base64")
    return as_assumed("the messages are plain JSON")


QUESTION = Question(
    name="base64",
    question=Text(
        en="Are notifications to a queue in Base64? Both were seen",
        zh="发往队列的通知是 Base64 编码的吗？两种情况都有人见过",
    ),
    assumption=Text(
        en="they are plain; the function reads Base64 as well, padded or not",
        zh="是明文；函数也能读取 Base64，有无填充均可",
    ),
    otherwise=Text(
        en="nothing: both are read",
        zh="没有影响：两种都能读取",
    ),
    check=Text(
        en="`oss-cdn-refresh backlog` with the trigger off shows the source `OSS`",
        zh="关闭触发器后，`oss-cdn-refresh backlog` 显示来源 `OSS`",
    ),
    steps=(begin, look),
    seconds=WAIT,
)
