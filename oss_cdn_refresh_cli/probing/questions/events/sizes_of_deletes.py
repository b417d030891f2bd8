"""What are the sizes in the event of a delete?"""

from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.account.notified import PATIENCE, WAIT, again, so_far
from oss_cdn_refresh_cli.probing.answers import Answer, Later, Notes, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import Question, Text

NAME = "page.txt"


def begin(account: Account, _notes: Notes) -> Later:
    """Write an object, and delete it."""
    with account.queue():
        account.put(NAME, "one")
    account.bucket.delete_object(account.key(NAME))
    return Later(WAIT, {})


def look(account: Account, notes: Notes) -> Answer | Later:
    """Read the sizes in the event of the delete."""
    records = so_far(account, notes)
    deletes = [record for record in records if record.event.startswith("ObjectRemoved:")]
    if not deletes:
        return again(records, notes) or otherwise("the delete fired no event")
    size, delta = deletes[0].size, deletes[0].delta
    seen = f"size {size!r}, deltaSize {delta!r}"
    return as_assumed(seen) if size == 0 and isinstance(delta, int) and delta < 0 else otherwise(seen)


QUESTION = Question(
    name="sizes-of-deletes",
    question=Text(
        en="What are `size` and `deltaSize` of a delete?",
        zh="删除事件的 `size` 和 `deltaSize` 是什么？",
    ),
    assumption=Text(
        en="size 0 and a negative `deltaSize`, as the stand-in sends; the function reads neither",
        zh="大小为 0，`deltaSize` 为负数，模拟服务也这样发送；函数不读取这两个值",
    ),
    otherwise=Text(
        en="nothing: only the stand-in is wrong",
        zh="没有影响：只是模拟服务与实际不同",
    ),
    check=Text(
        en="delete an object, and look at the message of the notification",
        zh="删除一个文件，查看通知消息",
    ),
    steps=(begin, look, look),
    seconds=WAIT + PATIENCE,
)
