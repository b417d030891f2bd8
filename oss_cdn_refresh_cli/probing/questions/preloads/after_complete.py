"""Does a preload right after `Complete` fetch the new object?"""

from http import HTTPStatus

from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Later, Notes, Unclear, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import MINUTE, Cost, Question, Text
from oss_cdn_refresh_cli.probing.questions.tasks.looking import COMPLETE, LONGEST, LOOKS, status, submitted

OBJECT, OLD, NEW = "page.txt", "old", "new"
PRELOADED = 10 * MINUTE  # documents say 5 to 30 minutes, by size


def begin(account: Account, _notes: Notes) -> Later:
    """Let the edge cache the old copy, change the object, and refresh it."""
    url = account.url(OBJECT)
    account.replace(OBJECT, OLD, NEW, [url])
    return Later(MINUTE, submitted(account, url))


def wait(account: Account, notes: Notes) -> Later:
    """Preload as soon as the task is complete; until then, look each minute."""
    if "preloaded" in notes:
        return Later(0, notes)
    notes["looks"] = notes.get("looks", 0) + 1
    found = status(account, notes)
    if found != COMPLETE:
        if notes["looks"] == LOOKS:
            raise Unclear(f"the task is {found or 'not visible'} after {LOOKS} minutes: run the probe again")
        return Later(MINUTE, notes)
    called = account.preload(notes["urls"][0])
    called.expect("the preload was refused ({})")
    return Later(PRELOADED, {**notes, "preloaded": True})


def look(account: Account, notes: Notes) -> Answer:
    """Check which copy the preload has cached."""
    served = account.get(notes["urls"][0])
    if served.status != HTTPStatus.OK or served.body not in {OLD.encode(), NEW.encode()}:
        raise Unclear(
            f"the edge answered {served.status}, and neither the old object nor the new one: run the probe again"
        )
    if served.body == OLD.encode():
        return otherwise("the old copy is served after refresh and preload", "preload: []")
    if not served.hit:
        raise Unclear("the first request after the preload was no cache hit here, so the fetched copy is not known")
    return as_assumed("the new object is served, from the cache")


QUESTION = Question(
    name="preload-after-complete",
    question=Text(
        en="Does a preload right after `Complete` fetch the new object? Documents say: preload after the refresh took "
        "effect",
        zh="`Complete` 之后立即预热，取到的是新内容吗？文档说：刷新生效之后再预热",
    ),
    assumption=Text(en="yes", zh="是"),
    otherwise=Text(
        en="the preload caches the old copy again: `preload: []`",
        zh="旧内容又被预热：设置 `preload: []`",
    ),
    check=Text(
        en="[audit](audit.md) after a `preloaded` line",
        zh="出现 `preloaded` 行之后执行 [audit](audit.zh-CN.md)",
    ),
    steps=(begin, *(wait,) * LOOKS, look),
    cost=Cost(urls=1, preloads=1),
    seconds=LONGEST + PRELOADED,
    needs_old_copies=True,
    is_timed=True,
)
