"""Does a refresh by URL clear a copy of a domain that shares its cache with another one?"""

from oss_cdn_refresh_cli.doctor.domains import APIS, SHARED
from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Later, Notes, NotTried, Unclear, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import EFFECT, LATE, Cost, Question, Text
from oss_cdn_refresh_cli.probing.questions.tasks.looking import COMPLETE, status, submitted

NAME = "page.txt"
OLD, NEW = "old", "new"


def begin(account: Account, _notes: Notes) -> Later:
    """Check that the domain shares its cache, let it keep an object, change the object, and refresh its URL."""
    api = APIS[account.place.target.product]
    reply = account.call(api.settings, api.version, query={"DomainName": account.place.domain})
    settings = (reply.body.get("DomainConfigs") or {}).get("DomainConfig") or []
    if SHARED not in {setting.get("FunctionName") for setting in settings}:
        raise NotTried(f"the domain shares no cache: give a domain with the setting {SHARED}")
    url = account.url(NAME)
    account.replace(NAME, OLD, NEW, [url])
    return Later(EFFECT, submitted(account, url))


def look(account: Account, notes: Notes) -> Answer | Later:
    """Check whether the copy is fresh; if it is not, the refresh may be late."""
    return _fresh(account) or Later(LATE - EFFECT, notes)


def look_again(account: Account, notes: Notes) -> Answer:
    """Check whether the copy is fresh at last; if it is not, its task must be complete."""
    if answer := _fresh(account):
        return answer
    if (found := status(account, notes)) != COMPLETE:
        raise Unclear(
            f"the URL is still old after 15 minutes, and its task is {found or 'not visible'}: run the probe again"
        )
    return as_assumed("the refreshed URL is still old after 15 minutes, and its task is complete")


def _fresh(account: Account) -> Answer | None:
    """The answer if the copy is fresh, None if it is old."""
    if not account.is_new(account.url(NAME), OLD, NEW):
        return None
    return otherwise("the refreshed URL is fresh, although the domain shares its cache")


QUESTION = Question(
    name="shared-cache",
    question=Text(
        en="Does a refresh by URL find a copy where domains share a cache (`rewrite_host`)?",
        zh="多个域名共享缓存（`rewrite_host`）时，按 URL 刷新能否找到副本？",
    ),
    assumption=Text(en="perhaps not: [doctor](doctor.md) warns", zh="也许不能：[doctor](doctor.zh-CN.md) 会给出警告"),
    otherwise=Text(en="ignore the warning", zh="忽略该警告"),
    check=Text(
        en="on such a domain: refresh a changed file, and request it after six minutes",
        zh="在这样的域名上刷新一个已修改的文件，六分钟后再请求它",
    ),
    steps=(begin, look, look_again),
    cost=Cost(urls=1),
    seconds=LATE,
    products=frozenset(APIS),
    needs_old_copies=True,
)
