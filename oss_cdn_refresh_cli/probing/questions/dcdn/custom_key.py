"""Does a refresh of DCDN by URL find copies under a custom cache key?"""

from oss_cdn_refresh.products.dcdn.client import NAMES
from oss_cdn_refresh_cli.doctor.checks.domains import CUSTOM_KEY
from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Later, Notes, NotTried, Unclear, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import EFFECT, Cost, Question, Text
from oss_cdn_refresh_cli.probing.questions.tasks.looking import COMPLETE, status, submitted

OBJECT, OLD, NEW = "page.txt", "old", "new"
LOOKS = 2  # a copy that is old after 12 minutes, with a complete task, was not found


def begin(account: Account, _notes: Notes) -> Later:
    """Let a domain with a custom cache key keep the old copy, and refresh its URL."""
    if CUSTOM_KEY not in _settings(account):
        raise NotTried(f"{account.place.domain} has no custom cache key: give a test domain with one")
    url = account.url(OBJECT)
    account.replace(OBJECT, OLD, NEW, [url])
    return Later(EFFECT, submitted(account, url))


def look(account: Account, notes: Notes) -> Answer | Later:
    """Check whether the copy is new."""
    notes["looks"] = notes.get("looks", 0) + 1
    if account.is_new(notes["urls"][0], OLD, NEW):
        return otherwise("the refresh by URL reaches a copy under a custom cache key")
    if notes["looks"] < LOOKS:
        return Later(EFFECT, notes)
    if (found := status(account, notes)) != COMPLETE:
        raise Unclear(f"the task is {found or 'not visible'} after 12 minutes: run the probe again")
    return as_assumed("the copy under a custom cache key is old 12 minutes after the refresh, and its task is complete")


def _settings(account: Account) -> set[str]:
    query = {"DomainName": account.place.domain, "FunctionNames": CUSTOM_KEY}
    body = account.call("DescribeDcdnDomainConfigs", NAMES.version, query=query).body
    rows = body.get("DomainConfigs", {}).get("DomainConfig", [])
    return {str(row.get("FunctionName")) for row in rows}


QUESTION = Question(
    name="dcdn-custom-key",
    question=Text(
        en="Does a refresh of DCDN by URL work with a custom cache key? The CDN's page says that it does "
        "not, DCDN's page of 2026-02 says nothing about it",
        zh="DCDN 使用自定义缓存 Key 时，按 URL 刷新有效吗？CDN 的页面说无效，DCDN 2026-02 的页面没有说明",
    ),
    assumption=Text(
        en="no: the sentence of the CDN's page holds for DCDN, too",
        zh="无效：CDN 页面的说明也适用于 DCDN",
    ),
    otherwise=Text(
        en="such a domain can be refreshed: ignore the finding of `doctor` about its cache key",
        zh="这样的域名可以刷新：不必理会 `doctor` 对其缓存 Key 的报告",
    ),
    check=Text(
        en="refresh one file of such a domain, request it after six minutes",
        zh="刷新这样一个域名的一个文件，六分钟后请求它",
    ),
    steps=(begin, *(look,) * LOOKS),
    cost=Cost(urls=1),
    seconds=LOOKS * EFFECT,
    products=frozenset({"dcdn"}),
    needs_old_copies=True,
)
