"""Which endpoint of ESA serves an account?"""

from oss_cdn_refresh.model.errors import CallRefused
from oss_cdn_refresh.products.esa import OF_REGIONS
from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Notes, Unclear, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import Question, Text
from oss_cdn_refresh_cli.probing.questions.esa.calling import allowance, site_ids

UNKNOWN_KEY = "InvalidAccessKeyId"
UNKNOWN_SITE = ("InvalidStationParameter", "SiteNotFound")


def look(account: Account, _notes: Notes) -> Answer:
    """Ask the endpoint that the command uses for the quota of the site."""
    settings = account.operation.settings
    used, usual = settings.products["esa"], account.product.endpoint(settings.region)
    other = next(each for each in OF_REGIONS.values() if each != usual)
    try:
        allowance(account)
    except CallRefused as refusal:
        if not refusal.code.startswith((UNKNOWN_KEY, *UNKNOWN_SITE)):
            raise
        if refusal.code.startswith(UNKNOWN_SITE) and (sites := site_ids(account)):
            what = f"{used} knows {len(sites)} sites of the account, and not this one"
            raise Unclear(f"{what}: give --esa-site-id ID") from refusal
        account.put("page.txt", "")  # OSS must know the access key; otherwise this call ends the question
        return otherwise(f"{used} does not know the account ({refusal.code})", f"ESA_ENDPOINT={other}")
    if used == other:
        return otherwise(f"{used} serves the account", f"ESA_ENDPOINT={other}")
    return as_assumed(f"{used} serves the account")


QUESTION = Question(
    name="esa-endpoint",
    question=Text(en="Which endpoint of ESA serves an account?", zh="哪个 ESA Endpoint 为账号提供服务？"),
    assumption=Text(
        en="Hangzhou in regions `cn-…`, Singapore in all others",
        zh="地域为 `cn-…` 时是杭州，其他地域是新加坡",
    ),
    otherwise=Text(
        en="`InvalidAccessKeyId…` or no ESA site: set `ESA_ENDPOINT`",
        zh="返回 `InvalidAccessKeyId…` 或没有 ESA 站点：请设置 `ESA_ENDPOINT`",
    ),
    check=Text(
        en="`oss-cdn-refresh quota` with an ESA site",
        zh="在有 ESA 站点时执行 `oss-cdn-refresh quota`",
    ),
    steps=(look,),
    products=frozenset({"esa"}),
)
