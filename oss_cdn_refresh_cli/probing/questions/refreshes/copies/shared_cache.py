"""Does a refresh by URL clear a copy of a domain that shares its cache with another one?"""

from oss_cdn_refresh_cli.doctor.domains import APIS, SHARED
from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Later, Notes, NotTried, Unclear, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import EFFECT, LATE, Cost, Question, Text

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
    called = account.refresh(url)
    if not called.accepted:
        raise Unclear(f"the product refused the URL: {called.code}: {called.message}")
    return Later(EFFECT, {})


def look(account: Account, _notes: Notes) -> Answer | Later:
    """Check whether the copy is fresh; if it is not, the refresh may be late."""
    return _fresh(account) or Later(LATE - EFFECT, {})


def look_again(account: Account, _notes: Notes) -> Answer:
    """Check whether the copy is fresh at last."""
    return _fresh(account) or as_assumed("the refreshed URL is still old after 15 minutes")


def _fresh(account: Account) -> Answer | None:
    """The answer if the copy is fresh, None if it is old."""
    body = account.get(account.url(NAME)).body
    if body not in {OLD.encode(), NEW.encode()}:
        raise Unclear("the edge shows neither the old object nor the new one: run the probe again")
    is_fresh = body == NEW.encode()
    return otherwise("the refreshed URL is fresh, although the domain shares its cache") if is_fresh else None


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
