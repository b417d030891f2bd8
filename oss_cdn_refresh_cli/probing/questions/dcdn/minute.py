"""How many URLs a minute and domain does DCDN take?"""

from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Later, Notes
from oss_cdn_refresh_cli.probing.question import MINUTE, Cost, Question, Text
from oss_cdn_refresh_cli.probing.questions.quotas.limits import minute

PER_CALL = 1_000  # RefreshDcdnObjectCaches
SETTING = "limits: {dcdn: {urls_per_minute_per_domain: 2500}}"


def begin(account: Account, _notes: Notes) -> Later:
    """Wait for a minute in which the probe submits nothing else."""
    return minute.quiet(account)


def submit(account: Account, _notes: Notes) -> Answer:
    """Submit 1,000 URLs and one more within the minute; no objects are needed."""
    return minute.tried(account, "File", PER_CALL, SETTING)


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
    steps=(begin, submit),
    seconds=minute.QUIET + MINUTE,
    is_timed=True,
    cost=Cost(urls=PER_CALL + 1),
    products=frozenset({"dcdn"}),
)
