"""Does a Directory refresh clear the copies of URLs with a query below it?"""

from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Later, Notes, Unclear, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import EFFECT, LATE, Cost, Question, Text, once_more
from oss_cdn_refresh_cli.probing.questions.refreshes.copies import queries

NAME = "page.txt"
QUERY = "?v=1"
OLD, NEW = "old", "new"


def begin(account: Account, _notes: Notes) -> Later:
    """Let the edge cache the object with and without a query, change it, and refresh its directory."""
    queries.check_apart(account)
    account.replace(NAME, OLD, NEW, [account.url(NAME), account.url(NAME, QUERY)])
    called = account.refresh(account.url(""), object_type="Directory")
    called.expect("the product refused the directory: {}")
    return Later(EFFECT, {})


def look(account: Account, notes: Notes) -> Answer | Later:
    """Check whether the URL with the query is fresh too; if it is not, it may be late."""
    if not account.is_new(account.url(NAME), OLD, NEW):
        raise Unclear("the URL without a query is still old after 6 minutes: run the probe again")
    if account.is_new(account.url(NAME, QUERY), OLD, NEW):
        return otherwise("the URLs with and without a query are both fresh", "collapse: {variants: true}")
    return once_more(notes) or as_assumed("the URL without a query is fresh, the URL with a query is still old")


QUESTION = Question(
    name="directory-queries",
    question=Text(
        en="Does a Directory refresh clear URLs with a query below it?", zh="目录刷新是否包括目录下带参数的 URL？"
    ),
    assumption=Text(
        en="no: directories never replace URLs with a query",
        zh="否：目录从不替代带参数的 URL",
    ),
    otherwise=Text(
        en="directories could replace URLs with a query: `collapse: {variants: true}`",
        zh="目录可以替代带参数的 URL：`collapse: {variants: true}`",
    ),
    check=Text(
        en="let the CDN cache `page.txt?v=1`, change the object, refresh its directory, wait, and request "
        "`page.txt?v=1` again",
        zh="让 CDN 缓存 `page.txt?v=1`，修改该文件，刷新所在目录，等待后再请求 `page.txt?v=1`",
    ),
    steps=(begin, look, look),
    cost=Cost(directories=1),
    seconds=LATE,
    needs_old_copies=True,
)
