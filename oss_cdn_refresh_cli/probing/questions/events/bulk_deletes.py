"""Does one DeleteObjects fire an event for each key?"""

from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.account.notified import PATIENCE, WAIT, again, so_far
from oss_cdn_refresh_cli.probing.answers import Answer, Later, Notes, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import Question, Text

NAMES = tuple(f"{number}.txt" for number in range(10))


def begin(account: Account, _notes: Notes) -> Later:
    """Write some objects, and delete them with one request."""
    with account.queue():
        for name in NAMES:
            account.put(name, "one")
    account.bucket.batch_delete_objects([account.key(name) for name in NAMES])
    return Later(WAIT, {})


def look(account: Account, notes: Notes) -> Answer | Later:
    """Count the objects whose deletion fired an event."""
    records = so_far(account, notes)
    deleted = {record.key for record in records if record.event.startswith("ObjectRemoved:")}
    seen = f"{len(deleted & {account.key(name) for name in NAMES})} of {len(NAMES)} deleted objects had an event"
    if deleted == {account.key(name) for name in NAMES}:
        return as_assumed(seen)
    return again(records, notes) or otherwise(seen, "bulk_delete: directory")


QUESTION = Question(
    name="bulk-deletes",
    question=Text(
        en="Does one DeleteObjects fire an event for each key?",
        zh="一次 DeleteObjects 会为每个 Object 名称各触发一个事件吗？",
    ),
    assumption=Text(
        en="yes, with the exact key",
        zh="是，且事件中的名称是准确的",
    ),
    otherwise=Text(
        en="deleted objects stay cached: `bulk_delete: directory` refreshes their directories",
        zh="被删除的文件仍留在缓存中：`bulk_delete: directory` 会刷新它们的目录",
    ),
    check=Text(
        en="delete 100 objects at once, and compare `changes` of the summaries",
        zh="一次删除 100 个文件，比较各 summary 行的 `changes`",
    ),
    steps=(begin, look, look),
    seconds=WAIT + PATIENCE,
)
