"""Which quotas for 30 days does ESA have?"""

from oss_cdn_refresh.products.esa.client import QUOTA
from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Notes, NotTried, Unclear, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import Cost, Question, Text
from oss_cdn_refresh_cli.probing.questions.esa.calling import FILES, call

FOR_QUOTA = ("Quota", "OverThreshold")  # parts of the codes


def look(account: Account, _notes: Notes) -> Answer:
    """Refresh a URL if the figures show no quota for 30 days, or a quota that is used up."""
    reply = call(account, QUOTA, FILES)
    day, used = reply.figure("Quota"), reply.figure("Usage")
    month, used_month = reply.figure("Quota30Day") or 0, reply.figure("Usage30Day") or 0
    if day is None or used is None or used >= day:
        raise NotTried("nothing is left of the day's quota, or ESA does not answer it: run the probe on another day")
    if used_month < month:
        left = month - used_month
        raise NotTried(
            f"{left:,} of {month:,} URLs are left for 30 days: only a quota that is used up answers the question"
        )
    called = account.refresh(account.url("page.txt"))
    is_for_quota = any(part in called.code for part in FOR_QUOTA)
    if not called.accepted and not is_for_quota:
        raise Unclear(f"ESA refused the refresh ({called.code}: {called.message})")
    what = "accepted" if called.accepted else f"refused ({called.code})"
    figures = f"Quota30Day is {month:,}, Usage30Day {used_month:,}, and of today {day - used:,} URLs are left"
    expected = called.accepted if not month else is_for_quota
    return (as_assumed if expected else otherwise)(f"{figures}: a refresh is {what}")


QUESTION = Question(
    name="esa-30-days",
    question=Text(
        en="Which quotas for 30 days does ESA have (`Quota30Day`, `Usage30Day`)? The API has the figures, no page "
        "explains them",
        zh="ESA 有哪些 30 天的配额（`Quota30Day`、`Usage30Day`）？API 有这些数字，但没有页面解释",
    ),
    assumption=Text(
        en="the remaining quota is the smaller of the two remainders; 0 or a missing figure is no quota for "
        "30 days; a new day does not refill the quota for 30 days",
        zh="剩余量取两个剩余量中较小的；0 或没有该数字表示没有 30 天的配额；新的一天不会补充 30 天的配额",
    ),
    otherwise=Text(
        en="items wait although ESA would accept them, or a refusal comes earlier than planned",
        zh="ESA 会受理的刷新项也在等待，或比规划的更早被拒绝",
    ),
    check=Text(
        en="`aliyun esa GetPurgeQuota --SiteId 123456789012345 --Type file`",
        zh="`aliyun esa GetPurgeQuota --SiteId 123456789012345 --Type file`",
    ),
    steps=(look,),
    cost=Cost(urls=1),
    products=frozenset({"esa"}),
    reads_the_quota=True,
)
