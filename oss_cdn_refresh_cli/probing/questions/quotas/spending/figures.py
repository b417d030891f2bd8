"""In which form does the API write the day's quotas, and does the answer have all of them?"""

from typing import Any

from oss_cdn_refresh.products import cdn
from oss_cdn_refresh.products.dcdn import client as dcdn
from oss_cdn_refresh.products.object_path import QUOTAS
from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Notes, Unclear, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import Question, Text

NAMES = {"cdn": cdn.NAMES, "dcdn": dcdn.NAMES}
KINDS = (*QUOTAS.values(), "Preload")
FIELDS = [f"{kind}{part}" for kind in KINDS for part in ("Quota", "Remain")]


def look(account: Account, _notes: Notes) -> Answer:
    """Read the answer as it is."""
    names = NAMES[account.place.target.product]
    reply = account.call(names.quota, names.version)
    if not any(field in reply.body for field in FIELDS):
        raise Unclear("the answer has no quota at all: run the probe again")
    wrong = [_shown(field, reply.body.get(field)) for field in FIELDS if reply.figure(field) is None]
    if wrong:
        return otherwise(f"not all are whole numbers: {', '.join(wrong)}")
    forms = {"texts" if isinstance(reply.body[field], str) else "numbers" for field in FIELDS}
    return as_assumed(f"all {len(FIELDS)} figures are there, as {' and '.join(sorted(forms))}")


def _shown(field: str, value: Any) -> str:
    return f"{field} is missing" if value is None else f"{field} is {value!r:.20}"


QUESTION = Question(
    name="quota-figures",
    question=Text(
        en="Are quota figures texts or numbers, and are all present?", zh="配额数值是文本还是数字，是否全部都有？"
    ),
    assumption=Text(
        en="either form, and all are present; a missing figure is unknown and sets no limit",
        zh="两种形式皆可，并且全部都有；缺少的数值视为未知，不作限制",
    ),
    otherwise=Text(
        en="the function learns only from a refusal that this quota is used up",
        zh="函数只有在被拒绝时才知道该配额已用完",
    ),
    check=Text(en="`aliyun cdn DescribeRefreshQuota`", zh="`aliyun cdn DescribeRefreshQuota`"),
    steps=(look,),
    products=frozenset(NAMES),
)
