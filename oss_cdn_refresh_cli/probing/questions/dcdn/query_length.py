"""How long may a query be?"""

from collections.abc import Mapping, Sequence

from oss_cdn_refresh.model.errors import CallRefused
from oss_cdn_refresh.products.dcdn.client import NAMES, NOT_SEEN, QUERY_BYTES
from oss_cdn_refresh.products.esa.client import REFRESH as PURGE
from oss_cdn_refresh.products.esa.client import VERSION
from oss_cdn_refresh.products.signature import query_string
from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Notes, NotTried, Unclear, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import Cost, Question, Text
from oss_cdn_refresh_cli.probing.questions.esa.calling import purge_of

URLS = 10  # few URLs that are long fill a query with little quota
TOO_LONG = ("HTTP413", "HTTP414")  # answers of a gateway


def look(account: Account, _notes: Notes) -> Answer:
    """Refresh with a query as long as the function makes it at most."""
    name = account.place.target.product
    action, version = (PURGE, VERSION) if name == "esa" else (NAMES.refresh, NAMES.version)
    query = _longest(account)
    size = len(query_string(query))
    try:
        account.call(action, version, query=query)
    except CallRefused as refusal:
        if refusal.code in TOO_LONG:
            setting = f"limits: {{{name}: {{urls_per_call: 50}}}}"
            return otherwise(f"a query of {size:,} bytes is refused ({refusal.code})", setting)
        if refusal.code.startswith(NOT_SEEN):
            raise NotTried("DCDN does not read the query, so the function never uses it") from refusal
        raise Unclear(f"a query of {size:,} bytes is refused ({refusal.code}: {refusal.message})") from refusal
    return as_assumed(f"a query of {size:,} bytes is accepted")


def _longest(account: Account) -> Mapping[str, str]:
    """The parameters of a refresh whose query has just no more than QUERY_BYTES."""
    free = QUERY_BYTES - len(query_string(_query(account, _urls(account, 0))))
    return _query(account, _urls(account, free // URLS))


def _urls(account: Account, longer: int) -> Sequence[str]:
    return [account.url(f"{'x' * longer}{number}.txt") for number in range(URLS)]


def _query(account: Account, urls: Sequence[str]) -> Mapping[str, str]:
    if account.place.target.product == "esa":
        return purge_of(account, urls)
    return {"ObjectPath": "\n".join(urls), "ObjectType": "File"}


QUESTION = Question(
    name="query-length",
    question=Text(
        en="How long may a query be (`ObjectPath` of DCDN, `Content` of ESA)?",
        zh="查询串最长可以是多少（DCDN 的 `ObjectPath`，ESA 的 `Content`）？",
    ),
    assumption=Text(
        en="100 URLs and 8,000 bytes; after a 413 or 414 the call is split",
        zh="100 个 URL、8,000 字节；返回 413 或 414 之后拆分请求",
    ),
    otherwise=Text(
        en="the calls are split: fewer URLs a call with `limits: {esa: {urls_per_call: 50}}`",
        zh="请求被拆分：设置 `limits: {esa: {urls_per_call: 50}}` 减少每次请求的 URL",
    ),
    check=Text(
        en='`"code": "HTTP414"` in lines `refused`',
        zh='`refused` 行中的 `"code": "HTTP414"`',
    ),
    steps=(look,),
    cost=Cost(urls=URLS),
    products=frozenset({"dcdn", "esa"}),
)
