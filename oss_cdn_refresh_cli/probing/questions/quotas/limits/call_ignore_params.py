"""How many IgnoreParams items may a call have?

Each call has a malformed line, so that it is refused in any case: the code shows which check comes first: of the
number of lines or of each line.
"""

from oss_cdn_refresh.model.verdict import Verdict
from oss_cdn_refresh_cli.probing.account import Account, Called
from oss_cdn_refresh_cli.probing.answers import Answer, Notes, Unclear, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import Cost, Question, Text

ASSUMED = 100
MANY = 1_001  # more than a call may have of any type
A_DAY = 100  # IgnoreParams of an account: calls can use no more, even if refused items count
MALFORMED = "a b.txt"  # a URL has no space


def look(account: Account, _notes: Notes) -> Answer:
    """Submit malformed calls with more and more items, until one is refused for their number."""
    more = _submit(account, ASSUMED + 1)
    if more.verdict is Verdict.TOO_LARGE:
        exact = _submit(account, ASSUMED)
        if exact.verdict is Verdict.TOO_LARGE:
            return otherwise(f"{ASSUMED} IgnoreParams items in a call are too many: {exact.code}")
        return as_assumed(f"{ASSUMED + 1} IgnoreParams items in a call are refused for their number: {more.code}")
    many = _submit(account, MANY)
    if many.verdict is Verdict.TOO_LARGE and more.verdict is Verdict.BAD_ITEM:
        return otherwise(f"{MANY:,} IgnoreParams items in a call are too many, {ASSUMED + 1} are not")
    what = f"calls with {ASSUMED + 1} and {MANY:,} items are refused with {more.code} and {many.code}"
    raise Unclear(f"{what}: the number of items is not checked first")


def _submit(account: Account, count: int) -> Called:
    good = (account.url(f"{number}.txt") for number in range(count - 1))
    called = account.refresh_all_queries(*good, account.url("") + MALFORMED)
    if called.takes:
        raise Unclear("the product accepts a URL with a space: no call could be made that it refuses")
    return called


QUESTION = Question(
    name="call-ignore-params",
    question=Text(
        en="How many IgnoreParams items may one call have? No document says it",
        zh="一次请求可以包含多少个 IgnoreParams 刷新项？没有文档说明",
    ),
    assumption=Text(en="100, as in ESA", zh="100，与 ESA 相同"),
    otherwise=Text(
        en="fewer: such calls are split; more: a larger call is never made",
        zh="更少：请求会被拆分；更多：不会提交更大的请求",
    ),
    check=Text(
        en="a call with 101 IgnoreParams items of which one is malformed, so that it uses nothing: is the code about "
        "the number of items?",
        zh="发送一次包含 101 个 IgnoreParams 刷新项的请求，其中一个格式错误，这样不会占用配额："
        "错误码是否针对刷新项数量？",
    ),
    steps=(look,),
    cost=Cost(ignore_params=A_DAY),
    products=frozenset({"cdn", "dcdn"}),
    reads_the_quota=True,
)
