"""Which type has the row of an IgnoreParams item?"""

from oss_cdn_refresh.model.confirmation import same
from oss_cdn_refresh.model.item import IGNORE_PARAMS
from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Later, Notes, Unclear, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import MINUTE, Cost, Question, Text
from oss_cdn_refresh_cli.probing.questions.tasks.looking import noted, rows

LOOKS = 5
NAMES = ("IgnoreParams", "ExQuery")
OWN = frozenset(name.lower() for name in NAMES)


def begin(account: Account, _notes: Notes) -> Later:
    """Submit one IgnoreParams item, by either name."""
    url, at = account.url("page.txt"), account.effects.now()
    called = account.refresh(url, object_type=IGNORE_PARAMS)
    if not called.accepted:
        called = account.refresh(url, object_type=IGNORE_PARAMS, ignore_params_type=NAMES[1])
    return Later(MINUTE, noted(called, (url,), at, IGNORE_PARAMS))


def look(account: Account, notes: Notes) -> Answer | Later:
    """See the type of its row."""
    notes["looks"] = notes.get("looks", 0) + 1
    types = {row.type for row in rows(account, notes) if same(row.url) == same(notes["urls"][0])}
    if not types and notes["looks"] < LOOKS:
        return Later(MINUTE, notes)
    if not types:
        raise Unclear(f"no row has the URL after {LOOKS} minutes: run the probe again")
    seen = f"the row has the type {', '.join(sorted(types))}"
    return otherwise(seen) if {each.lower() for each in types} <= OWN else as_assumed(seen)


QUESTION = Question(
    name="row-type",
    question=Text(
        en="Which type has the row of an IgnoreParams item?",
        zh="IgnoreParams 刷新项的行是什么类型？",
    ),
    assumption=Text(
        en="perhaps no type of its own: each row with the URL of the item counts, so a File row of this URL "
        "may confirm the item too early",
        zh="可能不是自己的类型：凡是带有该刷新项 URL 的行都算，因此同一 URL 的 File 行可能过早地确认该刷新项",
    ),
    otherwise=Text(
        en="the row has a type of its own: the function could ignore rows of other types; please report it",
        zh="行有自己的类型：函数可以忽略其他类型的行；请告诉我们",
    ),
    check=Text(
        en="`aliyun cdn RefreshObjectCaches --ObjectPath https://www.example.com/cache-test/page.txt --ObjectType "
        "IgnoreParams`, then look up the task",
        zh="`aliyun cdn RefreshObjectCaches --ObjectPath https://www.example.com/cache-test/page.txt --ObjectType "
        "IgnoreParams`，再查询任务",
    ),
    steps=(begin, *(look,) * LOOKS),
    cost=Cost(ignore_params=2),
    seconds=LOOKS * MINUTE,
    products=frozenset({"cdn", "dcdn"}),
)
