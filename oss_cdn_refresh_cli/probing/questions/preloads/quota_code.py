"""What does the product answer when the day's preloads are used up?"""

from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Notes, NotTried, Unclear, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import Cost, Question, Text

PER_CALL = 100  # PushObjectCache, "ObjectPath"
USUAL, OTHER = "QuotaExceeded", "PreloadQueueFull"


def look(account: Account, _notes: Notes) -> Answer:
    """Submit one URL more than the remaining quota, if one call can hold them."""
    left = account.client().preload_left(account.operation.settings.seconds)
    if left is None:
        raise NotTried("the answer of the product has no number of remaining preloads")
    if left >= PER_CALL:
        raise NotTried(f"{left:,} preloads are left today: run the probe when fewer than {PER_CALL} are left")
    called = account.preload(*(account.url(f"{number}.txt") for number in range(left + 1)))
    if called.accepted:
        raise Unclear(f"{left + 1} preloads were accepted where {left} were left")
    if called.code.startswith(USUAL):
        return as_assumed(f"{called.code}: {called.message}")
    if called.code.startswith(OTHER):
        return otherwise(f"{called.code}: {called.message}")
    raise Unclear(f"another refusal: {called.code}: {called.message}")


QUESTION = Question(
    name="preload-quota-code",
    question=Text(
        en="What does the CDN answer when the day's preloads are used up, `QuotaExceeded.Preload` or "
        "`PreloadQueueFull`?",
        zh="当天的预热配额用完时，CDN 返回 `QuotaExceeded.Preload` 还是 `PreloadQueueFull`？",
    ),
    assumption=Text(
        en="`QuotaExceeded.Preload`. With either code the URLs are skipped, and not tried again",
        zh="`QuotaExceeded.Preload`。无论哪个错误码，这些 URL 都会跳过，不再重试",
    ),
    otherwise=Text(
        en="only the `reason` of `preload_skipped` is misleading: the queue seems to be full",
        zh="只有 `preload_skipped` 的 `reason` 会误导：看起来像是队列已满",
    ),
    check=Text(
        en="the `reason` of `preload_skipped` on a day when the preloads are used up",
        zh="在预热配额用完的那天，看 `preload_skipped` 的 `reason`",
    ),
    steps=(look,),
    cost=Cost(preloads=PER_CALL),
    products=frozenset({"cdn", "dcdn"}),
    reads_the_quota=True,
)
