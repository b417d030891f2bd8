"""Are the keys in events raw UTF-8?"""

from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.account.notified import WAIT, notified
from oss_cdn_refresh_cli.probing.answers import Answer, Later, Notes, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import Question, Text

NAME = "图片/名 字+1%.txt"


def begin(account: Account, _notes: Notes) -> Later:
    """Write an object whose key has special characters."""
    with account.queue():
        account.put(NAME, "one")
    return Later(WAIT, {})


def look(account: Account, _notes: Notes) -> Answer:
    """Compare the key in the event with the object's own."""
    keys = {record.key for record in notified(account)}
    if keys == {account.key(NAME)}:
        return as_assumed("the event has the key unchanged")
    return otherwise(f"the event spells the key in another way: {', '.join(sorted(keys))}")


QUESTION = Question(
    name="event-keys",
    question=Text(
        en="Are keys in events raw UTF-8? No published event has special characters",
        zh="事件中的 Object 名称是原样的 UTF-8 吗？公开的事件示例中没有特殊字符",
    ),
    assumption=Text(
        en="yes, nothing is decoded, as in the official samples",
        zh="是；与官方示例一样，不做任何解码",
    ),
    otherwise=Text(
        en="keys with `%`, `+` or Chinese characters lead to wrong URLs",
        zh="含 `%`、`+` 或中文的名称会得到错误的 URL",
    ),
    check=Text(
        en="upload `图片/名 字+1%.jpg`; a line `accepted` shows `first_url`",
        zh="上传 `图片/名 字+1%.jpg`；日志行 `accepted` 的 `first_url` 显示结果",
    ),
    steps=(begin, look),
    seconds=WAIT,
)
