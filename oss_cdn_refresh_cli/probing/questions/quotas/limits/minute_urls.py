"""How many URLs of a domain does the API take in a minute?"""

from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Later, Notes
from oss_cdn_refresh_cli.probing.question import MINUTE, Cost, Question, Text
from oss_cdn_refresh_cli.probing.questions.quotas.limits import minute

ASSUMED = 1_000
SETTING = "limits: {urls_per_minute_per_domain: 2500}"


def begin(account: Account, _notes: Notes) -> Later:
    """Wait for a minute in which the probe submits nothing else."""
    return minute.quiet(account)


def submit(account: Account, _notes: Notes) -> Answer:
    """Submit one URL more than the assumed number."""
    return minute.tried(account, "File", ASSUMED, SETTING)


QUESTION = Question(
    name="minute-urls",
    question=Text(
        en="How many URLs a minute and domain: 1,000 as in all pages before 2025-09, or 10,000 as in newer ones?",
        zh="每个域名每分钟可以刷新多少个 URL：2025-09 之前的文档都写 1,000，之后的文档写 10,000？",
    ),
    assumption=Text(en="1,000", zh="1,000"),
    otherwise=Text(
        en="`limits: {urls_per_minute_per_domain: 2500}`, with which 3 + 1 instances keep to 10,000: "
        "`make check-template` computes it",
        zh="`limits: {urls_per_minute_per_domain: 2500}`，这样 3 + 1 个实例不会超过 10,000："
        "由 `make check-template` 计算",
    ),
    check=Text(
        en="raise the limit, and look for `QuotaPerMinuteExceeded` in [refused.sql](../infra/sls/queries/refused.sql)",
        zh="调高该值，然后在 [refused.sql](../infra/sls/queries/refused.sql) 中查找 `QuotaPerMinuteExceeded`",
    ),
    steps=(begin, submit),
    cost=Cost(urls=ASSUMED + 1),
    seconds=minute.QUIET + MINUTE,
    products=frozenset({"cdn"}),
    is_timed=True,
)
