"""Do OSS's own automatic refreshes use the same quota?"""

from oss_cdn_refresh.model.item import FILE
from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Later, Notes, NotTried, Unclear, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import MINUTE, Cost, Question, Text
from oss_cdn_refresh_cli.probing.questions.quotas.spending.remaining import AGAIN, SETTLES, check_quiet, left

NAMES = [f"{number}.txt" for number in range(5)]
REFRESHES = 5 * MINUTE  # after which OSS should have refreshed the uploaded objects


def begin(account: Account, _notes: Notes) -> Later:
    """Check that OSS refreshes the domain, upload some objects, and wait until their own refreshes are over."""
    bound = account.bucket.list_bucket_cname().cname
    switches = {str(each.domain).lower(): str(each.is_purge_cdn_cache).lower() == "true" for each in bound}
    if not switches.get(account.place.domain):
        what = f"OSS does not refresh {account.place.domain} by itself"
        raise NotTried(f"{what}: turn the CDN cache auto-refresh of the bound domain on, and the trigger off")
    for name in NAMES:
        account.put(name, "old")
    return Later(REFRESHES, {})


def measure(account: Account, _notes: Notes) -> Later:
    """Read the quota, and let a minute pass in which nobody should use it."""
    return Later(SETTLES, {"left": left(account, FILE)})


def change(account: Account, notes: Notes) -> Later:
    """Overwrite the objects."""
    check_quiet(account, FILE, notes["left"])
    for name in NAMES:
        account.put(name, "new")
    return Later(REFRESHES, notes)


def look(account: Account, notes: Notes) -> Answer:
    """Compare the remaining quota with the earlier figure."""
    used = notes["left"] - left(account, FILE)
    if used == 0:
        return otherwise(f"{len(NAMES)} overwritten objects used nothing of the quota")
    if used < len(NAMES):
        raise Unclear(f"{len(NAMES)} overwritten objects used {used} of the quota: {AGAIN}")
    return as_assumed(f"{len(NAMES)} overwritten objects used {used} of the quota")


QUESTION = Question(
    name="oss-refreshes",
    question=Text(
        en="Does OSS's own automatic refresh use the same quota?", zh="OSS 自带的自动刷新是否占用同一份配额？"
    ),
    assumption=Text(
        en="yes: `doctor` warns when the switch and the function are both on",
        zh="是：自动刷新与函数都开启时 `doctor` 会给出警告",
    ),
    otherwise=Text(
        en="the switch and the function may both stay on",
        zh="自动刷新与函数可以都保持开启",
    ),
    check=Text(
        en="`oss-cdn-refresh quota` before and after an upload with the switch on and the trigger off",
        zh="打开该开关并停用触发器，在一次上传前后执行 `oss-cdn-refresh quota`",
    ),
    steps=(begin, measure, change, look),
    cost=Cost(urls=2 * len(NAMES)),
    seconds=2 * REFRESHES + SETTLES,
    products=frozenset({"cdn"}),
    is_timed=True,
)
