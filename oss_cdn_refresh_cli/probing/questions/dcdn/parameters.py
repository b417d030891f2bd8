"""Where does DCDN expect the parameters of a refresh: in the form body, or in the query?"""

from oss_cdn_refresh.products.dcdn.client import NAMES, NOT_SEEN
from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Notes, Unclear, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import Cost, Question, Text


def look(account: Account, _notes: Notes) -> Answer:
    """Refresh with the form body, and, where DCDN misses a parameter, with the query."""
    url = account.url("page.txt")
    form = account.refresh(url)
    if form.accepted:
        return as_assumed("DCDN reads the form body")
    if not form.code.startswith(NOT_SEEN):
        raise Unclear(f"DCDN refused the refresh ({form.code}: {form.message})")
    account.call(NAMES.refresh, NAMES.version, query={"ObjectPath": url, "ObjectType": "File"})
    return otherwise(f"DCDN refuses the form body ({form.code}) and reads the query")


QUESTION = Question(
    name="dcdn-parameters",
    question=Text(
        en="Where does DCDN expect the parameters of a refresh? Its pages say in the form body, its SDK and its "
        "metadata say in the query",
        zh="DCDN 的刷新参数应放在哪里？文档页面说放在表单中，SDK 和元数据说放在查询串中",
    ),
    assumption=Text(
        en="in the form body; after `MissingParameter` in the query, with at most 100 URLs and 8,000 bytes a call, "
        "until the instance ends",
        zh="放在表单中；返回 `MissingParameter` 之后放在查询串中，每次请求最多 100 个 URL、8,000 字节，直到实例结束",
    ),
    otherwise=Text(
        en="one refused call for each instance, and more calls for the same URLs",
        zh="每个实例有一次请求被拒绝，同样的 URL 需要更多次请求",
    ),
    check=Text(
        en='any refresh on a new instance, then a line `refused` with `"code": "MissingParameter"` and `"product": '
        '"dcdn"`',
        zh='在新实例上刷新任意 URL，看是否有 `refused` 行，其中 `"code": "MissingParameter"`、`"product": "dcdn"`',
    ),
    steps=(look,),
    cost=Cost(urls=1),
    products=frozenset({"dcdn"}),
)
