"""What does the product answer for an unknown id, and for a new one?"""

from oss_cdn_refresh.model.errors import CallRefused
from oss_cdn_refresh.model.verdict import Verdict
from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Notes, Unclear, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import Cost, Question, Text
from oss_cdn_refresh_cli.probing.questions.tasks.looking import rows, submitted

UNKNOWN = "1"
ABOUT_THE_ID = (Verdict.BAD_ITEM, Verdict.BAD_REQUEST, Verdict.UNKNOWN)


def look(account: Account, _notes: Notes) -> Answer:
    """Look up an unknown id, and the id of a task of this moment."""
    new = submitted(account, account.url("page.txt"))
    refused = [
        f"{which} id: {code}"
        for which, notes in (("an unknown", {**new, "ids": [UNKNOWN]}), ("a new", new))
        if (code := _refusal(account, notes))
    ]
    if refused:
        return otherwise(f"an error for {', and for '.join(refused)}")
    return as_assumed("no error for an unknown id, nor for a new one")


def _code(account: Account, notes: Notes) -> str:
    try:
        rows(account, notes)
    except CallRefused as refusal:
        if refusal.verdict not in ABOUT_THE_ID:
            raise
        return refusal.code
    return ""


def _refusal(account: Account, notes: Notes) -> str:
    code, again = _code(account, notes), _code(account, notes)
    if code != again:
        raise Unclear(f"two look-ups of the same id are answered differently: {code or again}: run the probe again")
    return code


QUESTION = Question(
    name="unknown-id",
    question=Text(
        en="What does the CDN answer for an id that is unknown, too new, of another account or older than 3 "
        "days: an empty list or an error?",
        zh="对未知、太新、属于其他账号或超过 3 天的 ID，CDN 返回空列表还是错误？",
    ),
    assumption=Text(
        en="an empty list. After an error the URLs of the id wait, too; after an error about several ids, "
        "the function looks up each id alone",
        zh="空列表。返回错误时，它的 URL 也会等待；同时查询多个 ID 时返回错误，函数会逐个查询每个 ID",
    ),
    otherwise=Text(en="up to ten look-ups more", zh="最多多查询十次"),
    check=Text(
        en="`aliyun cdn DescribeRefreshTaskById --TaskId 1`",
        zh="`aliyun cdn DescribeRefreshTaskById --TaskId 1`",
    ),
    steps=(look,),
    cost=Cost(urls=1),
    products=frozenset({"cdn", "dcdn"}),
)
