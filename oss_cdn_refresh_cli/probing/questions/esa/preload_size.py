"""How many URLs does one PreloadCaches take?"""

from oss_cdn_refresh.model.verdict import Verdict
from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Notes, Unclear, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import Cost, Question, Text

ASSUMED = 100
TOO_LONG = ("HTTP413", "HTTP414")  # answers of a gateway
OVER_LIMIT = "OverLimit"  # in codes of the sister products
ABOUT_THE_CALL = (Verdict.TOO_LARGE, Verdict.BAD_REQUEST)


def look(account: Account, _notes: Notes) -> Answer:
    """Preload one URL, and then as many as the function does in one call."""
    alone = account.preload(account.url("0.txt"))
    alone.expect("ESA refuses a preload of one URL ({})")
    many = account.preload(*(account.url(f"{number}.txt") for number in range(ASSUMED)))
    if many.accepted:
        return as_assumed(f"a call with {ASSUMED} URLs is accepted")
    if many.code in TOO_LONG:
        raise Unclear(f"the query with {ASSUMED} URLs is too long ({many.code}): query-length asks about that")
    if many.verdict not in ABOUT_THE_CALL and OVER_LIMIT not in many.code:
        raise Unclear(f"the refusal is not about the number of URLs ({many.code}): run the probe at another time")
    return otherwise(f"one URL is accepted, {ASSUMED} are refused ({many.code}: {many.message})")


QUESTION = Question(
    name="esa-preload-size",
    question=Text(en="How many URLs does one PreloadCaches take?", zh="一次 PreloadCaches 最多接受多少个 URL？"),
    assumption=Text(en="100", zh="100"),
    otherwise=Text(
        en="after `DomainNameOverLimit` or a 413 the call is split; after another code its URLs are skipped with "
        "`preload_skipped`",
        zh="返回 `DomainNameOverLimit` 或 413 之后拆分请求；返回其他错误码时，这些 URL 以 `preload_skipped` 跳过",
    ),
    check=Text(
        en="a site with `preload`, and more than 100 changed objects",
        zh="一个设置了 `preload` 的站点，变更超过 100 个文件",
    ),
    steps=(look,),
    cost=Cost(preloads=ASSUMED + 1),
    products=frozenset({"esa"}),
)
