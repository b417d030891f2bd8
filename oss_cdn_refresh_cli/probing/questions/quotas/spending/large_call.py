"""Is a call that exceeds the remaining quota of the day refused as a whole?

The steps use IgnoreParams items: an account has 100 of them a day, and few accounts use them.
"""

from oss_cdn_refresh.model.item import IGNORE_PARAMS
from oss_cdn_refresh.model.verdict import Verdict
from oss_cdn_refresh_cli.probing.account import Account, Called
from oss_cdn_refresh_cli.probing.account.called import ANOTHER_REASON
from oss_cdn_refresh_cli.probing.answers import Answer, Later, Notes, NotTried, Unclear, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import Cost, Question, Text
from oss_cdn_refresh_cli.probing.questions.quotas.spending.remaining import SETTLES, left

A_DAY = 100  # IgnoreParams of an account
WHEN = "when fewer than {} IgnoreParams items are left, and at least one"


def begin(account: Account, _notes: Notes) -> Later:
    """Check that one call can exceed the remaining quota; submit one item first if the quota is one too large."""
    most = account.product.LIMITS.ignore_params_per_call
    rest = left(account, IGNORE_PARAMS)
    if not 0 < rest <= most:
        raise NotTried(f"{rest:,} IgnoreParams items are left today: run the probe {WHEN.format(most)}")
    if rest == most:
        _check_reason(_submit(account, 1))
    return Later(SETTLES, {})


def exceed(account: Account, _notes: Notes) -> Answer | Later:
    """Submit one item more than the remaining quota."""
    before = left(account, IGNORE_PARAMS)
    if not 0 < before < account.product.LIMITS.ignore_params_per_call:
        raise Unclear(f"{before:,} IgnoreParams items are left: somebody else uses them, or the answer is late")
    called = _submit(account, before + 1)
    if called.accepted:
        return otherwise(f"a call with {before + 1} IgnoreParams items was accepted while {before} were left")
    _check_reason(called)
    return Later(SETTLES, {"before": before, "code": called.code})


def look(account: Account, notes: Notes) -> Answer:
    """Check whether some of the refused call's items were accepted."""
    before, now, code = notes["before"], left(account, IGNORE_PARAMS), notes["code"]
    if now == before:
        return as_assumed(f"refused with {code}, and {before} IgnoreParams items are still left")
    what = f"refused with {code}, but {before} IgnoreParams items were left before and {now} after"
    raise Unclear(f"{what}: perhaps refused items use quota: --only refused-items answers that")


def _submit(account: Account, count: int) -> Called:
    return account.refresh_all_queries(*(account.url(f"{number}.txt") for number in range(count)))


def _check_reason(called: Called) -> None:
    """:raises Unclear: the call was refused, and not for the quota."""
    if called.verdict is not Verdict.DAY_QUOTA:
        called.expect(ANOTHER_REASON)


QUESTION = Question(
    name="large-call",
    question=Text(
        en="Is a call that exceeds the remaining quota of the day refused as a whole?",
        zh="如果一次请求超过当天剩余的配额，是否整个请求都被拒绝？",
    ),
    assumption=Text(
        en="yes: after a refusal the function reads the quota, and submits as many items as the quota allows",
        zh="是：被拒绝后函数读取配额，再提交配额允许的数量",
    ),
    otherwise=Text(
        en="until the next refusal, the CDN accepts fewer items than the function counts",
        zh="在下一次被拒绝之前，CDN 实际受理的刷新项比函数统计的少",
    ),
    check=Text(
        en="at the end of a day: `oss-cdn-refresh quota` before and after a call that exceeds the remaining quota",
        zh="在一天快结束时：在一次超过剩余配额的请求前后执行 `oss-cdn-refresh quota`",
    ),
    steps=(begin, exceed, look),
    cost=Cost(ignore_params=A_DAY),
    seconds=2 * SETTLES,
    products=frozenset({"cdn", "dcdn"}),
    is_timed=True,
    reads_the_quota=True,
)
