"""Does the function's rate of look-ups stay below the limit? Lines of its log answer this."""

from collections.abc import Iterable

from oss_cdn_refresh_cli.probing.answers import Answer, Kind, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import Question, Text
from oss_cdn_refresh_cli.reporting.lines import Line

THROTTLED = ("Throttling", "TooManyRequests", "FlowControl")  # the beginnings of the codes


def answer_in(lines: Iterable[Line]) -> Answer:
    """Check whether look-ups were throttled."""
    events = list(lines)
    codes = [str(line.fields.get("code", "")) for line in events if line.event == "look_up_refused"]
    throttled = [code for code in codes if code.startswith(THROTTLED)]
    if throttled:
        return otherwise(f"{len(throttled)} look-ups were throttled: {', '.join(sorted(set(throttled)))}")
    looks = sum(line.event in {"confirmed", "refresh_failed"} for line in events)
    if not looks:
        return Answer(Kind.NOT_TRIED, "no line shows a look-up: export the log of an hour with many refreshes")
    return as_assumed(f"{looks} lines show look-ups, and none was throttled")


QUESTION = Question(
    name="look-up-rate",
    question=Text(
        en="Do 20 look-ups a second stay below the limit? Documents say 30 a second, but not whether for the user or "
        "for the account",
        zh="每秒查询 20 次是否低于上限？文档说每秒 30 次，但没有说明是针对用户还是账号",
    ),
    assumption=Text(
        en="yes. The limit is for the account, so `drain` makes at most 20",
        zh="是。上限针对账号，所以 `drain` 每秒最多查询 20 次",
    ),
    otherwise=Text(
        en="`look_up_refused` with `Throttling.User`: the tasks are looked up later",
        zh="出现 `look_up_refused`，错误码为 `Throttling.User`：任务稍后再查询",
    ),
    check=Text(
        en="look for lines `look_up_refused` after a burst of refreshes",
        zh="在一次集中刷新之后查找 `look_up_refused` 行",
    ),
    from_lines=answer_in,
)
