"""Do CDN and DCDN share one daily quota? The quota of the CDN is read, too, which needs no domain of the CDN."""

from oss_cdn_refresh.model.item import FILE, Target
from oss_cdn_refresh_cli.clients.products import quotas
from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Later, Notes, Unclear, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import MINUTE, Cost, Question, Text
from oss_cdn_refresh_cli.probing.questions.tasks.looking import QUIET

URLS = 3


def wait(_account: Account, _notes: Notes) -> Later:
    """Let the other questions of the run submit their items."""
    return Later(QUIET, {})


def begin(account: Account, _notes: Notes) -> Later:
    """Read both remaining quotas, a minute before the probe refreshes anything."""
    return Later(MINUTE, _left(account))


def refresh(account: Account, notes: Notes) -> Later:
    """Check that nobody else uses the quotas, and refresh some URLs on DCDN."""
    if _left(account) != notes:
        raise Unclear("somebody else used the quota of CDN or DCDN within a minute: run the probe at a quiet time")
    called = account.refresh(*(account.url(f"{number}.txt") for number in range(URLS)))
    called.expect("DCDN refused the refresh ({})")
    return Later(MINUTE, notes)


def look(account: Account, notes: Notes) -> Answer:
    """Check which remaining quotas have become smaller."""
    now = _left(account)
    used = {name: notes[name] - now[name] for name in notes}
    seen = f"{URLS} URLs on DCDN took {used['dcdn']} of DCDN's quota and {used['cdn']} of the CDN's"
    if used == {"cdn": 0, "dcdn": URLS}:
        return as_assumed(seen)
    if used == {"cdn": URLS, "dcdn": URLS}:
        return otherwise(seen)
    raise Unclear(f"{seen}: run the probe at a quiet time")


def _left(account: Account) -> dict[str, int]:
    """How many URLs each product may still refresh today."""
    left = {name: quotas(account.operation, Target(name))[FILE].left for name in ("cdn", "dcdn")}
    if missing := [name for name, figure in left.items() if figure is None]:
        raise Unclear(f"{missing[0]}: the answer has no quota of URLs")
    return {name: figure or 0 for name, figure in left.items()}


QUESTION = Question(
    name="dcdn-shared-quota",
    question=Text(
        en="Do CDN and DCDN share one daily quota? They have two quota calls, which suggests: no",
        zh="CDN 和 DCDN 共用一份每日配额吗？两者各有一个配额接口，看来不是",
    ),
    assumption=Text(
        en="no: the function reads the quota of each product, and never adds them up",
        zh="否：函数分别读取每个产品的配额，从不相加",
    ),
    otherwise=Text(
        en="a refusal for the quota comes earlier than planned: the items wait for the reset",
        zh="比规划的更早因配额被拒绝：刷新项等到配额重置",
    ),
    check=Text(
        en="`oss-cdn-refresh quota` before and after a refresh on DCDN alone",
        zh="只在 DCDN 上刷新，之前和之后执行 `oss-cdn-refresh quota`",
    ),
    steps=(wait, begin, refresh, look),
    cost=Cost(urls=URLS),
    seconds=QUIET + 2 * MINUTE,
    products=frozenset({"dcdn"}),
    is_timed=True,
)
