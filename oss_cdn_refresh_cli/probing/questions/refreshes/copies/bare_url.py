"""Does an IgnoreParams refresh clear the copy of the URL without a query, too?"""

from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Later, Notes, Unclear, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import EFFECT, LATE, Cost, Question, Text, once_more
from oss_cdn_refresh_cli.probing.questions.refreshes.copies import queries

NAME = "page.txt"
QUERY = "?v=1"
OLD, NEW = "old", "new"


def begin(account: Account, _notes: Notes) -> Later:
    """Let the edge cache the object with and without a query, change it, and clear its queries."""
    queries.check_apart(account)
    account.replace(NAME, OLD, NEW, [account.url(NAME), account.url(NAME, QUERY)])
    called = account.refresh_all_queries(account.url(NAME))
    called.expect("the product refused the item: {}")
    return Later(EFFECT, {})


def look(account: Account, notes: Notes) -> Answer | Later:
    """Check whether the URL without a query is fresh too; if it is not, it may be late."""
    if not account.is_new(account.url(NAME, QUERY), OLD, NEW):
        raise Unclear("the URL with a query is still old after 6 minutes: run the probe again")
    if account.is_new(account.url(NAME), OLD, NEW):
        return as_assumed("the URLs with and without a query are both fresh")
    return once_more(notes) or otherwise("only the URL with a query is fresh", "query: exact")


QUESTION = Question(
    name="bare-url",
    question=Text(
        en="Does IgnoreParams also clear the URL without a query?", zh="IgnoreParams 是否也会清除不带参数的 URL？"
    ),
    assumption=Text(en="yes; aliases of index pages stay File items", zh="是；首页的别名 URL 仍作为 File 刷新项提交"),
    otherwise=Text(
        en="the object's own URL stays old in sites with `query: ignore`: set `query: exact` and list the `variants`, "
        "or add the URL through `also`",
        zh="设置了 `query: ignore` 的站点中，文件自身的 URL 仍是旧内容：设置 `query: exact` 并列出 `variants`，"
        "或者通过 `also` 加上该 URL",
    ),
    check=Text(
        en="let the CDN cache `page.txt` and `page.txt?v=1`, change the object, refresh `page.txt` with `--ObjectType "
        "IgnoreParams`, wait, and request both",
        zh="让 CDN 缓存 `page.txt` 和 `page.txt?v=1`，修改该文件，用 `--ObjectType IgnoreParams` 刷新 "
        "`page.txt`，等待后再请求两者",
    ),
    steps=(begin, look, look),
    cost=Cost(ignore_params=2),
    seconds=LATE,
    needs_old_copies=True,
)
