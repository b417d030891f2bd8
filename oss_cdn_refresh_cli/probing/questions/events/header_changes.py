"""Which event does a change of headers fire?"""

from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.account.notified import PATIENCE, WAIT, again, so_far
from oss_cdn_refresh_cli.probing.answers import Answer, Later, Notes, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import Question, Text

NAME = "page.txt"
EVENT = "ObjectModified:UpdateObjectMeta"


def begin(account: Account, _notes: Notes) -> Later:
    """Write an object, and change its headers."""
    with account.queue():
        account.put(NAME, "one")
    account.bucket.update_object_meta(account.key(NAME), {"Content-Type": "text/html"})
    return Later(WAIT, {})


def look(account: Account, notes: Notes) -> Answer | Later:
    """Find the event that followed the event of the upload."""
    records = so_far(account, notes)
    events = {record.event for record in records} - {"ObjectCreated:PutObject"}
    if EVENT in events:
        return as_assumed(f"{EVENT} was fired")
    if not events and (later := again(records, notes)):
        return later
    return otherwise(f"fired: {', '.join(sorted(events)) or 'no further event'}")


QUESTION = Question(
    name="header-changes",
    question=Text(
        en="Does a change of headers fire `ObjectModified:UpdateObjectMeta` or `ObjectCreated:CopyObject`?",
        zh="修改响应头会触发 `ObjectModified:UpdateObjectMeta` 还是 `ObjectCreated:CopyObject`？",
    ),
    assumption=Text(
        en="`UpdateObjectMeta` where the region lists that event; the trigger has both",
        zh="在列出该事件的地域触发 `UpdateObjectMeta`；触发器同时订阅两者",
    ),
    otherwise=Text(
        en="with `CopyObject`, a directory that replaces the URL is sent without `Force`, and nodes may keep "
        "the old headers",
        zh="若为 `CopyObject`，替代该 URL 的目录提交时不带 `Force`，节点可能保留旧的响应头",
    ),
    check=Text(
        en="change a `Content-Type` in the console, and look for the lines",
        zh="在控制台修改一个 `Content-Type`，查看日志行",
    ),
    steps=(begin, look, look),
    seconds=WAIT + PATIENCE,
)
