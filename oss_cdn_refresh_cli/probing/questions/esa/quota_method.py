"""Does GetPurgeQuota take POST?"""

from oss_cdn_refresh.model.errors import CallRefused
from oss_cdn_refresh.products.esa.client import QUOTA
from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Notes, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import Question, Text
from oss_cdn_refresh_cli.probing.questions.esa.calling import FILES, call

WRONG_METHOD = ("InvalidAction", "UnsupportedHTTPMethod", "HTTP405")  # the beginnings of the codes


def look(account: Account, _notes: Notes) -> Answer:
    """Ask for the quota by POST, and, where that is refused, by GET."""
    try:
        call(account, QUOTA, FILES, "POST")
    except CallRefused as refusal:
        if not refusal.code.startswith(WRONG_METHOD):
            raise
        call(account, QUOTA, FILES, "GET")
        return otherwise(f"POST is refused ({refusal.code}), GET is answered")
    return as_assumed("POST is answered")


QUESTION = Question(
    name="esa-quota-method",
    question=Text(
        en="Does GetPurgeQuota take POST? The SDK sends POST; the API's page in the metadata says GET, the metadata of "
        "the CLI say both",
        zh="GetPurgeQuota 接受 POST 吗？SDK 发送 POST；元数据中该 API 的页面说 GET，CLI 的元数据说两者都可以",
    ),
    assumption=Text(en="yes: the function sends POST", zh="接受：函数发送 POST"),
    otherwise=Text(
        en="the quota stays unknown: lines `quota_unknown`, probably with `InvalidAction.NotFound`, and the planner "
        "sets no limit for ESA; please report it",
        zh="配额一直未知：出现 `quota_unknown` 行，错误码可能是 `InvalidAction.NotFound`，规划器对 ESA 不设上限；"
        "请告诉我们",
    ),
    check=Text(
        en="`oss-cdn-refresh quota` with an ESA site",
        zh="在有 ESA 站点时执行 `oss-cdn-refresh quota`",
    ),
    steps=(look,),
    products=frozenset({"esa"}),
)
