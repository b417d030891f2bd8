"""Does ESA take the id of a site as digits?"""

from oss_cdn_refresh.model.errors import CallRefused
from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Notes, Unclear, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import Question, Text
from oss_cdn_refresh_cli.probing.questions.esa.calling import allowance, site_ids

WRONG_SITE = ("InvalidStationParameter", "InvalidParameter", "SiteNotFound")


def look(account: Account, _notes: Notes) -> Answer:
    """Ask for the quota of the site; where ESA does not know the site, see whether it lists it."""
    try:
        allowance(account)
    except CallRefused as refusal:
        if not refusal.code.startswith(WRONG_SITE):
            raise
        if account.place.target.site_id in site_ids(account):
            return otherwise(f"ESA lists the site, and refuses its id as digits ({refusal.code})")
        raise Unclear(f"ESA does not know the site ({refusal.code}): give --esa-site-id ID") from refusal
    return as_assumed("ESA takes the id as digits")


QUESTION = Question(
    name="esa-site-id",
    question=Text(en="Is `SiteId` a text or a number?", zh="`SiteId` 是文本还是数字？"),
    assumption=Text(
        en="the function sends digits, and reads a text or a number",
        zh="函数发送数字；应答中文本和数字都能读取",
    ),
    otherwise=Text(
        en="ESA answers `InvalidStationParameter`; please report it",
        zh="ESA 返回 `InvalidStationParameter`；请告诉我们",
    ),
    check=Text(
        en="`oss-cdn-refresh quota` with an ESA site",
        zh="在有 ESA 站点时执行 `oss-cdn-refresh quota`",
    ),
    steps=(look,),
    products=frozenset({"esa"}),
)
