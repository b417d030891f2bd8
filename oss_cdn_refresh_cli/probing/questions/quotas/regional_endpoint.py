"""Is a regional endpoint of the CDN API open to an account?"""

from oss_cdn_refresh.model.errors import CallRefused
from oss_cdn_refresh.model.verdict import Verdict
from oss_cdn_refresh.products.cdn import NAMES, endpoint
from oss_cdn_refresh.products.cdn.verdicts import verdict_of
from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Notes, NotTried, Unclear, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import Question, Text

FORBIDDEN = 403
REGIONAL = "https://cdn.ap-southeast-1.aliyuncs.com"


def look(account: Account, _notes: Notes) -> Answer:
    """Ask the given endpoint for the quota."""
    given = account.operation.settings.products["cdn"]
    if given == endpoint(""):
        raise NotTried(f"the question needs a regional endpoint: give --cdn-endpoint {REGIONAL}")
    try:
        account.call(NAMES.quota, NAMES.version)
    except CallRefused as refusal:
        if refusal.unanswered:
            raise Unclear(f"{given} does not answer ({refusal.code}): check the name") from refusal
        seen = f"{given} refuses this account: {refusal.code}: {refusal.message}"
        if verdict_of(refusal.code, FORBIDDEN) is not Verdict.ACCOUNT:
            raise Unclear(f"{seen}: this may have another reason") from refusal
        return as_assumed(f"{seen}; oss-cdn-refresh quota shows whether {endpoint('')} accepts it")
    return otherwise(f"{given} is open to this account", "CDN_ENDPOINT")


QUESTION = Question(
    name="regional-endpoint",
    question=Text(
        en="Is a regional endpoint of the CDN API open to every account?",
        zh="CDN API 的地域 Endpoint 是否对所有账号开放？",
    ),
    assumption=Text(en="no: the default is `cdn.aliyuncs.com`", zh="否：默认使用 `cdn.aliyuncs.com`"),
    otherwise=Text(en="set `CDN_ENDPOINT` to the nearest one", zh="将 `CDN_ENDPOINT` 设为最近的 Endpoint"),
    check=Text(
        en="`oss-cdn-refresh quota --cdn-endpoint https://cdn.ap-southeast-1.aliyuncs.com`",
        zh="`oss-cdn-refresh quota --cdn-endpoint https://cdn.ap-southeast-1.aliyuncs.com`",
    ),
    steps=(look,),
    products=frozenset({"cdn"}),
)
