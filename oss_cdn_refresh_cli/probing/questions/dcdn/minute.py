"""How many URLs a minute and domain does DCDN take?"""

from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Notes, Unclear, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import Cost, Question, Text

PER_CALL = 1_000  # RefreshDcdnObjectCaches
FULL = "QuotaPerMinuteExceeded"
SOON = 30.0  # seconds: both calls have to fall into one minute


def look(account: Account, _notes: Notes) -> Answer:
    """Submit 1,000 URLs and one more within the minute; no objects are needed."""
    began = account.effects.now()
    first = account.refresh(*(account.url(f"{number}.txt") for number in range(PER_CALL)))
    if not first.accepted:
        raise Unclear(f"DCDN refused the first {PER_CALL:,} URLs ({first.code}: {first.message})")
    more = account.refresh(account.url("more.txt"))
    if more.code.startswith(FULL):
        return as_assumed(f"URL {PER_CALL + 1:,} within a minute is refused ({more.code})")
    if not more.accepted:
        raise Unclear(f"DCDN refused one more URL ({more.code}: {more.message})")
    if account.effects.now() - began > SOON:
        raise Unclear("the calls took too long to fall into one minute: run the probe again")
    setting = "limits: {dcdn: {urls_per_minute_per_domain: 2500}}"
    return otherwise(f"{PER_CALL + 1:,} URLs within a minute are accepted", setting)


QUESTION = Question(
    name="dcdn-minute",
    question=Text(
        en="URLs a minute and domain on DCDN: 1,000 on the page of 2024, 10,000 on the page of 2025-09",
        zh="DCDN 每个域名每分钟的 URL 数：2024 年的页面写 1,000，2025-09 的页面写 10,000",
    ),
    assumption=Text(en="1,000", zh="1,000"),
    otherwise=Text(
        en="URLs wait although DCDN would accept them: `limits: {dcdn: {urls_per_minute_per_domain: 2500}}`, with "
        "which 3 + 1 instances keep to 10,000",
        zh="DCDN 会受理的 URL 也在等待：设置 `limits: {dcdn: {urls_per_minute_per_domain: 2500}}`，"
        "这样 3 + 1 个实例不超过 10,000",
    ),
    check=Text(
        en="raise the limit, and look for `QuotaPerMinuteExceeded` with product `dcdn` in "
        "[refused.sql](../infra/sls/queries/refused.sql)",
        zh="调大这个值，在 [refused.sql](../infra/sls/queries/refused.sql) 的结果中查找产品 `dcdn` 的 "
        "`QuotaPerMinuteExceeded`",
    ),
    steps=(look,),
    cost=Cost(urls=PER_CALL + 1),
    products=frozenset({"dcdn"}),
)
