"""Do the items of a refused call, and repeated items, use the day's quota?"""

from oss_cdn_refresh.model.item import FILE
from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Later, Notes, Unclear, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import Cost, Question, Text
from oss_cdn_refresh_cli.probing.questions.quotas.spending.remaining import AGAIN, QUIET, SETTLES, check_quiet, left

ITEMS = 2  # of each call
MALFORMED = "a b.txt"  # a URL has no space


def begin(_account: Account, _notes: Notes) -> Later:
    """Let other questions of the probe submit their items first."""
    return Later(QUIET, {})


def measure(account: Account, _notes: Notes) -> Later:
    """Read the quota, and let a minute pass in which nobody should use it."""
    return Later(SETTLES, {"left": left(account, FILE)})


def repeat(account: Account, notes: Notes) -> Later:
    """Submit a URL twice in one call."""
    check_quiet(account, FILE, notes["left"])
    called = account.refresh(*[account.url("a.txt")] * ITEMS)
    called.expect("a call with a line twice is refused: {}")
    return Later(SETTLES, notes)


def be_refused(account: Account, notes: Notes) -> Later:
    """Note the quota that the repeated URL used, and submit a call that is refused for one of its URLs."""
    now = left(account, FILE)
    repeated = notes["left"] - now
    if repeated not in {1, ITEMS}:
        raise Unclear(f"a URL twice in a call used {repeated} of the quota: {AGAIN}")
    called = account.refresh(account.url("b.txt"), account.url("") + MALFORMED)
    if called.takes:
        raise Unclear("the product accepts a URL with a space: no call could be made that it refuses")
    return Later(SETTLES, {"left": now, "duplicates": repeated == ITEMS})


def look(account: Account, notes: Notes) -> Answer:
    """Compare the quota that the refused call used."""
    used = notes["left"] - left(account, FILE)
    if used not in {0, ITEMS}:
        raise Unclear(f"a refused call with {ITEMS} URLs used {used} of the quota: {AGAIN}")
    seen = f"repeated items use quota: {_word(notes['duplicates'])}; items of a refused call: {_word(bool(used))}"
    return as_assumed(seen) if used and notes["duplicates"] else otherwise(seen)


def _word(uses: bool) -> str:  # noqa: FBT001 - one value of the sentence
    return "yes" if uses else "no"


QUESTION = Question(
    name="refused-items",
    question=Text(en="Do refused or repeated items use quota?", zh="被拒绝的或重复的刷新项是否占用配额？"),
    assumption=Text(
        en="yes; items of an unanswered call use quota, too",
        zh="是，没有得到响应的请求中的刷新项也占用",
    ),
    otherwise=Text(en="the function assumes too little quota, for 60 s", zh="函数在 60 秒内认为剩余的配额比实际的少"),
    check=Text(
        en="`oss-cdn-refresh quota`, one call with a line twice, `oss-cdn-refresh quota`; then again with a "
        "call that is refused",
        zh="`oss-cdn-refresh quota`，一次包含重复行的请求，再执行 `oss-cdn-refresh quota`；用一次会被拒绝的请求再试",
    ),
    steps=(begin, measure, repeat, be_refused, look),
    cost=Cost(urls=2 * ITEMS),
    seconds=QUIET + 3 * SETTLES,
    is_timed=True,
)
