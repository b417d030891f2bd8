"""What is the name of the object type that clears all queries of a URL?"""

from oss_cdn_refresh.model.verdict import Verdict
from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Notes, Unclear, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import Cost, Question, Text

USUAL, OTHER = "IgnoreParams", "ExQuery"


def look(account: Account, _notes: Notes) -> Answer:
    """Submit an item with the usual name, and, where that is refused, with the other one."""
    url = account.url("page.txt")
    usual = account.refresh(url, object_type="IgnoreParams", ignore_params_type=USUAL)
    if usual.accepted:
        return as_assumed(f"{USUAL} is accepted")
    if usual.verdict is not Verdict.BAD_REQUEST:
        raise Unclear(f"{USUAL} is refused for another reason: {usual.code}: {usual.message}")
    other = account.refresh(url, object_type="IgnoreParams", ignore_params_type=OTHER)
    if other.accepted:
        return otherwise(f"{USUAL} is refused ({usual.code}), {OTHER} is accepted", f"ignore_params_type: {OTHER}")
    raise Unclear(f"both are refused: {USUAL} {usual.code}, {OTHER} {other.code}")


QUESTION = Question(
    name="ignore-params-name",
    question=Text(
        en="What is the name of the type that clears all queries? Documents say `IgnoreParams` and `ExQuery`",
        zh="清除一个 URL 所有参数版本的类型叫什么？文档中有 `IgnoreParams` 和 `ExQuery` 两种写法",
    ),
    assumption=Text(en="`IgnoreParams`", zh="`IgnoreParams`"),
    otherwise=Text(
        en="the CDN refuses the items with `InvalidObjectType…`, and they become dead letters: set "
        "`ignore_params_type: ExQuery`, then redrive",
        zh="CDN 返回 `InvalidObjectType…`，这些刷新项成为死信：设置 `ignore_params_type: ExQuery`，然后放回积压队列",
    ),
    check=Text(
        en="`aliyun cdn RefreshObjectCaches --ObjectPath https://www.example.com/cache-test/page.txt "
        "--ObjectType IgnoreParams`, then again with `ExQuery`",
        zh="`aliyun cdn RefreshObjectCaches --ObjectPath https://www.example.com/cache-test/page.txt "
        "--ObjectType IgnoreParams`，再用 `ExQuery` 执行一次",
    ),
    steps=(look,),
    cost=Cost(ignore_params=2),
    products=frozenset({"cdn"}),
)
