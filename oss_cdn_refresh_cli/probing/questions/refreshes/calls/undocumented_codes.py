"""Which error codes does the API have that no document lists?"""

from collections import Counter
from collections.abc import Iterable

from oss_cdn_refresh_cli.probing.answers import Answer, Kind, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import Question, Text
from oss_cdn_refresh_cli.reporting.lines import Line

SHOWN = 20  # codes


def answer_in(lines: Iterable[Line]) -> Answer:
    """Check whether the function did not know the code of a refused call."""
    refused = [line.fields for line in lines if line.event == "refused"]
    if not refused:
        return Answer(Kind.NOT_TRIED, "no line of these files is about a refused call: export the lines of more days")
    unknown = Counter(f"{fields.get('product')} {fields.get('code')}" for fields in refused if _is_unknown(fields))
    if not unknown:
        return as_assumed(f"refused calls: {len(refused):,}, none with an unknown code")
    shown = ", ".join(f"{code} ({count})" for code, count in unknown.most_common(SHOWN))
    return otherwise(f"codes that no document has: {shown}")


def _is_unknown(fields: dict[str, object]) -> bool:
    return fields.get("means") == "unknown"


QUESTION = Question(
    name="undocumented-codes",
    question=Text(en="Does the API have error codes that no document lists?", zh="API 有没有文档中未列出的错误码？"),
    assumption=Text(
        en="no; a 4xx with an unknown code may be about one URL or about the whole call: see [when things "
        "fail](operating.md#when-things-fail)",
        zh="没有；带未知错误码的 4xx 可能针对一个 URL，也可能针对整个请求："
        "见[出错时会怎样](operating.zh-CN.md#出错时会怎样)",
    ),
    otherwise=Text(
        en="the URLs wait, up to ten attempts, or are dead letters with that code",
        zh="这些 URL 等待重试，最多十次；或者成为带该错误码的死信",
    ),
    check=Text(
        en="[refused.sql](../infra/sls/queries/refused.sql): codes with `means` = `unknown`",
        zh="[refused.sql](../infra/sls/queries/refused.sql)：`means` 为 `unknown` 的错误码",
    ),
    from_lines=answer_in,
)
