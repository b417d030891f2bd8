"""Does OSS deliver every event?"""

from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.account.notified import PATIENCE, WAIT, notified
from oss_cdn_refresh_cli.probing.answers import Answer, Later, Notes, Unclear, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import Question, Text

COUNT = 50


def begin(account: Account, _notes: Notes) -> Later:
    """Write many objects."""
    with account.queue():
        for number in range(COUNT):
            account.put(f"{number}.txt", "one")
    return Later(WAIT, {"keys": []})


def look(account: Account, notes: Notes) -> Answer | Later:
    """Count those that an event came for; wait once where some are missing."""
    keys = {*notes["keys"], *(record.key for record in notified(account))}
    if len(keys) == COUNT:
        return as_assumed(f"{COUNT} of {COUNT} uploads had an event")
    return Later(PATIENCE, {"keys": sorted(keys)})


def look_again(account: Account, notes: Notes) -> Answer:
    """Count those that came late."""
    try:
        late = {record.key for record in notified(account)}
    except Unclear:
        late = set()
    keys = {*notes["keys"], *late}
    seen = f"{len(keys)} of {COUNT} uploads had an event"
    return as_assumed(f"{seen}, some of them late") if len(keys) == COUNT else otherwise(seen)


QUESTION = Question(
    name="event-delivery",
    question=Text(
        en="Does OSS deliver every event? Delivery to SMQ can fail silently",
        zh="OSS 会投递每一个事件吗？投递到 SMQ 可能无声地失败",
    ),
    assumption=Text(
        en="nearly always, at least once",
        zh="几乎总会投递，至少一次",
    ),
    otherwise=Text(
        en="the change is unknown and not refreshed",
        zh="函数不知道这次变更，因此不会刷新",
    ),
    check=Text(
        en="`oss-cdn-refresh audit oss://my-site/`, from time to time",
        zh="不时运行 `oss-cdn-refresh audit oss://my-site/`",
    ),
    steps=(begin, look, look_again),
    seconds=WAIT + PATIENCE,
)
