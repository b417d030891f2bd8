"""Which deletes of a versioned bucket fire an event?"""

from oss_cdn_refresh.events.change import BULK_DELETE
from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.account.notified import WAIT, notified
from oss_cdn_refresh_cli.probing.answers import Answer, Later, Notes, NotTried, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import Question, Text

REFRESHED = {"ObjectRemoved:DeleteObject", BULK_DELETE}  # the events of deletes that the function takes
DELETES = {"hidden.txt": "a delete without a version", "removed.txt": "a delete of the current version by its id"}


def begin(account: Account, _notes: Notes) -> Later:
    """Delete the current version of one object by a delete marker, and that of another one by its id."""
    hidden, removed = DELETES
    with account.queue():
        if account.bucket.get_bucket_versioning().status != "Enabled":
            raise NotTried("the bucket has no versions: give --bucket B of a test bucket with versions")
        versions = {name: account.bucket.put_object(account.key(name), "one").versionid for name in DELETES}
        marker = account.bucket.delete_object(account.key(hidden)).versionid
        _delete(account, removed, versions[removed])
    return Later(WAIT, {"left": [versions[hidden], marker]})


def look(account: Account, notes: Notes) -> Answer:
    """See which deletes had an event, and delete the version and the marker that are left."""
    hidden, _ = DELETES
    try:
        found = {record.key for record in notified(account) if record.event in REFRESHED}
    finally:
        for version in notes["left"]:
            _delete(account, hidden, version)
    missing = [what for name, what in DELETES.items() if account.key(name) not in found]
    if missing:
        return otherwise(f"no event that is refreshed for {' and for '.join(missing)}")
    return as_assumed(f"{' and '.join(DELETES.values())} had an event each")


def _delete(account: Account, name: str, version: str) -> None:
    account.bucket.delete_object(account.key(name), params={"versionId": version})


QUESTION = Question(
    name="versions",
    question=Text(
        en="Versioned buckets: documents contradict each other about deletes",
        zh="开启版本控制的 Bucket：关于删除，文档互相矛盾",
    ),
    assumption=Text(
        en="every delete of the current version fires an event, and is refreshed",
        zh="每次删除当前版本都触发事件，并被刷新",
    ),
    otherwise=Text(
        en="`oss-cdn-refresh audit --keys FILE` finds the other objects",
        zh="`oss-cdn-refresh audit --keys FILE` 能找出其余文件",
    ),
    check=Text(
        en="delete an object and a version of one, and look for the keys in the log",
        zh="删除一个文件，再删除另一个文件的一个版本，在日志中查找这些名称",
    ),
    steps=(begin, look),
    seconds=WAIT,
)
