"""How long may a URL be?"""

from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Notes, Unclear, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import Cost, Question, Text

ASSUMED = 2_048  # characters; the function sends no longer URL
TRIES = 13  # of a binary search between a short URL and the longest, with both


def look(account: Account, _notes: Notes) -> Answer:
    """Submit the longest URL; if it is refused, find the longest accepted URL by a binary search."""
    if _takes(account, ASSUMED):
        return as_assumed(f"a URL of {ASSUMED:,} characters is accepted")
    accepted, refused = len(account.url("")) + 1, ASSUMED
    if not _takes(account, accepted):
        raise Unclear("the product refuses a short URL too: check the domain")
    while refused - accepted > 1:
        middle = (accepted + refused) // 2
        accepted, refused = (middle, refused) if _takes(account, middle) else (accepted, middle)
    return otherwise(f"a URL of {accepted:,} characters is accepted, one of {refused:,} is refused")


def _takes(account: Account, length: int) -> bool:
    return account.refresh(account.url("").ljust(length, "a")).takes


QUESTION = Question(
    name="item-length",
    question=Text(
        en="How long may a URL be? 1,024 characters in related APIs",
        zh="一个 URL 可以有多长？相关 API 中为 1,024 个字符",
    ),
    assumption=Text(
        en="2,048 characters: a longer URL is a dead letter, never sent",
        zh="2,048 个字符：更长的 URL 成为死信，不会提交",
    ),
    otherwise=Text(
        en="the CDN refuses a URL of 1,025 to 2,048 characters, and the function finds it by halving the call",
        zh="CDN 拒绝 1,025 到 2,048 个字符的 URL，函数通过对半拆分请求找到它",
    ),
    check=Text(en="refresh a URL of 1,500 characters", zh="刷新一个 1,500 个字符的 URL"),
    steps=(look,),
    cost=Cost(urls=TRIES),
)
