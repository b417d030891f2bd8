"""How large may the body of a call be? A call with as many URLs as it may have, each of some length, is tried."""

from oss_cdn_refresh.model.verdict import Verdict
from oss_cdn_refresh.products.api import form_encoded
from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.account.called import ANOTHER_REASON
from oss_cdn_refresh_cli.probing.answers import Answer, Notes, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import Cost, Question, Text

URLS = 1_000
LETTERS = "%E4%B8%AD" * 6  # 54 characters of a URL are 90 bytes of a form body: so no URL has 1,024 characters
HALF = "limits: {bytes_per_call: 524288}"
OF_OTHERS = len("ObjectPath=&ObjectType=Directory")  # bytes of the body beside the URLs


def look(account: Account, _notes: Notes) -> Answer:
    """Submit a call whose body has almost the assumed size."""
    urls = _urls(account)
    size = OF_OTHERS + len(form_encoded("\n".join(urls)))
    called = account.refresh(*urls)
    if called.verdict is Verdict.TOO_LARGE:
        return otherwise(f"a call with a body of {size:,} bytes is too large: {called.code}", HALF)
    called.expect(ANOTHER_REASON)
    return as_assumed(f"a call with a body of {size:,} bytes is accepted")


def _urls(account: Account) -> list[str]:
    """URLs that fill the body."""
    plain = [account.url(f"{number:04}") + LETTERS for number in range(URLS)]
    room = account.product.LIMITS.bytes_per_call - OF_OTHERS - len(form_encoded("\n".join(plain)))
    return [url + "a" * (room // URLS) for url in plain]


QUESTION = Question(
    name="body-size",
    question=Text(en="How large may the body of a call be?", zh="一次请求的正文可以有多大？"),
    assumption=Text(
        en="1 MiB; after a 413 the function splits the call",
        zh="1 MiB；返回 413 时函数拆分请求",
    ),
    otherwise=Text(
        en="no harm: the function splits the call; `limits: {bytes_per_call: 524288}` avoids the refused calls",
        zh="没有影响：请求会被拆分；设置 `limits: {bytes_per_call: 524288}` 可以避免被拒绝的请求",
    ),
    check=Text(en="a call with 1,000 long URLs", zh="用 1,000 个很长的 URL 发送一次请求"),
    steps=(look,),
    cost=Cost(urls=URLS),
    products=frozenset({"cdn"}),
)
