"""How many calls a second does ESA take?"""

from oss_cdn_refresh.model.batch import Batch
from oss_cdn_refresh.model.errors import CallRefused
from oss_cdn_refresh.model.item import FILE, Item
from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Notes, Unclear, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import Cost, Question, Text
from oss_cdn_refresh_cli.probing.questions.esa.calling import THROTTLED

ASSUMED, MOST = 5, 10  # calls of a burst
BURSTS = 3  # others of the account may call in one of them
PAUSE = 5.0  # seconds


def look(account: Account, _notes: Notes) -> Answer:
    """Purge as fast as possible, until ESA throttles."""
    taken: set[int] = set()
    fastest = 0
    throttled = ""
    for burst in range(BURSTS):
        account.effects.sleep(PAUSE)
        count, code = _burst(account, burst)
        if code:
            taken.add(count)
            throttled = code
        fastest = max(fastest, count)
    account.effects.sleep(PAUSE)  # for the questions that follow
    seen = f"{fastest} calls within a second were accepted"
    if fastest > ASSUMED:
        return otherwise(seen)
    if not throttled:
        raise Unclear(f"{seen}, and no call was throttled: run the probe from a place nearer to ESA")
    if fastest < ASSUMED and (not fastest or len(taken) > 1):
        raise Unclear(
            f"{seen}, and not as many in each burst ({throttled}): somebody else calls too: run the probe again"
        )
    return (as_assumed if fastest == ASSUMED else otherwise)(f"{seen}, the next one was refused ({throttled})")


def _burst(account: Account, burst: int) -> tuple[int, str]:
    """How many calls of a burst were accepted within one second, and the code of the refusal after them, or ""."""
    place, client = account.place, account.client()  # one client, because the account pauses before each new one
    times: list[float] = []
    for number in range(MOST):
        item = Item(FILE, account.url(f"{burst}-{number}.txt"), place.domain, place.target)
        times.append(account.effects.now())
        try:
            client.refresh(Batch(FILE, force=False, items=(item,)), account.operation.settings.seconds)
        except CallRefused as refusal:
            if not refusal.code.startswith(THROTTLED):
                raise
            return _within_a_second(times[:-1]), refusal.code
    return _within_a_second(times), ""


def _within_a_second(times: list[float]) -> int:
    """The most calls in any second."""
    return max((sum(begin <= at < begin + 1 for at in times) for begin in times), default=0)


QUESTION = Question(
    name="esa-rate",
    question=Text(en="How many calls a second does ESA take?", zh="ESA 每秒接受多少次请求？"),
    assumption=Text(
        en="5 of each action; after `TooManyRequests` the function waits longer each time",
        zh="每个接口 5 次；返回 `TooManyRequests` 之后，函数等待的时间逐次加长",
    ),
    otherwise=Text(
        en='fewer: lines `refused` with `"means": "retry"`; the items are accepted later. More: calls could be faster',
        zh='更少：出现 `"means": "retry"` 的 `refused` 行，刷新项稍后被受理。更多：请求可以更快',
    ),
    check=Text(
        en="[refused.sql](../infra/sls/queries/refused.sql)",
        zh="[refused.sql](../infra/sls/queries/refused.sql)",
    ),
    steps=(look,),
    cost=Cost(urls=BURSTS * MOST),
    products=frozenset({"esa"}),
)
