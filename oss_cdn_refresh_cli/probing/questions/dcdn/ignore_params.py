"""Is the type IgnoreParams of DCDN and ESA also called ExQuery?"""

from oss_cdn_refresh.model.errors import CallRefused
from oss_cdn_refresh.model.item import IGNORE_PARAMS
from oss_cdn_refresh.products.dcdn.client import NAMES
from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Notes, Unclear, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import Cost, Question, Text

OTHER = "ExQuery"
ABOUT_THE_TYPE = ("InvalidObjectType", "InvalidParameter")


def look(account: Account, _notes: Notes) -> Answer:
    """Submit an item with the usual name, and, where DCDN refuses it, with the other one."""
    url = account.url("page.txt")
    usual = account.refresh(url, object_type=IGNORE_PARAMS)
    if usual.accepted:
        return as_assumed("the documented name is accepted")
    refused = f"the documented name is refused ({usual.code}: {usual.message})"
    # At ESA, `Content` would need the other name of a member, which is unknown.
    if account.place.target.product == "esa" or not usual.code.startswith(ABOUT_THE_TYPE):
        raise Unclear(refused)
    try:
        account.call(NAMES.refresh, NAMES.version, form={"ObjectPath": url, "ObjectType": OTHER})
    except CallRefused as refusal:
        raise Unclear(f"{refused}, {OTHER} too ({refusal.code})") from refusal
    return otherwise(f"{refused}, {OTHER} is accepted")


QUESTION = Question(
    name="ignore-params-of-dcdn-esa",
    question=Text(
        en="Is the type IgnoreParams of DCDN and ESA also called `ExQuery`?",
        zh="DCDN 和 ESA 的 IgnoreParams 类型也叫 `ExQuery` 吗？",
    ),
    assumption=Text(
        en="no: all their documents say `IgnoreParams`; `ignore_params_type` is for the CDN only",
        zh="否：它们的所有文档都写 `IgnoreParams`；`ignore_params_type` 只用于 CDN",
    ),
    otherwise=Text(
        en="DCDN: items with `query: ignore` are dead letters (`InvalidObjectType…`). ESA: the code is unknown, so the "
        "call is halved, and the items wait, up to ten attempts. Please report it; until then `query: exact`",
        zh="DCDN：`query: ignore` 的刷新项成为死信（`InvalidObjectType…`）。ESA：错误码未知，请求对半拆分，"
        "刷新项等待，最多尝试十次。请告诉我们；在此之前使用 `query: exact`",
    ),
    check=Text(
        en="`aliyun dcdn RefreshDcdnObjectCaches --ObjectPath https://dl.example.com/a.jpg --ObjectType IgnoreParams`",
        zh="`aliyun dcdn RefreshDcdnObjectCaches --ObjectPath https://dl.example.com/a.jpg --ObjectType IgnoreParams`",
    ),
    steps=(look,),
    cost=Cost(ignore_params=2),
    products=frozenset({"dcdn", "esa"}),
)
