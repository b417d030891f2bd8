"""How many directories of a domain does the API take in a minute?

An account has 100 directories a day unless its quota was raised, so that few accounts can try it.
"""

from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Later, Notes, NotTried
from oss_cdn_refresh_cli.probing.question import MINUTE, Cost, Question, Text
from oss_cdn_refresh_cli.probing.questions.quotas.limits import minute

ASSUMED = 100


def begin(account: Account, _notes: Notes) -> Later:
    """Check that the day's quota suffices, and wait for a minute in which the probe submits nothing else."""
    left = account.quotas()["Directory"].left
    if left is not None and left <= ASSUMED:
        what = f"it takes {ASSUMED + 1} directories, and {left} are left today"
        raise NotTried(f"{what}: give an account whose quota of directories was raised")
    return minute.quiet(account)


def submit(account: Account, _notes: Notes) -> Answer:
    """Submit one directory more than the assumed number."""
    return minute.tried(account, "Directory", ASSUMED, "")


QUESTION = Question(
    name="minute-directories",
    question=Text(
        en="How many directories a minute and domain? Only one page ever named a limit: 100",
        zh="每个域名每分钟可以刷新多少个目录？只有一个页面写过 100",
    ),
    assumption=Text(en="at most 100", zh="最多 100"),
    otherwise=Text(
        en="the function submits directories more slowly than possible",
        zh="目录的提交比实际允许的慢",
    ),
    check=Text(
        en="look for `QuotaPerMinuteExceeded` with `object_type` = `Directory` in "
        "[refused.sql](../infra/sls/queries/refused.sql)",
        zh="在 [refused.sql](../infra/sls/queries/refused.sql) 中查找 `object_type` 为 `Directory` 的 "
        "`QuotaPerMinuteExceeded`",
    ),
    steps=(begin, submit),
    cost=Cost(directories=ASSUMED + 1),
    seconds=minute.QUIET + MINUTE,
    products=frozenset({"cdn", "dcdn"}),
    is_timed=True,
    reads_the_quota=True,
)
