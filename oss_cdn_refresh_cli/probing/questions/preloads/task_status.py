"""Does the task of a preload say whether the object is there?"""

from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Later, Notes, Unclear, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import MINUTE, Cost, Question, Text
from oss_cdn_refresh_cli.probing.questions.tasks.looking import COMPLETE, FINAL, LONGEST, LOOKS, noted, rows

OBJECT, MISSING = "page.txt", "missing.txt"


def begin(account: Account, _notes: Notes) -> Later:
    """Preload an object, and a URL that no object has."""
    account.put(OBJECT, "new")
    urls, at = (account.url(OBJECT), account.url(MISSING)), account.effects.now()
    return Later(MINUTE, noted(account.preload(*urls), urls, at))


def look(account: Account, notes: Notes) -> Answer | Later:
    """Compare how the two tasks end."""
    notes["looks"] = notes.get("looks", 0) + 1
    shown = {row.url.partition("://")[2]: row.status for row in rows(account, notes)}
    there, missing = (shown.get(url.partition("://")[2], "") for url in notes["urls"])
    if {there, missing} <= FINAL:
        if there != COMPLETE:
            raise Unclear(f"the preload of an object ended with {there}: run the probe again")
        seen = f"the task of an object ends with {there}, that of a URL without an object with {missing}"
        return as_assumed(seen) if missing == COMPLETE else otherwise(seen)
    if notes["looks"] == LOOKS:
        raise Unclear(f"the tasks have not ended after {LOOKS} minutes: {there or 'no row'}, {missing or 'no row'}")
    return Later(MINUTE, notes)


QUESTION = Question(
    name="preload-task",
    question=Text(
        en="Does the task of a preload say whether the object is there? Documents say that it does not",
        zh="预热任务是否说明文件已在节点上？文档说不能说明",
    ),
    assumption=Text(
        en="no: the task of a URL without an object is `Complete`, too. The function does not look up tasks "
        "of preloads",
        zh="否：没有文件的 URL，任务也是 `Complete`。函数不查询预热任务",
    ),
    otherwise=Text(
        en="nothing: the function could look up these tasks; please report it",
        zh="没有影响：函数可以查询预热任务；请告诉我们",
    ),
    check=Text(
        en="`curl -sI` of the preloaded URL: `X-Cache: HIT`",
        zh="对预热的 URL 执行 `curl -sI`：`X-Cache: HIT`",
    ),
    steps=(begin, *(look,) * LOOKS),
    cost=Cost(preloads=2),
    seconds=LONGEST,
    products=frozenset({"cdn", "dcdn"}),
)
