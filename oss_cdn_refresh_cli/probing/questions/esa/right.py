"""May a policy name an ESA site? Log lines of the deployed function answer it: its role has such a right."""

from collections.abc import Iterable

from oss_cdn_refresh_cli.probing.answers import Answer, Kind, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import Question, Text
from oss_cdn_refresh_cli.reporting.lines import Line

NO_RIGHT = ("Forbidden", "NoPermission")
OTHER_REASONS = ("Forbidden.RiskControl", "Forbidden.UserVerification")  # about the account, not about the right


def answer_in(lines: Iterable[Line]) -> Answer:
    """Check whether refreshes of ESA were refused because a right is missing."""
    of_esa = [line for line in lines if line.fields.get("product") == "esa"]
    codes = {str(line.fields.get("code", "")) for line in of_esa if line.event == "refused"}
    refused = sorted(code for code in codes if code.startswith(NO_RIGHT) and not code.startswith(OTHER_REASONS))
    if refused:
        return otherwise(f"ESA refused refreshes: {', '.join(refused)}", "infra/ros.yml: * instead of site/…")
    accepted = sum(line.event == "accepted" for line in of_esa)
    if not accepted:
        return Answer(Kind.NOT_TRIED, "no line is about a refresh of ESA: export lines after one")
    return as_assumed(f"ESA accepted {accepted} calls of the deployed role")


QUESTION = Question(
    name="esa-right",
    question=Text(
        en="May a policy name an ESA site (`acs:esa:*:{account}:site/{SiteId}`)? Some pages of 2026 say that there is "
        "no authorization",
        zh="策略可以只写一个 ESA 站点吗（`acs:esa:*:{account}:site/{SiteId}`）？2026 年的一些页面说没有授权信息",
    ),
    assumption=Text(en="yes", zh="可以"),
    otherwise=Text(
        en="the refreshes are dead letters with `Forbidden…`: put `*` instead of `site/…` in `infra/ros.yml`",
        zh="刷新项成为死信，原因为 `Forbidden…`：在 `infra/ros.yml` 中用 `*` 代替 `site/…`",
    ),
    check=Text(
        en="the first refresh after the deployment",
        zh="部署之后的第一次刷新",
    ),
    from_lines=answer_in,
)
