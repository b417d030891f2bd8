"""Do http and https share one copy on DCDN and ESA?"""

from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Later, Notes, NotTried, Unclear, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import EFFECT, LATE, Cost, Question, Text, once_more

BY_HTTPS, BY_HTTP = "https.txt", "http.txt"  # the second shows that a refresh reaches http visitors at all
ASKED_FIRST = "redirected.txt"  # a URL of its own, because the edge may keep its 404
OLD, NEW = "old", "new"
REDIRECTS = range(300, 400)


def begin(account: Account, _notes: Notes) -> Later:
    """Let the edge cache old copies for visitors by http; refresh one by its https URL, the other by its http URL."""
    if account.get(_http(account, ASKED_FIRST)).status in REDIRECTS:
        raise NotTried("the domain redirects http: visitors get the https copy only, which is what is refreshed")
    for name in (BY_HTTPS, BY_HTTP):
        account.replace(name, OLD, NEW, [_http(account, name)])
    https = f"https{_http(account, BY_HTTPS).removeprefix('http')}"
    for called in (account.refresh(https), account.refresh(_http(account, BY_HTTP))):
        called.expect("the product refused a refresh ({})")
    return Later(EFFECT, {})


def look(account: Account, notes: Notes) -> Answer | Later:
    """See what visitors by http get; an old copy may be late."""
    by_https, by_http = (account.is_new(_http(account, name), OLD, NEW) for name in (BY_HTTPS, BY_HTTP))
    if not by_http:
        raise Unclear("the http URL was refreshed and is still old after 6 minutes: run the probe again")
    if by_https:
        return as_assumed("a refresh of the https URL reaches visitors by http")
    return once_more(notes) or otherwise("a refresh of the https URL leaves the old copy for visitors by http")


def _http(account: Account, name: str) -> str:
    return f"http://{account.url(name).partition('://')[2]}"


QUESTION = Question(
    name="schemes-of-dcdn-esa",
    question=Text(
        en="Do http and https share one copy on DCDN and ESA? Only the CDN documents it",
        zh="在 DCDN 和 ESA 上，http 和 https 共用一份缓存吗？只有 CDN 的文档有说明",
    ),
    assumption=Text(
        en="yes: one scheme is submitted, `https` or that of `scheme`",
        zh="是：只提交一种协议，即 `https` 或 `scheme` 的值",
    ),
    otherwise=Text(
        en="copies of the other scheme stay old: redirect http to https in the console of the product, so that "
        "visitors get the https copy only. A second deployment with the other `scheme` cannot have the trigger "
        "`objects-changed` for the same bucket, because OSS refuses triggers that overlap; it needs its own "
        "EventBridge rule that sends OSS's events to its backlog queue",
        zh="另一种协议的缓存仍是旧内容：请在产品的控制台中把 http 重定向到 https，使访问者只得到 https 的缓存。"
        "用另一种 `scheme` 的第二个部署不能对同一个 Bucket 使用触发器 `objects-changed`，因为 OSS 不接受重叠的触发器；"
        "它需要自己的 EventBridge 规则，把 OSS 的事件送到它的积压队列",
    ),
    check=Text(
        en="refresh the https URL, request the http URL",
        zh="刷新 https 的 URL，请求 http 的 URL",
    ),
    steps=(begin, look, look),
    cost=Cost(urls=2),
    seconds=LATE,
    products=frozenset({"dcdn", "esa"}),
    needs_old_copies=True,
)
