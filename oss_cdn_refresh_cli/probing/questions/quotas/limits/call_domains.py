"""How many domains may the URLs of one call have?

One URL is of the domain, the others are of sub-domains that the account need not have: the code of the refusal
shows which check comes first: of their number or of their names.
"""

from oss_cdn_refresh.model.verdict import Verdict
from oss_cdn_refresh_cli.probing.account import Account, Called
from oss_cdn_refresh_cli.probing.account.called import ANOTHER_REASON
from oss_cdn_refresh_cli.probing.answers import Answer, Notes, Unclear, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import Cost, Question, Text

ASSUMED = 10
MANY = 60  # of which a call is refused for their number, where it is refused for that before the domains are known


def look(account: Account, _notes: Notes) -> Answer:
    """Submit calls with more and more domains, until one is refused for their number."""
    more = _submit(account, ASSUMED + 1)
    if more.verdict is Verdict.TOO_LARGE:
        fewer = _submit(account, ASSUMED)
        if fewer.verdict is Verdict.TOO_LARGE:
            return otherwise(f"{ASSUMED} domains in a call are too many: {more.code}")
        _check_reason(fewer)
        return as_assumed(f"{ASSUMED + 1} domains in a call are refused for their number: {more.code}")
    if more.accepted:
        return otherwise(f"a call with {ASSUMED + 1} domains was accepted")
    _check_reason(more)
    many = _submit(account, MANY)
    if many.verdict is Verdict.TOO_LARGE:
        return otherwise(f"{MANY} domains in a call are too many ({many.code}), {ASSUMED + 1} are not ({more.code})")
    what = f"{ASSUMED + 1} and {MANY} domains in a call are refused for their names or rights: {more.code}, {many.code}"
    raise Unclear(f"{what}: it takes {ASSUMED + 1} domains of the account")


def _submit(account: Account, count: int) -> Called:
    first = account.url("a.txt")
    domain = account.place.domain
    return account.refresh(first, *(first.replace(domain, f"probe-{number}.{domain}", 1) for number in range(1, count)))


def _check_reason(called: Called) -> None:
    """:raises Unclear: the call was refused, and not for its domains."""
    if called.verdict is not Verdict.BAD_DOMAIN:
        called.expect(ANOTHER_REASON)


QUESTION = Question(
    name="call-domains",
    question=Text(
        en="How many domains may one call have? 10 in the newest documents",
        zh="一次请求可以包含多少个域名？最新文档写 10",
    ),
    assumption=Text(en="10", zh="10"),
    otherwise=Text(
        en="fewer: such calls are split; more: fewer calls with `limits: {domains_per_call: 20}`",
        zh="更少：这样的请求会被拆分；更多：设置 `limits: {domains_per_call: 20}` 可以减少请求次数",
    ),
    check=Text(
        en="a call with eleven domains of the account",
        zh="用账号中的十一个域名发送一次请求",
    ),
    steps=(look,),
    cost=Cost(urls=ASSUMED + 1 + MANY),
    products=frozenset({"cdn", "dcdn"}),
)
