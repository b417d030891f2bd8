"""Which code does ESA answer when a quota is used up? Lines of the function's log answer it."""

import re
from collections.abc import Iterable

from oss_cdn_refresh_cli.probing.answers import Answer, Kind, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import Question, Text
from oss_cdn_refresh_cli.reporting.lines import Line

DAY_QUOTA, UNKNOWN = "day_quota", "unknown"  # the function's reactions
ABOUT_QUOTA = re.compile(r"quota|threshold|exceed|limit", re.IGNORECASE)


def answer_in(lines: Iterable[Line]) -> Answer:
    """Find the codes that the function took for a used-up quota, and unknown codes whose name contains a quota."""
    refused = [line.fields for line in lines if line.event == "refused" and line.fields.get("product") == "esa"]
    codes: dict[str, set[str]] = {DAY_QUOTA: set(), UNKNOWN: set()}
    for fields in refused:
        codes.get(str(fields.get("means")), set()).add(str(fields.get("code", "")))
    if about_quota := sorted(filter(ABOUT_QUOTA.search, codes[UNKNOWN])):
        return otherwise(f"unknown codes that speak of a quota: {', '.join(about_quota)}")
    if codes[DAY_QUOTA]:
        return as_assumed(f"known codes: {', '.join(sorted(codes[DAY_QUOTA]))}")
    return Answer(Kind.NOT_TRIED, "no line is about a used-up quota of ESA: export the log of a day with one")


QUESTION = Question(
    name="esa-quota-code",
    question=Text(
        en="Which code does ESA answer when a quota is used up? No page lists one",
        zh="配额用完时 ESA 返回什么错误码？没有页面列出",
    ),
    assumption=Text(
        en="`QuotaExceeded…`, or any code with `OverThreshold` in it",
        zh="`QuotaExceeded…`，或含有 `OverThreshold` 的任何错误码",
    ),
    otherwise=Text(
        en="the code is unknown: the call is halved, and its items wait as after a transient failure; please report it",
        zh="错误码未知：请求对半拆分，刷新项像暂时失败那样等待；请告诉我们",
    ),
    check=Text(
        en="[refused.sql](../infra/sls/queries/refused.sql): codes with `means` = `unknown`",
        zh="[refused.sql](../infra/sls/queries/refused.sql)：`means` 为 `unknown` 的错误码",
    ),
    from_lines=answer_in,
)
